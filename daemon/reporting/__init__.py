"""The report: figures from the ledger, and their four shapes: text, JSON, CSV, one HTML page."""
