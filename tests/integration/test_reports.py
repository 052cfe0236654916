"""The manager's figures of a worked day, each with the orders behind it, from what was really done."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server.evidence.models import Photo
from server.incidents import operations as incidents
from server.quality import operations as quality
from server.reports import duty, open_now
from server.reports.evidence_queries import delays_by_day
from server.reports.figures import Asked, of_span
from server.reports.four_weeks import held
from server.reports.measures.case import Verdict
from server.reports.measures.span import Span, day_span, with_four_weeks
from server.reports.queries import intakes_of_month
from server.requests import operations as requests
from server.rosters.models import Absence, Shift
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    LI_JIANJUN,
    LIU_QIANG,
    MA_CHAO,
    NINE,
    SHANGHAI,
    SUN_QIAN,
    ZHANG_WEI,
    after,
)
from tests.factories import acts
from tests.factories.lamp_repair import repaired_lamp

TODAY = dt.date(2025, 3, 5)
EVENING = after(hours=9)
ELEVEN = after(hours=2)


@pytest.fixture
def asked(world):
    """Asks for figures of some days, as seen that evening or later."""

    def ask(*, now=EVENING, span=None):
        return Asked(
            world.session,
            world.settings,
            world.estate_id,
            span or day_span(TODAY, SHANGHAI),
            now=now,
        )

    return ask


@pytest.fixture
def behind(asked):
    """A figure of the day, and the verdict on every order that stands behind it."""

    def look(code, **words):
        figure, cases = of_span(asked(**words), code)
        return figure, {case.number: case.verdict for case in cases}

    return look


def reply(world, request, at):
    world.do(requests.reply, request, channel="phone", text="马上来", by=world.by(CHEN_JING), at=at)


def decline(world, request, item):
    world.do(
        requests.judge_declined,
        request,
        explanation="本店暂无此项服务,向您致歉。",
        attempts=["问过合作商户"],
        apology=True,
        notice_promised=True,
        department_informed="会所",
        demand_item=item,
        by=world.by(CHEN_JING),
        at=world.later(),
    )


def test_replies_are_counted_to_the_second(world, behind):
    """K-01, R-051: 15:00 passes, 15:01 fails."""
    exactly, late, never = (world.register(at=NINE) for _ in range(3))
    reply(world, exactly, after(minutes=15))
    reply(world, late, after(minutes=15, seconds=1))
    figure, verdicts = behind("K-01")
    assert verdicts == {
        exactly.number: Verdict.MET,
        late.number: Verdict.MISSED,
        never.number: Verdict.MISSED,
    }
    assert (round(figure.value), figure.missed, figure.off) == (33, 2, True)
    month = intakes_of_month(world.session, world.estate_id, TODAY, SHANGHAI)
    assert len(month) == 3


def test_a_request_counts_on_the_estates_day(world, behind):
    """One minute before midnight there it is still afternoon in UTC."""
    yesterday = world.register(at=dt.datetime(2025, 3, 4, 23, 59, tzinfo=SHANGHAI))
    today = world.register(at=dt.datetime(2025, 3, 5, 0, 0, tzinfo=SHANGHAI))
    assert set(behind("K-01")[1]) == {today.number}
    before = day_span(dt.date(2025, 3, 4), SHANGHAI)
    assert set(behind("K-01", span=before)[1]) == {yesterday.number}


def test_the_first_dispatch_counts_however_often_the_order_came_back(world, behind):
    """K-02, R-050: an order that was recalled was not dispatched late."""
    prompt = world.issued(at=NINE)
    acts.dispatch(world, prompt, at=after(minutes=15))
    acts.recall(world, prompt, at=after(hours=1))
    acts.dispatch(world, prompt, at=after(hours=2))
    slow = world.issued(at=NINE)
    acts.dispatch(world, slow, at=after(minutes=15, seconds=1))
    figure, verdicts = behind("K-02")
    assert verdicts == {prompt.number: Verdict.MET, slow.number: Verdict.MISSED}
    assert (figure.value, figure.off) == (901, True)


def test_receipts_are_measured_from_the_last_dispatch(world, behind):
    """K-03, R-052."""
    in_time, late, silent = (world.issued(at=NINE) for _ in range(3))
    for order in (in_time, late, silent):
        acts.dispatch(world, order, at=after(hours=1))
    acts.acknowledge(world, in_time, at=after(hours=1, minutes=5))
    acts.acknowledge(world, late, at=after(hours=1, minutes=5, seconds=1))
    figure, verdicts = behind("K-03")
    assert verdicts == {
        in_time.number: Verdict.MET,
        late.number: Verdict.MISSED,
        silent.number: Verdict.MISSED,
    }
    assert (figure.counted, figure.value) == (2, 301)


def visited(world, *, arrived_at, appointment_at=ELEVEN, to=LIU_QIANG):
    order = world.issued(at=NINE, appointment_at=appointment_at)
    acts.dispatch(world, order, to=to, at=after(minutes=10))
    acts.acknowledge(world, order, at=after(minutes=11))
    return order, lambda: acts.arrive(world, order, at=arrived_at)


def test_an_incident_on_the_way_excuses_who_comes_late(world, behind):
    """K-04, R-053, A-46; an order without an appointment cannot be late."""
    exactly, arrive_exactly = visited(world, arrived_at=after(hours=2))
    late, arrive_late = visited(world, arrived_at=after(hours=2, seconds=1), to=ZHANG_WEI)
    kept, arrive_kept = visited(world, arrived_at=after(hours=3))
    _free, arrive_free = visited(world, arrived_at=after(hours=4), appointment_at=None)
    world.do(
        incidents.report_incident,
        world.settings,
        place="3栋大堂",
        category="engineering",
        severity="normal",
        description="水管爆裂",
        emergency_action=None,
        found_at=after(hours=1, minutes=50),
        photos=[],
        order_number=kept.number,
        by=world.by(LIU_QIANG),
        at=after(hours=1, minutes=51),
    )
    for arrive in (arrive_exactly, arrive_late, arrive_kept, arrive_free):
        arrive()
    figure, verdicts = behind("K-04")
    assert verdicts == {
        exactly.number: Verdict.MET,
        late.number: Verdict.MISSED,
        kept.number: Verdict.EXCUSED,
    }
    assert (figure.value, figure.counted, figure.off) == (50, 2, True)


def test_rework_and_what_went_up_stand_behind_the_accepted(world, behind):
    """K-05, K-06."""
    good = acts.order_in(world, State.ACCEPTED)
    redone = acts.order_in(world, State.REWORK)
    acts.ready(world, redone)
    acts.accept(world, redone)
    decided = acts.order_in(world, State.ESCALATED)
    acts.decide(world, decided, "accept")
    figure, verdicts = behind("K-05")
    assert verdicts == {
        good.number: Verdict.MET,
        redone.number: Verdict.MISSED,
        decided.number: Verdict.MET,
    }
    assert figure.off is None
    figure, verdicts = behind("K-06")
    assert verdicts == {
        good.number: Verdict.BASE,
        redone.number: Verdict.COUNTED,
        decided.number: Verdict.COUNTED,
    }
    assert {part.name: round(part.value) for part in figure.parts} == {
        "rounds": 1,
        "level_1": 33,
        "level_2": 0,
    }


def test_a_cancelled_slip_left_overnight_is_told(world, behind):
    """K-07, R-057."""
    prompt, slow = world.issued(at=NINE), world.issued(at=NINE)
    acts.dispatch(world, prompt)
    acts.dispatch(world, slow)
    acts.cancel(world, prompt, at=after(hours=1))
    acts.write_off(world, prompt, at=after(hours=2))
    acts.cancel(world, slow, at=after(hours=1))
    figure, verdicts = behind("K-07")
    assert (verdicts[prompt.number], verdicts[slow.number]) == (Verdict.MET, Verdict.WAITING)
    assert figure.off is False
    figure, verdicts = behind("K-07", now=after(days=1))
    assert verdicts[slow.number] is Verdict.MISSED
    assert (figure.value, figure.missed, figure.off) == (100, 1, True)


def test_declined_requests_name_what_was_wanted(world, asked, behind):
    """K-08, R-032."""
    keys = world.register()
    decline(world, keys, "配钥匙")
    other = world.register(LI_JIANJUN)
    figure, verdicts = behind("K-08")
    assert verdicts == {keys.number: Verdict.COUNTED, other.number: Verdict.BASE}
    assert figure.value == 50
    _, declines = held(asked())
    assert [case.note for case in declines if case.note] == ["配钥匙"]


def judge(world, order, outcome, *, at, **words):
    words = {"steps": {}, "note": None, **words}
    world.do(
        quality.review,
        world.settings,
        order,
        outcome=outcome,
        by=world.by(SUN_QIAN),
        at=at,
        **words,
    )


def test_evidence_is_judged_once_and_what_it_lacks_is_named(world, behind):
    """K-20, R-005."""
    lamp = repaired_lamp(world)
    plain = acts.order_in(world, State.ACCEPTED)
    judge(world, lamp, "returned", at=after(hours=5), steps={"LAMP-03": "看不清"})
    judge(world, plain, "passed", at=after(hours=5))
    figure, verdicts = behind("K-20")
    assert verdicts == {lamp.number: Verdict.MISSED, plain.number: Verdict.MET}
    assert [part.value for part in figure.parts] == [0, 0, 0]
    with_isolation = sa.select(Photo).where(Photo.order_id == lamp.id, Photo.tag == "isolation")

    def spoil(current):
        older = current.scalar(sa.select(Photo.id).where(Photo.tag == "before"))
        lost = current.scalar(with_isolation)
        lost.tag, lost.near_duplicate_of = "meter", older

    world.do(spoil)
    figure, _ = behind("K-20")
    assert {part.name: part.value for part in figure.parts} == {
        "out_of_limit": 0,
        "duplicate_photo": 1,
        "no_isolation": 1,
    }


def test_what_is_open_is_counted_on_every_day_that_it_was(world, asked, behind):
    """K-23, R-001: also the void, the withdrawn and the declined had their day."""
    old = world.register(at=NINE - dt.timedelta(days=31))
    order = world.issued(at=NINE - dt.timedelta(days=2))
    acts.void(world, order)
    gone = world.register(at=NINE - dt.timedelta(days=1))
    decline(world, gone, "配钥匙")
    done = acts.order_in(world, State.CLOSED)
    figure, verdicts = behind("K-23")
    assert verdicts == {old.number: Verdict.MISSED}
    assert (figure.value, figure.off) == (1, True)
    assert done.number not in verdicts
    weeks, _ = held(asked(span=with_four_weeks(TODAY, SHANGHAI)))
    days = next(one for one in weeks if one.measure.code == "K-23").days
    opened = {day.day: figure.value for day, figure in days.items() if day.month == 3}
    assert [opened[day] for day in (2, 3, 4, 5)] == [1, 2, 3, 1]
    assert days[TODAY].missed == 1
    assert days[TODAY - dt.timedelta(days=1)].missed == 0


def test_the_delay_of_the_field_is_measured_by_both_clocks(world, asked, behind):
    """K-24, P-18: what was done off line arrives late."""
    order = world.issued(at=NINE)
    acts.dispatch(world, order, at=after(minutes=5))
    acts.acknowledge(world, order, at=after(minutes=30), device_at=after(minutes=6))
    figure, verdicts = behind("K-24")
    assert (figure.value, figure.counted) == (24 * 60, 1)
    assert verdicts == {order.number: Verdict.COUNTED}
    later = asked(now=after(days=2))
    for _ in range(2):  # the second time from what was kept of the finished day
        days = delays_by_day(later.session, later.estate_id, later.span, now=later.now)
        assert list(days[TODAY]) == [24 * 60]


def test_the_present_day_is_never_kept(world, asked):
    span = day_span(TODAY, SHANGHAI)
    order = world.issued(at=NINE)
    acts.dispatch(world, order, at=after(minutes=5))
    at_noon = after(hours=3)
    assert not delays_by_day(world.session, world.estate_id, span, now=at_noon)[TODAY]
    acts.acknowledge(world, order)
    assert delays_by_day(world.session, world.estate_id, span, now=at_noon)[TODAY]


def test_every_figure_stands_beside_its_four_weeks(world, asked):
    world.register(at=NINE - dt.timedelta(days=28))
    world.register(at=NINE - dt.timedelta(days=29))
    reply(world, world.register(at=NINE), after(minutes=1))
    found, _ = held(asked(span=with_four_weeks(TODAY, SHANGHAI)))
    first = found[0]
    assert [one.measure.code for one in found][:2] == ["K-01", "K-02"]
    assert len(found) == 11
    assert (first.today.value, first.before.value, first.usual) == (100, 0, 0)
    assert first.before.counted == 1  # the 29th day before is not one of the 28
    assert len(first.days) == 29


def test_an_escalation_waits_with_its_due_time_until_it_is_decided(world):
    """P-08: an unsigned order is decided by the next working day, 18:00."""
    unsigned = acts.order_in(world, State.ESCALATED)
    [one] = open_now.undecided(world.session, world.estate_id)
    assert (one.order_number, one.level) == (unsigned.number, "L1_cs_manager")
    assert one.due_at == dt.datetime(2025, 3, 6, 18, tzinfo=SHANGHAI)
    acts.decide(world, unsigned, "accept")
    assert open_now.undecided(world.session, world.estate_id) == []


def test_a_correction_is_overdue_from_the_day_after_its_date(world):
    order = acts.order_in(world, State.CLOSED)
    judge(world, order, "failed", at=EVENING, correction="补拍", due_on=TODAY)
    key = (world.session, world.estate_id)
    assert open_now.overdue_corrections(*key, TODAY) == []
    [one] = open_now.overdue_corrections(*key, TODAY + dt.timedelta(days=1))
    assert (one.order_number, one.text) == (order.number, "补拍")


def test_who_is_on_duty_stands_with_his_handheld_and_his_work(world):
    order = acts.order_in(world, State.ON_SITE)
    span = day_span(TODAY, SHANGHAI)
    everybody = duty.duty_at(world.session, world.estate_id, EVENING, span)
    assert not everybody.has_roster
    assert {one.user.username for one in everybody.on_duty} == {
        LIU_QIANG.username,
        ZHANG_WEI.username,
        MA_CHAO.username,
    }

    def write(current):
        for staff, until in ((LIU_QIANG, 10), (ZHANG_WEI, 10), (MA_CHAO, 4)):
            current.add(
                Shift(
                    estate_id=world.estate_id,
                    user_id=world.user(staff).id,
                    from_at=NINE,
                    until_at=after(hours=until),
                )
            )
        current.add(
            Absence(
                estate_id=world.estate_id,
                user_id=world.user(ZHANG_WEI).id,
                from_at=NINE,
                until_at=after(hours=20),
                reason="sick",
            )
        )

    world.do(write)
    now = duty.duty_at(world.session, world.estate_id, EVENING, span)
    [liu] = now.on_duty
    assert (liu.user.username, liu.at_number, liu.orders) == (LIU_QIANG.username, order.number, 1)
    assert liu.handheld.id == LIU_QIANG.handheld
    assert now.away == [(ZHANG_WEI.name, "sick")]


def test_an_estate_in_its_first_hour_has_figures_of_nothing(world, asked):
    found, declines = held(asked(span=with_four_weeks(TODAY, SHANGHAI)))
    assert declines == []
    assert {one.today.counted for one in found} == {0}
    assert {one.today.off for one in found} == {None, False}


def test_a_long_span_is_one_span(world, asked):
    span = Span(first=TODAY - dt.timedelta(days=91), last=TODAY, zone=SHANGHAI)
    world.register(at=NINE - dt.timedelta(days=91))
    _, cases = of_span(asked(span=span), "K-01")
    assert len(cases) == 1
