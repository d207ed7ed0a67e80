-- The words of a hidden figure would tell of it in any language.
SELECT t.*
FROM memory.main.translation t
WHERE (t.kind = 'indicators' AND t.id IN (SELECT id FROM file.indicator)
        -- Of parts only those of which the file has cells: see used_part.sql.
        AND (NOT starts_with(t.name, 'breakdown.')
             OR (t.name IN ('breakdown.title', 'breakdown.caution')
                 AND t.id IN (SELECT indicator FROM file.part))
             OR EXISTS (
                 SELECT 1 FROM file.part p
                 WHERE p.indicator = t.id
                   AND t.name = 'breakdown.values.' || split_part(p.breakdown, '=', 2))))
   OR (t.kind = 'themes' AND (
        t.id IN (SELECT id FROM file.theme)
        -- Of a theme without a page the file says what the index says of it and no more.
        OR (t.name IN ('title', 'question')
            AND t.id IN (SELECT theme FROM file.catalogue_theme))))
   OR (t.kind = 'policy_fields' AND t.id IN (SELECT field FROM file.policy_field))
   -- Words that go by the Dutch ones: only those that the file holds in Dutch.
   OR (t.kind = 'words' AND t.id IN (
        SELECT unnest([title, description, publisher, licence, table_id]) FROM file.source
        UNION ALL SELECT unnest([indicator, source]) FROM file.withheld
        UNION ALL SELECT title FROM file.indicator
        UNION ALL SELECT unnest([source, publisher]) FROM file.catalogue_theme
        UNION ALL SELECT words FROM file.policy
        UNION ALL SELECT $title))
ORDER BY ALL
