-- Rows whose key stood there before. Few are, so keys are compared by their hash first.
-- The parts between braces are made of this project's own words and column numbers; values are parameters.
WITH plain AS NOT MATERIALIZED (SELECT "row"{plain} FROM delivery),
typed AS NOT MATERIALIZED (SELECT *{typed} FROM plain),
twice AS (
    SELECT hash({key}) AS fingerprint FROM typed WHERE {keyed} GROUP BY ALL HAVING count(*) > 1
),
repeated AS (
    SELECT "row" FROM typed
    WHERE {keyed} AND hash({key}) IN (SELECT fingerprint FROM twice)
    QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY "row") > 1
)
SELECT count(*), min("row", {shown}) FROM repeated
