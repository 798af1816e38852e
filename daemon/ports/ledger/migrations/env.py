"""Alembic's entry: migrations run on the connection that `store.migrate` opened, in its transaction."""

from alembic import context

from daemon.ports.ledger import schema_alerts, schema_copies  # noqa: F401  registers their tables
from daemon.ports.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
