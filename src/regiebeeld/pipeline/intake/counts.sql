-- Rows of a delivery to counts per atom. `begin` is the day an event began, `told` the period of a
-- row that is already a count; an area coarser than the atom is "unknown" of its gemeente.
SELECT
    event_set,
    breakdown,
    CASE
        WHEN $level = 'gemeente' THEN 'GM' || substr(area, 3, 4)
        WHEN $level = 'wijk' AND area = 'GM0000' THEN 'WK000000'
        WHEN $level = 'wijk' AND length(area) >= 8 THEN 'WK' || substr(area, 3, 6)
        WHEN $level = 'wijk' THEN 'WK' || substr(area, 3, 4) || '99'
        WHEN length(area) = 10 THEN area
        WHEN area = 'GM0000' THEN 'BU00000000'
        ELSE 'BU' || substr(area, 3, 4) || '9999'
    END AS area,
    vintage,
    coalesce(told, CASE $kind
        WHEN 'week' THEN strftime(begin, '%G-W%V')
        WHEN 'month' THEN strftime(begin, '%Y-%m')
        WHEN 'quarter' THEN year(begin) || '-Q' || quarter(begin)
        WHEN 'half_year' THEN year(begin) || '-H' || ((month(begin) + 5) // 6)
        WHEN 'year' THEN strftime(begin, '%Y')
    END) AS period,
    -- An empty count means: not known. A sum with such a part is not known either.
    CASE WHEN count(amount) = count(*) THEN sum(amount)::BIGINT END AS count,
    count(*) AS rows,
    inside
FROM delivered
GROUP BY ALL
ORDER BY ALL
