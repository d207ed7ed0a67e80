"""The side people see; it reads releases and the ledger and nothing else."""
