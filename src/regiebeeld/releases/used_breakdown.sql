SELECT b.*
FROM memory.main.breakdown b
WHERE b.breakdown_key IN (SELECT breakdown_key FROM file.cell_by_indicator)
ORDER BY b.breakdown_key
