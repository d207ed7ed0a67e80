CREATE TABLE delivery (
    delivery_key INTEGER NOT NULL, source VARCHAR NOT NULL, snapshot VARCHAR NOT NULL,
    as_of VARCHAR NOT NULL, vintage SMALLINT NOT NULL, unit VARCHAR NOT NULL
);
CREATE TABLE area (area_key INTEGER NOT NULL, code VARCHAR NOT NULL, placed BOOLEAN NOT NULL);
CREATE TABLE event_set (event_set_key INTEGER NOT NULL, source VARCHAR NOT NULL, code VARCHAR NOT NULL);
CREATE TABLE period (period_key INTEGER NOT NULL, id VARCHAR NOT NULL, kind VARCHAR NOT NULL);
CREATE TABLE reason (reason_key SMALLINT NOT NULL, text VARCHAR NOT NULL);
CREATE TABLE observation (
    delivery_key INTEGER NOT NULL, event_set_key INTEGER NOT NULL, area_key INTEGER NOT NULL,
    period_key INTEGER NOT NULL, breakdown VARCHAR NOT NULL, count BIGINT, status UTINYINT NOT NULL,
    reason_key SMALLINT, estimated_share FLOAT NOT NULL, provisional BOOLEAN NOT NULL,
    -- The secret key of the set of events that is counted; 0 where nothing needs protection.
    event_key UBIGINT NOT NULL
);
-- The same with words instead of keys, for an analyst who looks inside.
CREATE VIEW observations AS
SELECT d.source, e.code AS event_set, a.code AS area, d.vintage, p.id AS period, o.breakdown, d.unit,
       o.count, o.status, r.text AS reason, o.estimated_share, o.provisional, d.as_of, d.snapshot AS delivery
FROM observation o
JOIN delivery d USING (delivery_key) JOIN event_set e USING (event_set_key)
JOIN area a USING (area_key) JOIN period p USING (period_key) LEFT JOIN reason r USING (reason_key);
