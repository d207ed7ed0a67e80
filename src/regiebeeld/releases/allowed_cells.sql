SELECT c.*
FROM memory.main.{name} c
JOIN memory.main.area a USING (area_key)
JOIN memory.main.depth d USING (level)
JOIN memory.main.indicator i USING (indicator_key)
WHERE i.label IN (SELECT unnest($labels::VARCHAR[]))
  AND i.source NOT IN (SELECT unnest($without::VARCHAR[]))
  AND d.depth <= CASE
        WHEN $gemeente::VARCHAR IS NULL OR a.gemeente = $gemeente THEN $own::INTEGER
        ELSE $elsewhere::INTEGER
      END
