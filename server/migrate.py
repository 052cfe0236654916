"""The database's shape: bringing it to a revision and saying whether it is what the models mean.

Alembic on our own engine; the environment stands in `server/migrations/env.py`.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from server import append_only
from server.app import metadata
from server.db import db

SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(database: Flask | sa.Engine, revision: str = "head") -> None:
    """Bring the database up to `revision`; nothing happens where it is there already.

    A bare engine must be tuned (`server.db.tune`). Two processes at once take turns.
    """
    command.upgrade(_config(database), revision)


def downgrade(database: Flask | sa.Engine, revision: str) -> None:
    """Take the database back to `revision` ("base" for nothing at all)."""
    command.downgrade(_config(database), revision)


def check(database: Flask | sa.Engine) -> list[str]:
    """What the database lacks or has too much, one sentence each; empty when all is well."""
    with _engine(database).connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        wanted, found = head(), context.get_current_revision()
        if found != wanted:
            return [f"the database is at revision {found or 'none'}, the code at {wanted}"]
        differences = [repr(difference) for difference in compare_metadata(context, metadata())]
        bare = [f"{table} is not append-only" for table in append_only.unprotected(connection)]
        return differences + bare


def head() -> str | None:
    """The newest revision that this code knows."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head()


def make_revision(database: Flask | sa.Engine, message: str, revision_id: str) -> None:
    """Write a new migration from what `check` found; a person reads and polishes it."""
    command.revision(_config(database), message, autogenerate=True, rev_id=revision_id)


def _config(database: Flask | sa.Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = _engine(database)
    return config


def _engine(database: Flask | sa.Engine) -> sa.Engine:
    if isinstance(database, sa.Engine):
        return database
    with database.app_context():
        return db.engine
