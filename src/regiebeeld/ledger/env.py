"""What alembic runs to bring an open connection up to date; nothing else imports this module."""

from alembic import context

from regiebeeld.ledger.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
