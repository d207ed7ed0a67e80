SELECT p.*
FROM memory.main.period p
WHERE p.period_key IN (SELECT period_key FROM file.cell_by_indicator)
ORDER BY p.last_day, p.first_day
