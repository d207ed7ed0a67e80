SELECT s.*
FROM memory.main.source s
WHERE s.label IN (SELECT unnest($labels::VARCHAR[]))
  AND s.id NOT IN (SELECT unnest($without::VARCHAR[]))
ORDER BY s.id
