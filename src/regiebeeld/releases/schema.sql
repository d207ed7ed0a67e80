-- One audience file. Codes and ids stand in small dimension tables; the cells hold integers.
CREATE TABLE about (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);

CREATE TABLE theme (
    position INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    question VARCHAR NOT NULL,
    introduction VARCHAR NOT NULL
);

-- The fields of the safety policy, and where they lead: a theme, or one figure of it.
CREATE TABLE policy_field (
    position INTEGER NOT NULL, field VARCHAR NOT NULL, title VARCHAR NOT NULL, words VARCHAR NOT NULL,
    origin VARCHAR NOT NULL, theme VARCHAR NOT NULL, indicator VARCHAR
);

-- Every theme of the catalogue with the sources it can be made from, whatever this region has.
CREATE TABLE catalogue_theme (
    position INTEGER NOT NULL, theme VARCHAR NOT NULL, title VARCHAR NOT NULL,
    question VARCHAR NOT NULL, source VARCHAR NOT NULL, publisher VARCHAR NOT NULL,
    delivered BOOLEAN NOT NULL
);

-- Figures of attempts beside those of what was completed, of the same events: together a whole.
CREATE TABLE attempt_pair (
    position INTEGER NOT NULL, attempts VARCHAR NOT NULL, completed VARCHAR NOT NULL
);

CREATE TABLE indicator (
    indicator_key SMALLINT NOT NULL,
    position INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    theme VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,
    caution VARCHAR NOT NULL,
    police_codes VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    effort VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    finest VARCHAR NOT NULL,
    analyses VARCHAR[] NOT NULL,
    source VARCHAR NOT NULL
);

CREATE TABLE breakdown (breakdown_key SMALLINT NOT NULL, id VARCHAR NOT NULL, title VARCHAR NOT NULL);

-- Who an indicator is about: the words of each breakdown that it has cells of.
CREATE TABLE part (
    position INTEGER NOT NULL, indicator VARCHAR NOT NULL, breakdown VARCHAR NOT NULL,
    title VARCHAR NOT NULL, split_by VARCHAR NOT NULL, caution VARCHAR NOT NULL
);

CREATE TABLE period (
    period_key INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL
);

CREATE TABLE area (
    area_key INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    vintage SMALLINT NOT NULL,
    parent VARCHAR,
    gemeente VARCHAR,
    path VARCHAR,          -- SVG path in the frame of drawing.view_box; NULL is never drawn
    label_x DOUBLE,
    label_y DOUBLE,
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE
);

-- Other words for an area: names in use, and the postcodes that have addresses in it.
CREATE TABLE area_name (
    area_key INTEGER NOT NULL, kind VARCHAR NOT NULL, name VARCHAR NOT NULL,
    place INTEGER NOT NULL   -- of areas with the same name, where most of it lies comes first
);

-- Public places that are drawn as points, from regions/<id>/places.yaml; no figure.
CREATE TABLE public_place (
    name VARCHAR NOT NULL, kind VARCHAR NOT NULL, gemeente VARCHAR NOT NULL,
    x DOUBLE NOT NULL, y DOUBLE NOT NULL,   -- in the frame of drawing.view_box
    longitude DOUBLE NOT NULL, latitude DOUBLE NOT NULL, source VARCHAR NOT NULL
);

-- The words of the catalogue in other languages than Dutch; definitions only, no figure.
CREATE TABLE translation (
    language VARCHAR NOT NULL, kind VARCHAR NOT NULL, id VARCHAR NOT NULL, name VARCHAR NOT NULL,
    text VARCHAR NOT NULL
);

CREATE TABLE drawing (level VARCHAR NOT NULL, view_box VARCHAR NOT NULL, geojson VARCHAR NOT NULL);

CREATE TABLE area_change (
    old_code VARCHAR NOT NULL, old_name VARCHAR NOT NULL, old_vintage SMALLINT NOT NULL,
    new_code VARCHAR NOT NULL, new_name VARCHAR NOT NULL, new_vintage SMALLINT NOT NULL,
    level VARCHAR NOT NULL, kind VARCHAR NOT NULL, share DOUBLE NOT NULL
);

