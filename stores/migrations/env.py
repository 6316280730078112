"""Alembic's entry: run the revisions on the connection, and inside the transaction, of `stores.database.upgrade`."""

from alembic import context

from stores.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # Alembic doubts it of SQLite; it holds, because we say BEGIN ourselves
)
with context.begin_transaction():
    context.run_migrations()
