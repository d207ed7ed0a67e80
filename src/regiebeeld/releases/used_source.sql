SELECT s.*
FROM memory.main.source s
WHERE s.label IN (SELECT unnest($labels::VARCHAR[]))
ORDER BY s.id
