"""Alembic's entry: runs on the connection that portal.foundation.migrate hands over."""

from alembic import context

import portal.app
from portal.foundation.db import metadata

portal.app.import_models()
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
