-- The words of a hidden figure would tell of it in any language.
SELECT t.*
FROM memory.main.translation t
WHERE (t.kind = 'indicators' AND t.id IN (SELECT id FROM file.indicator))
   OR (t.kind = 'themes' AND (
        t.id IN (SELECT id FROM file.theme)
        -- Of a theme without a page the file says what the index says of it and no more.
        OR (t.name IN ('title', 'question')
            AND t.id IN (SELECT theme FROM file.catalogue_theme))))
   OR (t.kind = 'policy_fields' AND t.id IN (SELECT field FROM file.policy_field))
ORDER BY ALL
