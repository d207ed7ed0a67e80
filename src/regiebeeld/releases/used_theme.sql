-- A page of which every figure is hidden without a word has nothing to show, and its title may say
-- too much; one that says why its figures are not there stays.
SELECT t.*
FROM memory.main.theme t
WHERE t.id IN (SELECT theme FROM file.indicator)
   OR t.id IN (SELECT theme FROM file.withheld)
ORDER BY t.position
