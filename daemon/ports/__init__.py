"""Floor 1, one outside thing each: IMAP, SMTP, the ledger, credentials, systemd."""
