SELECT a.code
FROM area_name n
JOIN area a USING (area_key)
WHERE starts_with(strip_accents(lower(n.name)), strip_accents(lower(?)))
GROUP BY a.code, a.area_key
ORDER BY min(length(n.name)), min(n.place), count(*) DESC, a.area_key
