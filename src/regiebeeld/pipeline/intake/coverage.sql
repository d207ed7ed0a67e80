-- How many rows each period and event set has; rows without a period are told by other rules.
WITH plain AS NOT MATERIALIZED (SELECT "row"{plain} FROM delivery),
typed AS NOT MATERIALIZED (SELECT *{typed} FROM plain)
SELECT {period} AS period, {event_set} AS event_set, count(*) AS rows FROM typed
WHERE {period} IS NOT NULL
GROUP BY ALL
ORDER BY ALL
