-- By key, without joins: what an indicator or area is called is known already. NULL asks for all.
SELECT content, level, indicator_key, area_key, period, place, also
FROM finding
WHERE analysis = $analysis
  AND ($indicator::INTEGER IS NULL OR indicator_key = $indicator)
  AND ($area::INTEGER IS NULL OR area_key = $area)
