SELECT DISTINCT c.indicator_key, a.level AS indicator_level, c.period_key
FROM file.cell_by_indicator c
JOIN file.area a USING (area_key)
