-- Only parts of which the file has cells: the words of a hidden figure would tell of it.
-- Numbered anew, since a gap in the order would tell that there are.
SELECT p.* REPLACE (row_number() OVER (ORDER BY p.position) - 1 AS position)
FROM memory.main.part p
WHERE EXISTS (
    SELECT 1
    FROM file.cell_by_indicator c
    JOIN file.indicator i USING (indicator_key)
    JOIN file.breakdown b USING (breakdown_key)
    WHERE i.id = p.indicator AND b.id = p.breakdown
)
ORDER BY p.position
