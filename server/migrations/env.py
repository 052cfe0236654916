"""How Alembic runs here: on the engine that `server.migrate` hands over, in one transaction.

SQLite's batch mode copies a table and drops the old one; with foreign keys enforced, that would
take the rows that point at it along. So enforcement is off while a migration runs, and every
reference is checked before the commit.
"""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from server.app import metadata

#: Any number will do, as long as every migrating process asks for the same one.
_LOCK = 0x9A16


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Spell our column types as the plain types below them: a migration imports no model."""
    if kind != "type" or not isinstance(item, sa.TypeDecorator):
        return False
    return f"sa.{item.impl_instance!r}"


def run(engine: sa.Engine) -> None:
    """Carry out what the command asks for; whole or not at all."""
    with engine.connect() as plain:
        connection = plain.execution_options(sqlite_begin="IMMEDIATE")
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:  # inside a transaction SQLite ignores this without a word
            _foreign_keys(connection, "OFF")
        try:
            context.configure(
                connection=connection,
                target_metadata=metadata(),
                render_item=render_item,
                render_as_batch=True,
                compare_type=True,
                compare_server_default=True,
                transactional_ddl=True,
            )
            with context.begin_transaction():
                if not is_sqlite:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                context.run_migrations()
                if is_sqlite:
                    _check_references(connection)
        finally:
            if is_sqlite:
                connection.rollback()
                _foreign_keys(connection, "ON")


def _foreign_keys(connection: sa.Connection, value: str) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={value}")


def _check_references(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"the migration broke references: {broken[:5]}")


run(context.config.attributes["engine"])
