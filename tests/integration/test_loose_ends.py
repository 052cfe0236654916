"""K-19, K-21, K-22 and the complaints of K-23, from what really happened at counter and desk."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server.complaints import judging
from server.incidents import operations as incidents
from server.incidents.models import Damage
from server.reports.figures import Asked, of_span
from server.reports.four_weeks import held
from server.reports.measures.case import Verdict
from server.reports.measures.span import with_four_weeks
from server.reports.month_figures import AskedMonth, of_month
from server.work_orders.states import State
from tests.cast import CHEN_JING, LUO_BING, NINE, SHANGHAI, after
from tests.factories import complaints
from tests.factories.acts import order_in
from tests.factories.months import MARCH
from tests.factories.stock import MEGGER, WC_SET, draws, takes_back

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
APRIL_BEGINS = dt.datetime(2025, 4, 1, tzinfo=SHANGHAI)


@pytest.fixture
def figure(world):
    """A figure of March as seen at a moment, and the cases behind it."""

    def look(code, now, **words):
        world.session.expire_all()
        asked = AskedMonth(world.session, world.settings, world.estate_id, MARCH, now=now, **words)
        found = of_month(asked, code)
        return found.figure, found.cases

    return look


def test_what_is_out_of_the_warehouse_is_counted_until_it_is_back(world, figure):
    """K-19, R-072: a tool for a day to the second; whatever is out when the month is over."""
    order = order_in(world, State.IN_PROGRESS)
    fitting, tool = draws(world, order, WC_SET), draws(world, order, MEGGER)
    day_over = tool.issued_at + DAY
    in_time, cases = figure("K-19", day_over)
    assert (in_time.value, in_time.missed, in_time.off) == (2, 0, False)
    assert {case.number for case in cases} == {order.number}
    late, cases = figure("K-19", day_over + SECOND)
    assert (late.missed, late.off, late.parts[0].value) == (1, True, 1)
    (case,) = [case for case in cases if case.verdict is Verdict.MISSED]
    assert tool.number in case.note
    takes_back(world, order, tool)
    assert figure("K-19", day_over + SECOND)[0].off is False
    assert figure("K-19", APRIL_BEGINS - SECOND)[0].off is False
    assert figure("K-19", APRIL_BEGINS)[0].missed == 1
    takes_back(world, order, fitting)
    assert figure("K-19", APRIL_BEGINS)[0].value == 0


def found(world, found_at):
    return world.do(
        incidents.report_incident,
        world.settings,
        place="3栋大堂",
        category="engineering",
        severity="normal",
        description="水管爆裂",
        emergency_action="关总阀",
        found_at=found_at,
        photos=[],
        by=world.by(LUO_BING),
        at=world.later(),
    )


def test_who_left_an_incident_before_help_came_is_counted(world, figure):
    """K-21, R-027: by the second; the month is that of the discovery."""
    times = {"dept_arrived_at": after(hours=1)}
    early, exactly = found(world, NINE), found(world, NINE)
    found(world, APRIL_BEGINS)
    for incident, left_at in ((early, after(hours=1) - SECOND), (exactly, after(hours=1))):
        world.do(
            incidents.note_presence,
            incident,
            **times,
            left_at=left_at,
            by=world.by(LUO_BING),
            at=world.later(),
        )
    told, cases = figure("K-21", after(days=2))
    assert (told.value, told.counted, told.off) == (1, 2, True)
    assert {case.number: case.verdict for case in cases} == {
        early.number: Verdict.MISSED,
        exactly.number: Verdict.MET,
    }


def test_damage_is_told_with_its_settlement_and_amounts_to_managers_alone(world, figure):
    """K-22, R-063."""
    order = order_in(world, State.IN_PROGRESS)
    words = {"kind": "damage", "description": "碰碎", "photos": []}
    first, second = (
        world.do(
            incidents.report_damage,
            world.settings,
            order,
            item=item,
            **words,
            by=world.by(CHEN_JING),
            at=world.later(),
        )
        for item in ("花瓶", "镜子")
    )
    world.do(
        lambda session: session.execute(
            sa.update(Damage)
            .where(Damage.number == first.number)
            .values(state="settled", amount_fen=5000, settled_at=first.reported_at + 2 * DAY)
        )
    )
    told, cases = figure("K-22", after(days=3))
    assert (told.value, told.waiting, told.off) == (2, 1, None)
    assert {part.name: part.value for part in told.parts} == {
        "settled": 1,
        "median_settled": 2 * 86_400,
    }
    assert {case.number: case.verdict for case in cases} == {
        first.number: Verdict.COUNTED,
        second.number: Verdict.WAITING,
    }
    managers, _ = figure("K-22", after(days=3), with_amounts=True)
    assert managers.parts[-1].value == 5000


def test_a_complaint_is_open_until_it_is_closed(world):
    """K-23, R-001: its age counts from the record; closed the same day it leaves nothing open."""

    def asked(days):
        span = with_four_weeks(NINE.date(), SHANGHAI)
        now = after(days=days)
        return Asked(world.session, world.settings, world.estate_id, span, now=now)

    complaint = complaints.recorded(world)
    figure, (case,) = of_span(asked(30), "K-23")
    assert (case.number, case.verdict, figure.off) == (complaint.number, Verdict.COUNTED, False)
    assert of_span(asked(31), "K-23")[0].missed == 1
    complaints.judged(world, complaint, "invalid")
    words = complaints.says(world, CHEN_JING)
    before, _ = held(asked(1))
    world.do(judging.explain, complaint, text="按合同不在服务范围", **words)
    closed, _ = held(asked(1))
    by_the_end = [
        next(one for one in weeks if one.measure.code == "K-23").today.value
        for weeks in (before, closed)
    ]
    assert by_the_end == [1, 0]
