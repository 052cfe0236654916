"""The end of a month: its steps change nothing the second time, and the archive takes what is over."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server.billing.lifecycle import EntryState
from server.billing.models import FeeNotice, FinanceReport
from server.errors import Conflict, Denied, Invalid
from server.history import history_of, verify
from server.month_end import archive, steps, summary
from server.month_end.models import MonthStep
from server.month_end.standing import Month
from server.month_end.taking import take_step
from server.reports.month_figures import AskedMonth, of_month
from server.return_visits.states import STATES
from server.work_orders.models import WorkOrder
from tests.cast import (
    CHEN_JING,
    FENG_XUE,
    HE_FANG,
    HE_LI,
    SHANGHAI,
    YANG_FAN,
    ZHAO_MIN,
    ZHOU_JIANGUO,
)
from tests.factories.months import (
    MARCH,
    billed,
    complaint_closed,
    orders_of_month,
    spot_check,
    visits_of,
)

FIRST = dt.datetime(2025, 4, 1, 20, 0, tzinfo=SHANGHAI)
TENTH = dt.datetime(2025, 4, 10, 23, 59, 59, tzinfo=SHANGHAI)
ELEVENTH = dt.datetime(2025, 4, 11, 0, 0, tzinfo=SHANGHAI)
TEXTS = {"causes": "配件不齐", "measures": "周一备料"}


@pytest.fixture
def closed(world):
    """The 47 orders that were closed in March."""
    return world.do(orders_of_month, world.estate_id)[:47]


def take(world, code, *, by=HE_LI, at=FIRST):
    return take_step(world.settings, code, MARCH, by=world.by(by), at=at)


def look(world, *, at=ELEVENTH):
    world.session.expire_all()
    month = Month(world.session, world.settings, world.estate_id, MARCH, now=at)
    return steps.standings(month)


def figure(world, code, *, at=ELEVENTH):
    world.session.expire_all()
    return of_month(AskedMonth(world.session, world.settings, world.estate_id, MARCH, now=at), code)


def submit_summary(world, *, at=FIRST):
    def act(session):
        found = summary.get(session, world.estate_id, MARCH, lock=True)
        by = world.by(HE_LI)
        summary.comment(session, found, TEXTS, expected_version=None, by=by, at=at)
        summary.submit(session, found, by=by, at=at)

    world.do(act)


def states(world):
    world.session.expire_all()
    rows = world.session.execute(
        sa.select(WorkOrder.state, sa.func.count()).group_by(WorkOrder.state)
    )
    return dict(rows.all())


def test_the_figures_of_march(world, closed):
    """S-18: 46 visits by the 10th and one a second later, 3 of them on site, 4 spot checks and 2."""
    visitor = world.user(YANG_FAN).id
    made = world.do(visits_of, closed[:46], at=TENTH, by=visitor, on_site=2, dissatisfied=2)
    world.do(visits_of, closed[46:], at=ELEVENTH, by=visitor)
    by_the_tenth = figure(world, "K-09")
    late = [case.number for case in by_the_tenth.cases if case.verdict == "missed"]
    assert (late, by_the_tenth.figure.off) == ([closed[46].number], True)
    assert figure(world, "K-10").figure.off is True
    with_one_more = closed[5]
    world.do(
        lambda session: session.execute(
            sa.text("UPDATE return_visit SET method = 'on_site' WHERE number = :number"),
            {"number": with_one_more.number.replace("FW", "HF")},
        )
    )
    assert figure(world, "K-10").figure.off is False
    checks = [(ZHAO_MIN, 4), (ZHOU_JIANGUO, 2)]
    for who, count in checks:
        for visit in made[:count]:
            check = spot_check(visit, world.user(who).id, at=FIRST - dt.timedelta(days=3))
            world.do(lambda session, check=check: session.add(check))
    quotas = {one.name: (one.done, one.short) for one in figure(world, "K-11").quotas}
    assert quotas == {"赵敏": (4, False), "周建国": (2, True)}
    said = figure(world, "K-14")
    assert said.figure.counted == 47
    assert said.groups["cause"] == [("speed", 2)]


def test_hand_overs_and_fees_are_counted_with_what_stands_behind_them(world, closed):
    entries = world.do(billed, closed[:2])
    before = figure(world, "K-18")
    assert (before.figure.value, before.figure.off) == (6000, None)

    def notice(session):
        report = FinanceReport(
            estate_id=world.estate_id,
            number="CW-202504-0001",
            month=MARCH,
            state="approved",
            totals={},
            author_id=world.user(HE_FANG).id,
            made_at=FIRST,
        )
        session.add(report)
        session.flush()
        session.add(
            FeeNotice(
                estate_id=world.estate_id,
                number="GG-202504-0001",
                unit_id=entries[0].unit_id,
                month=MARCH,
                report_id=report.id,
                state="noticed",
                lines=[{"order": one.number, "amount_fen": 3000} for one in closed[:1]],
                total_fen=3000,
                due_on=dt.date(2025, 4, 30),
                issued_at=FIRST,
            )
        )

    world.do(notice)
    after = figure(world, "K-18")
    assert (after.figure.missed, after.figure.off) == (1, True)
    assert [case.number for case in after.cases if case.verdict == "missed"] == [closed[1].number]
    assert [case.verdict for case in figure(world, "K-17", at=FIRST).cases] == ["waiting"]
    take(world, "slips")
    assert figure(world, "K-17").figure.value == 100


def test_a_step_that_was_taken_changes_nothing_the_second_time(world, closed):
    first = {code: take(world, code) for code in ("slips", "summary")}
    taken = {row.step: row.taken_at for row in world.session.query(MonthStep)}
    later = FIRST + dt.timedelta(hours=2)
    assert {code: take(world, code, at=later) for code in first} == first
    world.session.expire_all()
    assert {row.step: row.taken_at for row in world.session.query(MonthStep)} == taken
    assert len(history_of(world.session, "month", "2025-03")) == 2
    assert len(history_of(world.session, "summary", "2025-03")) == 1
    assert look(world)["slips"].state == "given"


def test_nobody_takes_a_step_that_is_not_his(world, closed):
    for code, stranger in (
        ("slips", FENG_XUE),
        ("summary", CHEN_JING),
        ("archive", CHEN_JING),
        ("finance_report", HE_LI),
        ("notices", HE_LI),
    ):
        with pytest.raises(Denied):
            take(world, code, by=stranger)
    with pytest.raises(Conflict, match="its own page"):
        take(world, "review", by=ZHOU_JIANGUO)


def test_before_the_month_is_over_nothing_is_closed(world, closed):
    last = dt.datetime(2025, 3, 31, 23, 59, 59, tzinfo=SHANGHAI)
    for code in ("slips", "summary", "archive"):
        with pytest.raises(Conflict, match="not over"):
            take(world, code, at=last)
    for code in ("finance_report", "notices"):
        with pytest.raises(Conflict, match="not over"):
            take(world, code, by=HE_FANG, at=last)


def test_notices_wait_for_the_report_and_its_approval(world, closed):
    """R-075: the button says what comes first."""
    for wanted in ("no charge report", "general property manager"):
        with pytest.raises(Conflict, match=wanted) as refused:
            take(world, "notices", by=HE_FANG)
        assert refused.value.rule == "R-075"
        take(world, "finance_report", by=HE_FANG)
    assert world.session.query(FeeNotice).count() == 0
    assert [row.step for row in world.session.query(MonthStep)] == ["finance_report"]


def test_the_archive_asks_for_a_fee_that_finance_is_through_with(world, closed):
    """WO21 over every state of copy 3 (B1 to B6)."""
    world.do(visits_of, closed[: len(EntryState)], at=TENTH, by=world.user(YANG_FAN).id)
    for order, state in zip(closed, EntryState, strict=False):
        world.do(billed, [order], state=state.value)
    assert take(world, "archive", at=ELEVENTH)["orders"] == 4
    world.session.expire_all()
    kept = {
        state: world.session.get(WorkOrder, order.id).state
        for order, state in zip(closed, EntryState, strict=False)
    }
    assert {state for state, where in kept.items() if where == "archived"} == {
        "noticed",
        "paid",
        "overdue",
        "waived",
    }


def test_the_archive_asks_for_a_visit_that_is_over(world, closed):
    """WO21 over every state of a visit: made, or out of reach by the manager's word (RV4)."""
    visitor = world.user(YANG_FAN).id
    world.do(billed, closed[: len(STATES)])
    for order, state in zip(closed, STATES, strict=False):
        world.do(visits_of, [order], at=TENTH, by=visitor, state=state)
    take(world, "archive", at=ELEVENTH)
    world.session.expire_all()
    over = {
        state
        for order, state in zip(closed, STATES, strict=False)
        if world.session.get(WorkOrder, order.id).state == "archived"
    }
    assert over == {"satisfied", "done", "unreachable"}


