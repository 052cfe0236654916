"""One database for each test, a copy of a migrated, settled one: each test on SQLite and on
PostgreSQL, those of the console's pages on PostgreSQL alone."""

import contextlib
import dataclasses
import shutil

import pytest

from server import migrate
from server.app import create_app, create_core
from server.console.board import _DRAWN
from server.console.board_cache import Drawn
from server.db import db, transaction
from server.reports import evidence_queries
from server.settings import Settings
from tests.factories.world import World, settle

TEMPLATE, COPY = "settled", "of_this_test"
KEY = "secret.key"
_standing = {}


def close(app):
    """Let go of every connection."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@contextlib.contextmanager
def standing(make, settings):
    """The application of these settings: made once a run, found by every test as it was made.

    Most of what a new one costs is to compile again every address, statement and template.
    """
    if (make, settings) not in _standing:
        app = make(settings)
        _standing[make, settings] = app, dict(app.config), dict(app.extensions)
    app, config, extensions = _standing[make, settings]
    for held, first in ((app.config, config), (app.extensions, extensions)):
        held.clear()
        held.update(first)
    if _DRAWN in app.extensions:
        app.extensions[_DRAWN] = Drawn()
    evidence_queries._finished.clear()
    yield app
    close(app)


@pytest.fixture(scope="session")
def home(quick_folder):
    """The home of every test in turn: applications remember where they live."""
    home = quick_folder / "home"
    Settings(home=home).secret_key()
    return home


@pytest.fixture
def settings(home):
    """Settings of a home in which nothing lies but its key; passwords are cheap to hash."""
    for left in home.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        elif left.name != KEY:
            left.unlink()
    return Settings(home=home, password_memory_kib=8)


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
def engine(request):
    """Which database a test runs on: on either, one after the other."""
    return request.param


@pytest.fixture
def settled(request, settings, engine):
    """Settings that name a settled database of the test's own."""
    if engine == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        shutil.copy(template, settings.home / "paigong.sqlite3")
        yield settings
        return
    cluster = request.getfixturevalue("postgres_template")
    cluster.create(COPY, template=TEMPLATE)
    yield dataclasses.replace(settings, database_url=cluster.url(COPY))
    cluster.drop(COPY)


@pytest.fixture
def app(settled):
    """The application without doors: what workers and operations need."""
    with standing(create_core, settled) as app:
        yield app


@pytest.fixture
def web(settled):
    """The application with every HTTP door."""
    with standing(create_app, settled) as app:
        yield app


@pytest.fixture
def world(app, settled):
    """The settled estate, ready to be acted in."""
    with app.app_context():
        yield World(settings=settled)


@pytest.fixture
def session(world):
    """The session of the world, for reading."""
    return db.session()
