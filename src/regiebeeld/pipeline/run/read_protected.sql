-- Every figure about persons that a file tells; `shown` should not be there, so it is looked for.
SELECT i.id AS indicator, i.source, b.id AS breakdown, a.code AS area, p.id AS period,
       c.lower, c.upper
FROM cell_by_area c
JOIN indicator i USING (indicator_key)
JOIN breakdown b USING (breakdown_key)
JOIN area a USING (area_key)
JOIN period p USING (period_key)
WHERE c.value IS NOT NULL AND i.source IN (SELECT unnest(?::VARCHAR[]))
