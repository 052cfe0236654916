"""One database for each test, on SQLite and on PostgreSQL: a copy of a migrated, settled one."""

import dataclasses
import itertools
import shutil

import pytest

from server import migrate
from server.app import create_app, create_core
from server.db import db, transaction
from server.settings import Settings
from tests.factories.world import World, settle

TEMPLATE = "settled"
_numbers = itertools.count(1)


def close(app):
    """Let go of every connection."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _settle(settings):
    app = create_core(settings)
    migrate.upgrade(app)
    with app.app_context(), transaction() as current:
        settle(current)
    close(app)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A settled SQLite file."""
    home = tmp_path_factory.mktemp("template")
    _settle(Settings(home=home, password_memory_kib=8))
    return home / "paigong.sqlite3"


@pytest.fixture(scope="session")
def postgres_template(postgres, tmp_path_factory):
    """A settled PostgreSQL database, and the cluster it is in."""
    postgres.create(TEMPLATE)
    home = tmp_path_factory.mktemp("template")
    _settle(Settings(home=home, password_memory_kib=8, database_url=postgres.url(TEMPLATE)))
    return postgres


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settled(request, settings):
    """Settings that name a settled database of the test's own, on either engine."""
    if request.param == "sqlite":
        settings.home.mkdir(parents=True)
        template = request.getfixturevalue("sqlite_template")
        shutil.copy(template, settings.home / "paigong.sqlite3")
        yield settings
        return
    cluster = request.getfixturevalue("postgres_template")
    name = f"test_{next(_numbers)}"
    cluster.create(name, template=TEMPLATE)
    yield dataclasses.replace(settings, database_url=cluster.url(name))
    cluster.drop(name)


@pytest.fixture
def app(settled):
    """The application without doors: what workers and operations need."""
    app = create_core(settled)
    yield app
    close(app)


@pytest.fixture
def web(settled):
    """The application with every HTTP door."""
    app = create_app(settled)
    yield app
    close(app)


@pytest.fixture
def world(app, settled):
    """The settled estate, ready to be acted in."""
    with app.app_context():
        yield World(settings=settled)


@pytest.fixture
def session(world):
    """The session of the world, for reading."""
    return db.session()
