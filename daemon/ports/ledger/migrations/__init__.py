"""The ledger's migrations, run by `store.migrate`."""
