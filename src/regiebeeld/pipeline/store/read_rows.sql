SELECT o.area_key, o.period_key, coalesce(o.count, -1) AS count, o.status,
       coalesce(o.reason_key, -1) AS reason_key, o.estimated_share, o.provisional, o.event_key
FROM observation o
WHERE o.event_set_key = (SELECT event_set_key FROM event_set WHERE source = ? AND code = ?)
