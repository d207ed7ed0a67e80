-- What was found in cells that this file may hold: of its indicators, no finer than its levels,
-- and speaking of no area that is hidden here.
WITH hidden AS (
    SELECT coalesce(list(b.code), []) AS codes
    FROM memory.main.area b
    JOIN memory.main.depth e ON e.level = b.level
    WHERE e.depth > CASE
            WHEN $gemeente::VARCHAR IS NULL OR b.gemeente = $gemeente THEN $own::INTEGER
            ELSE $elsewhere::INTEGER
          END
)
SELECT f.* EXCLUDE (place),
       -- Numbered anew: a gap would tell how many hidden ones stand between two that are here.
       row_number() OVER (
           PARTITION BY f.analysis, f.indicator_key, f.period, f.level,
               CASE WHEN f.analysis IN ('season_factor', 'dark_half', 'peer') THEN f.area_key END
           ORDER BY f.place, f.area_key, f.content
       ) - 1 AS place
FROM memory.main.finding f
LEFT JOIN memory.main.area a USING (area_key)
JOIN memory.main.depth d ON d.level = f.level
WHERE (f.indicator_key IS NULL OR f.indicator_key IN (SELECT indicator_key FROM file.indicator))
  AND d.depth <= CASE
        WHEN $gemeente::VARCHAR IS NULL OR a.gemeente = $gemeente THEN $own::INTEGER
        ELSE $elsewhere::INTEGER
      END
  AND NOT list_has_any(f.also, (SELECT codes FROM hidden))
ORDER BY f.analysis, f.indicator_key, f.area_key, f.period, f.place