def test_the_archive_takes_what_was_visited_and_settled_and_nothing_else(world, closed):
    """WO21: 45 are visited, 44 of these are on a notice; one of them is back with its technician."""
    visitor = world.user(YANG_FAN).id
    world.do(visits_of, closed[:45], at=TENTH, by=visitor)
    world.do(visits_of, closed[45:46], at=TENTH, by=visitor, state="rectifying")
    world.do(billed, closed[:44])
    world.do(billed, closed[44:], state="registered")
    world.do(
        lambda session: session.execute(
            sa.update(WorkOrder)
            .where(WorkOrder.number == closed[0].number)
            .values(qa_state="returned")
        )
    )
    before = look(world)["archive"]
    assert (before.open, before.counts["can_be_archived"], before.ready) == (47, 43, True)
    assert take(world, "archive", at=ELEVENTH) == {"orders": 43, "complaints": 0}
    assert states(world) == {"archived": 43, "closed": 4, "cancelled": 3, "void": 1}
    order = world.session.scalar(sa.select(WorkOrder).filter_by(number=closed[1].number))
    assert (order.version, order.archived_at, order.updated_at) == (2, ELEVENTH, ELEVENTH)
    assert take(world, "archive", at=ELEVENTH) == {"orders": 0, "complaints": 0}
    (row,) = history_of(world.session, "order", order.number)
    assert (row.kind, row.data["transition"], row.actor_name) == ("order.archived", "WO21", "何莉")
    assert verify(world.session, "order", order.number) is None
    step = world.session.query(MonthStep).filter_by(step="archive").one()
    assert step.result == {"orders": 43, "complaints": 0}
    assert look(world)["archive"].open == 4


