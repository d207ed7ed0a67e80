-- What a reader can ask. What may not be shown now stands in none of these views.
CREATE VIEW about AS SELECT * FROM file.about;
CREATE VIEW theme AS SELECT * FROM file.theme;
CREATE VIEW area AS SELECT * FROM file.area;
CREATE VIEW drawing AS SELECT * FROM file.drawing;
CREATE VIEW area_change AS SELECT * FROM file.area_change;
CREATE VIEW breakdown AS SELECT * FROM file.breakdown;
CREATE VIEW reason AS SELECT * FROM file.reason;
CREATE VIEW withheld AS SELECT * FROM file.withheld;
CREATE VIEW indicator AS SELECT * FROM file.indicator WHERE {shown};
CREATE VIEW cell_by_area AS SELECT * FROM file.cell_by_area WHERE {shown};
CREATE VIEW cell_by_indicator AS SELECT * FROM file.cell_by_indicator WHERE {shown};
CREATE VIEW class_break AS SELECT * FROM file.class_break WHERE {shown};
CREATE VIEW available AS SELECT * FROM file.available WHERE {shown};
-- A period of which every figure is hidden would tell until when those figures go.
CREATE VIEW period AS SELECT * FROM file.period
WHERE {everything} OR period_key IN (SELECT period_key FROM available);
CREATE VIEW source AS SELECT * FROM file.source WHERE id NOT IN (SELECT id FROM hidden_source);
CREATE VIEW source_note AS SELECT * FROM file.source_note
WHERE source NOT IN (SELECT id FROM hidden_source);
CREATE VIEW key_figure AS SELECT * FROM file.key_figure
WHERE source NOT IN (SELECT id FROM hidden_source);
