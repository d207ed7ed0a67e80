SELECT n.*
FROM memory.main.source_note n
WHERE n.source IN (SELECT id FROM file.source)
