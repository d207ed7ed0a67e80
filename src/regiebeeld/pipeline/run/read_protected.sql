-- Every figure about persons that a file tells; `shown` should not be there, so it is looked for.
-- A part is named behind its indicator: `jeugdcriminaliteit:leeftijd=12-13`.
SELECT CASE WHEN b.id = 'total' THEN i.id ELSE i.id || ':' || b.id END AS indicator, i.source,
       a.code AS area, p.id AS period,
       c.lower, c.upper
FROM cell_by_area c
JOIN indicator i USING (indicator_key)
JOIN breakdown b USING (breakdown_key)
JOIN area a USING (area_key)
JOIN period p USING (period_key)
WHERE c.value IS NOT NULL AND i.source IN (SELECT unnest(?::VARCHAR[]))
