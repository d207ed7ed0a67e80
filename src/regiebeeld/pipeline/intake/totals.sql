-- Rows that say a total which is not the sum of the other rows with the same key.
-- The parts between braces are made of this project's own words and column numbers; values are parameters.
WITH plain AS NOT MATERIALIZED (SELECT "row"{plain} FROM delivery),
typed AS NOT MATERIALIZED (SELECT *{typed} FROM plain),
off_total AS (
    SELECT min("row") FILTER (WHERE {is_total}) AS "row" FROM typed
    GROUP BY {total_key}
    HAVING count(*) FILTER (WHERE {is_total}) = 1 AND count(*) > 1
        AND sum({counted}) FILTER (WHERE {is_total})
            <> coalesce(sum({counted}) FILTER (WHERE NOT {is_total}), 0)
)
SELECT count(*), min("row", {shown}) FROM off_total
