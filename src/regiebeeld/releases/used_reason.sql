SELECT r.*
FROM memory.main.reason r
WHERE r.reason_key IN (SELECT reason_key FROM file.cell_by_indicator)
   OR r.reason_key IN (SELECT no_rate_key FROM file.cell_by_indicator)
ORDER BY r.reason_key
