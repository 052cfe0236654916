"""The managers' quotas of a month are asked of who had the seat in it (K-11, K-12, K-13, A-20)."""

import datetime as dt

import pytest

from server.accounts.models import User
from server.reports.month_figures import AskedMonth, of_month
from server.return_visits.models import ReturnVisit
from tests.cast import SHANGHAI, YANG_FAN, ZHAO_MIN
from tests.factories.months import MARCH, complaint_closed, orders_of_month, spot_check, visits_of

FIRST = dt.datetime(2025, 4, 1, 20, 0, tzinfo=SHANGHAI)
ELEVENTH = dt.datetime(2025, 4, 11, 0, 0, tzinfo=SHANGHAI)


@pytest.fixture
def closed(world):
    """Some orders that were closed in March."""
    return world.do(orders_of_month, world.estate_id)[:4]


def figure(world, code):
    world.session.expire_all()
    asked = AskedMonth(world.session, world.settings, world.estate_id, MARCH, now=ELEVENTH)
    return of_month(asked, code)


def test_a_month_stays_as_it_was_when_its_manager_leaves_and_another_comes(world, closed):
    """K-11, K-12, K-13: who did it counts, also who has left; who came later owes nothing."""
    made = world.do(visits_of, closed, at=FIRST, by=world.user(YANG_FAN).id)
    zhao, in_march = world.user(ZHAO_MIN).id, FIRST - dt.timedelta(days=5)

    def march(session):
        for visit in made[:3]:
            session.add(spot_check(visit, zhao, at=in_march))
        complaint = complaint_closed(
            session, world.estate_id, at=in_march, number="TS-202503-0001", major=True
        )
        session.add(
            ReturnVisit(
                estate_id=world.estate_id,
                number="HF-202503-9001",
                purpose="complaint",
                complaint_id=complaint.id,
                state="done",
                due_at=in_march,
                method="on_site",
                satisfied=True,
                recorded_by=zhao,
                done_at=in_march,
            )
        )

    def april(session):
        session.get(User, zhao).active = False
        session.add(
            User(
                estate_id=world.estate_id,
                username="new",
                name="新经理",
                roles=["cs_manager"],
                password_hash="x",
                created_at=FIRST,
            )
        )

    def told():
        found = {code: figure(world, code) for code in ("K-11", "K-12", "K-13")}
        return {code: (one.figure, one.quotas) for code, one in found.items()}

    world.do(march)
    before = told()
    of_cs, of_gpm = before["K-11"][1]
    assert ((of_cs.name, of_cs.done), (of_gpm.name, of_gpm.done)) == (("赵敏", 3), ("周建国", 0))
    assert (before["K-12"][1][0].done, before["K-13"][0].value) == (1, 100)
    world.do(april)
    assert told() == before


def test_who_had_left_before_the_month_began_owes_nothing(world, closed):
    world.do(lambda session: setattr(session.get(User, world.user(ZHAO_MIN).id), "active", False))
    assert [one.name for one in figure(world, "K-11").quotas] == ["周建国"]
