-- Every row rule of one contract in one pass over the delivered text.
-- The parts between braces are made of this project's own words and column numbers; values are parameters.
WITH plain AS NOT MATERIALIZED (SELECT "row"{plain} FROM delivery),
typed AS NOT MATERIALIZED (SELECT *{typed} FROM plain),
judged AS (SELECT "row"{judged} FROM typed),
twice AS (
    SELECT hash({key}) AS fingerprint FROM typed WHERE {keyed} GROUP BY ALL HAVING count(*) > 1
),
repeated AS (
    SELECT "row" FROM typed
    WHERE {keyed} AND hash({key}) IN (SELECT fingerprint FROM twice)
    QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY "row") > 1
),
off_total AS (
    SELECT min("row") FILTER (WHERE {is_total}) AS "row" FROM typed WHERE {has_total}
    GROUP BY {total_key}
    HAVING count(*) FILTER (WHERE {is_total}) = 1 AND count(*) > 1
        AND sum({counted}) FILTER (WHERE {is_total})
            <> coalesce(sum({counted}) FILTER (WHERE NOT {is_total}), 0)
)
SELECT
    (SELECT count(*) FROM repeated), (SELECT min("row", {shown}) FROM repeated),
    (SELECT count(*) FROM off_total), (SELECT min("row", {shown}) FROM off_total){counts}
FROM judged
