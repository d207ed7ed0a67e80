CREATE TABLE {name} (
    indicator_key SMALLINT NOT NULL,
    breakdown_key SMALLINT NOT NULL,
    area_key INTEGER NOT NULL,
    period_key INTEGER NOT NULL,
    value INTEGER,
    lower INTEGER,
    upper INTEGER,
    status UTINYINT NOT NULL,
    reason_key SMALLINT,
    estimated_share FLOAT NOT NULL,
    provisional BOOLEAN NOT NULL,
    base INTEGER,              -- the denominator, as published
    base_figure VARCHAR,       -- inwoners, huishoudens, woningen
    base_year SMALLINT,
    per INTEGER,               -- the rate is per this many
    rate DOUBLE,
    rate_lower DOUBLE,         -- 95 % exact Poisson, rounding included
    rate_upper DOUBLE,
    no_rate_key SMALLINT
);
