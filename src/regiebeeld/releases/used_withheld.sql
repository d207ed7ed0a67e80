SELECT w.* EXCLUDE (audience, position)
FROM memory.main.withheld w
WHERE w.audience = $audience
ORDER BY w.position
