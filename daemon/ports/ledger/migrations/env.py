"""Alembic's entry: migrations run on the connection that `store.migrate` opened, in its transaction."""

from alembic import context

from daemon.ports.ledger import (  # noqa: F401  they register their tables
    schema_alerts,
    schema_copies,
    schema_receipts,
    schema_upkeep,
)
from daemon.ports.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