CREATE TABLE key_figure (
    area_key INTEGER NOT NULL, figure VARCHAR NOT NULL, year SMALLINT NOT NULL,
    value DOUBLE, status UTINYINT NOT NULL, source VARCHAR NOT NULL
);

-- Why a cell holds no value, or no rate.
CREATE TABLE reason (reason_key SMALLINT NOT NULL, text VARCHAR NOT NULL);

CREATE TABLE class_break (
    indicator_key SMALLINT NOT NULL, level VARCHAR NOT NULL, period_kind VARCHAR NOT NULL,
    measure VARCHAR NOT NULL, breaks DOUBLE[] NOT NULL
);

CREATE TABLE source (
    id VARCHAR NOT NULL, title VARCHAR NOT NULL, publisher VARCHAR NOT NULL, licence VARCHAR NOT NULL,
    table_id VARCHAR NOT NULL, address VARCHAR NOT NULL, fetched_at VARCHAR NOT NULL, modified VARCHAR NOT NULL,
    label VARCHAR NOT NULL, description VARCHAR NOT NULL,
    rows_in BIGINT NOT NULL, rows_kept BIGINT NOT NULL, rows_refused BIGINT NOT NULL,
    first_period VARCHAR, last_period VARCHAR,
    delivered BOOLEAN NOT NULL,   -- by a partner, under an agreement that holds from start to end
    agreement_start VARCHAR, agreement_end VARCHAR
);

-- What is not in this file, and why: for everybody, for this audience, or on this page.
CREATE TABLE withheld (
    theme VARCHAR NOT NULL, indicator VARCHAR NOT NULL, source VARCHAR NOT NULL,
    words VARCHAR NOT NULL, next_step VARCHAR NOT NULL
);

CREATE TABLE source_note (source VARCHAR NOT NULL, kind VARCHAR NOT NULL, rows BIGINT NOT NULL, text VARCHAR NOT NULL);

-- Which periods hold cells, so that no page has to look for them.
CREATE TABLE available (indicator_key SMALLINT NOT NULL, indicator_level VARCHAR NOT NULL, period_key INTEGER NOT NULL);

-- What the gate found in all figures of one source about persons, over all audiences together.
CREATE TABLE gate_account (
    source VARCHAR NOT NULL,
    events VARCHAR NOT NULL,      -- the group of events that was judged together
    figures INTEGER NOT NULL,     -- published or withheld in this release
    tested INTEGER NOT NULL,      -- of which the range reaches 1 to 4, earlier releases included
    certified INTEGER NOT NULL,   -- two tables fit everything and differ by at least `width`
    masked INTEGER NOT NULL,      -- withheld
    known INTEGER NOT NULL,       -- told already by tables of others
    exact INTEGER NOT NULL,       -- recovered exactly from what is published
    width INTEGER NOT NULL,
    earlier INTEGER NOT NULL,     -- releases and tables of others that were laid beside it
    outside VARCHAR NOT NULL,     -- titles of the tables of others that counted as known
    PRIMARY KEY (source, events)
);

-- The policy as it was when the release was made; no row: made before there was a proof.
CREATE TABLE policy (
    class VARCHAR PRIMARY KEY, title VARCHAR NOT NULL, publish BOOLEAN NOT NULL, words VARCHAR NOT NULL
);

CREATE TABLE policy_source (
    source VARCHAR PRIMARY KEY, class VARCHAR NOT NULL, finest VARCHAR NOT NULL
);

-- What the statistics found in the cells: of each kind its own words, see releases/findings.py.
CREATE TABLE finding (
    analysis VARCHAR NOT NULL,
    indicator_key SMALLINT,       -- NULL: about no indicator
    area_key INTEGER,             -- NULL: about more than one area
    period VARCHAR,
    level VARCHAR NOT NULL,       -- the finest of the cells it was made from
    place INTEGER NOT NULL,
    also VARCHAR[] NOT NULL,      -- codes of other areas it speaks of
    content VARCHAR NOT NULL      -- JSON
);
