-- The policy and what the gate found; a file of before the gate has none of these tables.
CREATE VIEW policy AS SELECT * FROM file.policy;
CREATE VIEW policy_source AS SELECT * FROM file.policy_source
WHERE source NOT IN (SELECT id FROM hidden_source);
CREATE VIEW gate_account AS SELECT * FROM file.gate_account
WHERE source NOT IN (SELECT id FROM hidden_source);
