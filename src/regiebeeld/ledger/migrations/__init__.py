"""The steps that make the ledger what tables.py says; a step is never changed, only followed."""
