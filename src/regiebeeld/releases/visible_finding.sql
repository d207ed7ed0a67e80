-- What the statistics found; a file of before them has no such table.
CREATE VIEW finding AS SELECT * FROM file.finding WHERE indicator_key IS NULL OR {shown};
