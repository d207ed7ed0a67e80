SELECT f.content, f.level, i.id, a.code, f.period, f.place, f.also
FROM finding f
LEFT JOIN indicator i USING (indicator_key)
LEFT JOIN area a USING (area_key)
WHERE f.analysis = $analysis
  AND ($indicator::VARCHAR IS NULL OR i.id = $indicator)
  AND ($area::VARCHAR IS NULL OR a.code = $area)
ORDER BY f.place, i.position, a.area_key, f.period
