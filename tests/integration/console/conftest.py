"""Somebody at a desk: signs in with the form, reads pages, sends the forms that stand on them."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from server.accounts.models import Qualification
from server.db import db, session, transaction, utcnow
from tests.cast import PASSWORD, SHANGHAI

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Desk:
    """One browser without scripts."""

    def __init__(self, app, username=None, password=PASSWORD):
        self.client = app.test_client()
        if username:
            answer = self.send(
                "/sign-in", "/sign-in", username=username, password=password, next="/"
            )
            assert answer.status_code == 303, answer.text

    def get(self, path, **words):
        return self.client.get(path, **words)

    def page(self, path):
        """A page that must be there, as text."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def hidden(self, page, action):
        """The hidden fields of the form with this action; fails where the page has no such form."""
        form = re.search(
            rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL
        )
        assert form, f"no form for {action}"
        return dict(HIDDEN.findall(form.group(1)))

    def send(self, path, action, **fields):
        """Open a page and send one of its forms."""
        return self.client.post(action, data={**self.hidden(self.page(path), action), **fields})

    def follow(self, answer):
        """The page that a sent form leads to."""
        assert answer.status_code == 303, answer.text
        return self.page(answer.headers["Location"])


@pytest.fixture(params=[pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request):
    """Pages are asked on the stricter one; browsers look at each of them on SQLite.

    What pages read and do is asked on both, in the tests of the rooms.
    """
    return request.param


@pytest.fixture
def at_desk(web):
    """Signs one of the cast in."""
    return lambda staff: Desk(web, staff.username)


@pytest.fixture
def visitor(web):
    """A browser that nobody has signed in with."""
    return Desk(web)


@pytest.fixture
def today(world):
    """The world of half an hour ago: pages speak of now, and so do licences."""
    world.now = utcnow() - dt.timedelta(minutes=30)
    with transaction() as current:
        current.execute(sa.update(Qualification).values(valid_until=dt.date(2099, 12, 31)))
    return world


@pytest.fixture
def this_day(today):
    """The same, for what a page says of this day or month: half an hour ago may be yesterday."""
    midnight = utcnow().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    today.now = max(today.now, midnight.astimezone(dt.UTC))
    return today


@pytest.fixture
def fresh(today):
    """Reads a row again, as others have left it."""

    def read(row):
        session().rollback()
        session().expire_all()
        return session().get(type(row), sa.inspect(row).identity)

    return read


@pytest.fixture
def queries(web):
    """Counts the statements that the web process sends while it answers."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    with web.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", note)
