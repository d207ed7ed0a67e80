-- A layout's source stands in the list once a year: `cbs_wijken_en_buurten.2024`.
SELECT k.*
FROM memory.main.key_figure k
WHERE EXISTS (
    SELECT 1
    FROM file.source s
    WHERE s.id = k.source OR starts_with(s.id, k.source || '.')
)
