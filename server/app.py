"""create_app: the only module that knows every room and every door."""

from __future__ import annotations

import importlib
from typing import Any, Protocol

from flask import Flask

from server.db import Base, db, tune
from server.settings import Settings

#: Every room with tables; importing them fills Base.metadata.
MODEL_MODULES = (
    "server.estate.models",
    "server.accounts.models",
    "server.devices.models",
    "server.history",
    "server.outbox",
    "server.push.models",
    "server.idempotency",
    "server.search.models",
    "server.outgoing.models",
    "server.rosters.models",
    "server.assets.models",
    "server.alerts.models",
    "server.deadlines.models",
    "server.notes.models",
    "server.rectifications.models",
    "server.messages.models",
    "server.filters.models",
    "server.requests.models",
    "server.prices.models",
    "server.stores.models",
    "server.checklist_runs.models",
    "server.work_orders.models",
    "server.evidence.models",
    "server.fieldwork.models",
    "server.quality.models",
    "server.incidents.models",
    "server.handovers.models",
    "server.public_notices.models",
    "server.billing.models",
    "server.preventive.models",
    "server.month_end.models",
    "server.return_visits.models",
    "server.complaints.models",
    "server.residents.models",
)


class BrokerAccounts(Protocol):
    """What the web process asks of the broker: that a handheld may, or may no longer, connect."""

    def provision(self, device_id: str, password: str) -> None: ...
    def revoke(self, device_id: str) -> None: ...


def load_models() -> None:
    """Import every table, for migrations and for workers."""
    for name in MODEL_MODULES:
        importlib.import_module(name)


def create_core(settings: Settings) -> Flask:
    """An application with the database and no doors: what workers and commands need."""
    load_models()
    app = Flask("paigong", root_path=str(_root()), static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key().decode(),
        SQLALCHEMY_DATABASE_URI=_driver(settings.sqlalchemy_url),
        MAX_CONTENT_LENGTH=None,
        JSON_AS_ASCII=False,
    )
    app.extensions["paigong.settings"] = settings
    db.init_app(app)
    with app.app_context():
        tune(db.engine)
    return app


def create_app(settings: Settings, *, broker: BrokerAccounts | None = None) -> Flask:
    """The web process: every door on the core. Without a broker, pairing waits for the worker."""
    from server.doors import open_doors

    app = create_core(settings)
    app.extensions["paigong.broker"] = broker
    open_doors(app, settings)
    return app


def metadata() -> Any:
    """All tables, for Alembic."""
    load_models()
    return Base.metadata


def _root() -> Any:
    from pathlib import Path

    return Path(__file__).parent


def _driver(url: str) -> str:
    # `postgres://` and `postgresql://` both mean psycopg 3.
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