def test_the_archive_goes_in_chunks_and_comes_to_the_end(world, closed, monkeypatch):
    monkeypatch.setattr(archive, "CHUNK", 20)
    monkeypatch.setattr("server.month_end.taking.CHUNK", 20)
    world.do(visits_of, closed, at=TENTH, by=world.user(YANG_FAN).id)
    world.do(billed, closed)
    assert take(world, "archive", at=ELEVENTH) == {"orders": 47, "complaints": 0}
    step = world.session.query(MonthStep).filter_by(step="archive").one()
    assert step.result["orders"] == 47
    assert look(world)["archive"].done


def test_complaints_go_to_the_archive_once_the_month_is_told_of(world, closed):
    """C16, R-130."""
    at = dt.datetime(2025, 3, 20, 10, tzinfo=SHANGHAI)
    complaint = world.do(complaint_closed, world.estate_id, at=at, number="TS-202503-0001")
    assert take(world, "archive", at=ELEVENTH)["complaints"] == 0
    take(world, "summary")
    assert take(world, "archive", at=ELEVENTH)["complaints"] == 0
    submit_summary(world)
    assert look(world)["archive"].ready
    assert take(world, "archive", at=ELEVENTH)["complaints"] == 1
    world.session.expire_all()
    assert (complaint.state, complaint.archived_at) == ("archived", ELEVENTH)
    (row,) = history_of(world.session, "complaint", complaint.number)
    assert row.data["transition"] == "C16"


def test_the_summary_counts_the_month_and_people_say_why(world, closed):
    """R-095, R-129, A-43."""
    visitor = world.user(YANG_FAN).id
    world.do(visits_of, closed, at=TENTH, by=visitor, on_site=3, dissatisfied=2)
    at = dt.datetime(2025, 3, 20, 10, tzinfo=SHANGHAI)
    world.do(complaint_closed, world.estate_id, at=at, number="TS-202503-0001")
    take(world, "summary")
    found = summary.get(world.session, world.estate_id, MARCH)
    service, complaints = found.figures["service"], found.figures["complaints"]
    assert found.figures["orders"] == 47
    assert service["causes"] == [["speed", 2]]
    assert sum(one["orders"] for one in service["items"]) == 47
    assert (complaints["recorded"], complaints["closed"]) == (1, 1)
    assert complaints["concerns"] == ["等了一周没人来"]
    assert sorted(found.figures["kpis"]) == [f"K-{place:02d}" for place in range(9, 17)]
    assert found.figures["kpis"]["K-10"]["off"] is False
    with pytest.raises(Invalid) as refused:
        world.do(
            lambda session: summary.submit(
                session,
                summary.get(session, world.estate_id, MARCH, lock=True),
                by=world.by(HE_LI),
                at=FIRST,
            )
        )
    assert set(refused.value.errors) == {"causes", "measures"}
    submit_summary(world)
    with pytest.raises(Conflict, match="cannot be changed"):
        world.do(
            lambda session: summary.recount(
                session,
                world.settings,
                summary.get(session, world.estate_id, MARCH, lock=True),
                by=world.by(HE_LI),
                at=FIRST,
            )
        )
    read = lambda session, by: summary.mark_read(  # noqa: E731
        session,
        summary.get(session, world.estate_id, MARCH, lock=True),
        by=world.by(by),
        at=ELEVENTH,
    )
    with pytest.raises(Denied):
        world.do(read, HE_LI)
    world.do(read, ZHOU_JIANGUO)
    assert look(world)["summary"].state == "read"
