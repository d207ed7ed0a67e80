-- A page of which every figure is hidden has nothing to show, and its title may say too much.
SELECT t.*
FROM memory.main.theme t
WHERE t.id IN (SELECT theme FROM file.indicator)
ORDER BY t.position
