SELECT g.*
FROM memory.main.gate_account g
WHERE g.source IN (SELECT id FROM file.source)
ORDER BY g.source, g.events
