"""Tables whose rows are facts: the database itself refuses to change or to remove them.

A migration calls `protect` for each table. On SQLite a later migration that copies such a table
(batch mode) loses its triggers and must protect it again; `server.migrate.check` says so.
"""

from __future__ import annotations

import sqlalchemy as sa

#: What was recorded, judged, published or received is never edited.
TABLES = (
    "history",
    "step_result",
    "checklist_version",
    "device_event",
    "note",
    "complaint_entry",
    "visit_result",
    "spot_check",
    "stock_movement",
    "custody_entry",
    "asset_training",
    "operator_departure",
)

_FUNCTION = "paigong_append_only"
_SQLITE_ACTS = ("UPDATE", "DELETE")


def protect(connection: sa.Connection, table: str) -> None:
    """Refuse UPDATE and DELETE (on PostgreSQL TRUNCATE too) on `table` from here on.

    The refusal reaches the caller as an IntegrityError that names the table and the act.
    """
    if connection.dialect.name == "sqlite":
        for act in _SQLITE_ACTS:
            connection.exec_driver_sql(
                f"CREATE TRIGGER {_name(table, act)} BEFORE {act} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only: {act} refused'); END"
            )
        return
    connection.execute(
        sa.text(
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    )
    connection.exec_driver_sql(
        f"CREATE TRIGGER {_name(table, 'row')} BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
    )
    connection.exec_driver_sql(
        f"CREATE TRIGGER {_name(table, 'truncate')} BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
    )


def release(connection: sa.Connection, table: str) -> None:
    """Take the protection of `table` away again, for a downgrade."""
    if connection.dialect.name == "sqlite":
        for act in _SQLITE_ACTS:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {_name(table, act)}")
        return
    for act in ("row", "truncate"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {_name(table, act)} ON {table}")
    used = sa.text("SELECT count(*) FROM pg_trigger WHERE tgfoid = to_regproc(:name)")
    if not connection.scalar(used, {"name": _FUNCTION}):
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {_FUNCTION}()")


def unprotected(connection: sa.Connection) -> list[str]:
    """Tables of TABLES that anybody could change now; empty when all is well."""
    if connection.dialect.name == "sqlite":
        found = set(
            connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        )
        acts: tuple[str, ...] = _SQLITE_ACTS
    else:
        found = set(
            connection.scalars(sa.text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"))
        )
        acts = ("row", "truncate")
    return [t for t in TABLES if not {_name(t, act) for act in acts} <= found]


def _name(table: str, act: str) -> str:
    return f"{table}_append_only_{act.lower()}"
