"""The ledger port: the durable record and the only source of truth."""
