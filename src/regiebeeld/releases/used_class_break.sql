-- Only the classes of maps that this file can draw.
SELECT b.*
FROM memory.main.class_break b
WHERE EXISTS (
    SELECT 1
    FROM file.available v
    JOIN memory.main.period p USING (period_key)
    WHERE v.indicator_key = b.indicator_key
      AND v.indicator_level = b.level
      AND p.kind = b.period_kind
)
