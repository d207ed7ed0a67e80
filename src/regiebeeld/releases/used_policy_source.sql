-- A layout's source stands in the list once a year: `cbs_wijken_en_buurten.2024`.
SELECT p.*
FROM memory.main.policy_source p
WHERE EXISTS (
    SELECT 1
    FROM file.source s
    WHERE s.id = p.source OR starts_with(s.id, p.source || '.')
)
ORDER BY p.source
