"""Fee notices and waivers: only after approval, exactly what the orders say, chased until paid, and
nobody lets go of a fee alone (R-009, R-062, R-075, R-077, hard constraint 13, X-021)."""

import datetime as dt

import pytest

from server import history, reactions
from server.billing import queries
from server.billing.models import FeeNotice
from server.billing.notices import due_on
from server.deadlines import timers
from server.errors import Conflict, Denied, Invalid
from server.reports.month_figures import AskedMonth, of_month
from server.work_orders.models import WorkOrder
from server.work_orders.states import State
from server.worker import exhaust
from tests.cast import HE_FANG, LI_JIANJUN, SHANGHAI, YANG_FAN, ZHAO_MIN, ZHOU_JIANGUO
from tests.factories import acts, money
from tests.factories.money import LAMP, MARCH, SWITCH, entry, repaired


def fresh(world, notice):
    world.session.expire_all()
    return world.session.get(FeeNotice, notice.id)


def open_alerts(world, number):
    rows = world.alert_rows("finance_report", number)
    return [row for row in rows if row.resolved_at is None]


def test_notices_go_out_after_approval_only_and_once(world):
    lamp, switch = repaired(world, price=LAMP), repaired(world, price=SWITCH)
    other, cash = repaired(world, LI_JIANJUN), repaired(world, LI_JIANJUN)
    for order in (lamp, switch, other):
        money.register(world, order)
    money.register(world, cash, "cash")
    money.month_end(world)
    for step in (money.make, money.submit):
        step(world)
        with pytest.raises(Conflict) as refused:
            money.issue(world)
        assert (refused.value.slug, refused.value.rule) == ("report-not-approved", "R-075")
    money.approve(world)
    issued = money.issue(world)
    assert [one.id for one in money.issue(world)] == [one.id for one in issued]
    told = {one.total_fen: one for one in issued}
    assert set(told) == {6300, 3000}, "cash is on nobody's notice"
    assert told[6300].lines == [
        {"order": lamp.number, "amount_fen": 3000},
        {"order": switch.number, "amount_fen": 3300},
    ]
    assert told[6300].due_on == dt.date(2025, 4, 20)
    assert (entry(world, lamp).state, entry(world, cash).state) == ("noticed", "paid")
    with pytest.raises(Conflict) as refused:
        money.give_back(world)
    assert refused.value.rule == "R-077"


@pytest.mark.parametrize("unpaid", [False, True])
def test_notices_are_turned_page_by_page_and_none_is_passed_over(world, unpaid):
    money.approved(world, repaired(world), repaired(world, LI_JIANJUN, price=SWITCH))
    issued = [notice.number for notice in money.issue(world)]
    wanted, found, after = queries.NoticeFilter(unpaid=unpaid), [], None
    for _ in issued:
        rows, after = queries.notices(world.session, world.estate_id, wanted, limit=1, after=after)
        found += [notice.number for notice, *_ in rows]
    assert (found if unpaid else found[::-1]) == issued
    assert after is None


def test_a_notice_is_handed_out_chased_and_paid_as_a_whole(world):
    lamp, switch = repaired(world, price=LAMP), repaired(world, price=SWITCH)
    money.approved(world, lamp, switch)
    (notice,) = money.issue(world)
    with pytest.raises(Conflict) as refused:
        money.remind(world, notice.number)
    assert refused.value.slug == "not-delivered"
    money.deliver(world, notice.number)
    money.deliver(world, notice.number)
    money.remind(world, notice.number)
    with pytest.raises(Invalid):
        money.remind(world, notice.number, channel="pigeon")
    ((_, unit, reminded),), _ = queries.notices(
        world.session, world.estate_id, queries.NoticeFilter(unpaid=True), limit=10
    )
    assert (unit, reminded) == ("3栋2单元1502", 1)
    with pytest.raises(Invalid):
        money.pay(world, notice.number, method="monthly_notice")
    money.pay(world, notice.number)
    money.pay(world, notice.number)
    with pytest.raises(Conflict):
        money.pay(world, notice.number, method="cash")
    with pytest.raises(Conflict):
        money.remind(world, notice.number)
    assert [entry(world, order).state for order in (lamp, switch)] == ["paid", "paid"]
    kinds = [row.kind for row in history.history_of(world.session, "fee_notice", notice.number)]
    assert kinds == [
        "fee_notice.issued",
        "fee_notice.delivered",
        "fee_notice.reminded",
        "fee_notice.paid",
    ]
    report = queries.get_report(world.session, world.estate_id, MARCH)
    assert timers.running(world.session, "finance_report", report.number) == []


def test_what_is_not_paid_by_the_due_day_is_overdue_and_one_alert_says_so(world):
    money.approved(world, repaired(world), repaired(world, LI_JIANJUN, price=SWITCH))
    first, second = money.issue(world)
    report = queries.get_report(world.session, world.estate_id, MARCH)
    money.pay(world, first.number)
    last_second = dt.datetime(2025, 4, 20, 23, 59, 59, tzinfo=SHANGHAI)
    timers.run_once(last_second)
    assert fresh(world, second).state == "noticed"
    world.now = last_second.astimezone(dt.UTC) + dt.timedelta(seconds=1)
    timers.run_once(world.now)
    exhaust(lambda: reactions.run_once(world.settings, world.later()))
    assert (fresh(world, first).state, fresh(world, second).state) == ("paid", "overdue")
    (alert,) = open_alerts(world, report.number)
    assert alert.data == {"notices": 1, "total_fen": second.total_fen}
    assert YANG_FAN.roles[0] in alert.audience
    money.pay(world, second.number, method="cash")
    assert open_alerts(world, report.number) == []


def test_notices_that_go_out_late_are_due_later():
    assert due_on(MARCH, dt.date(2025, 4, 3), 20) == dt.date(2025, 4, 20)
    assert due_on(MARCH, dt.date(2025, 4, 20), 20) == dt.date(2025, 5, 20)
    assert due_on(dt.date(2025, 12, 1), dt.date(2026, 1, 2), 20) == dt.date(2026, 1, 20)


def test_a_fee_is_let_go_of_by_somebody_who_did_not_ask_for_it(world):
    order = repaired(world)
    money.register(world, order)
    waiver = money.ask_waiver(world, order, 1000, by=ZHAO_MIN)
    assert "waiver.asked" in world.alerts(order)
    with pytest.raises(Conflict):
        money.ask_waiver(world, order, 500)
    with pytest.raises(Denied) as refused:
        money.decide_waiver(world, waiver, by=ZHAO_MIN)
    assert refused.value.rule == "X-021"
    assert entry(world, order).charge_fen == 3000
    money.decide_waiver(world, waiver, by=ZHOU_JIANGUO)
    money.decide_waiver(world, waiver, by=ZHOU_JIANGUO)
    row = entry(world, order)
    assert (row.charge_fen, row.waived_fen, row.order_charge_fen) == (2000, 1000, 2000)
    assert row.state == "registered"
    with pytest.raises(Conflict):
        money.decide_waiver(world, waiver, approved=False, note="改主意", by=ZHOU_JIANGUO)
    assert "waiver.asked" not in world.alerts(order)


def test_the_whole_fee_waived_closes_the_order_in_the_book(world):
    order = repaired(world)
    money.register(world, order)
    money.decide_waiver(world, money.ask_waiver(world, order, 3000))
    row = entry(world, order)
    assert (row.state, row.payment_method, row.charge_fen, row.waived_fen) == (
        "waived",
        "free_of_charge",
        0,
        3000,
    )
    with pytest.raises(Conflict):
        money.ask_waiver(world, order, 1)


def test_a_waiver_is_never_more_than_the_charge_and_says_why_not(world):
    order = repaired(world)
    for amount_fen in (0, 3001):
        with pytest.raises(Invalid) as refused:
            money.ask_waiver(world, order, amount_fen)
        assert refused.value.rule == "R-024"
    waiver = money.ask_waiver(world, order, 3000)
    with pytest.raises(Invalid):
        money.decide_waiver(world, waiver, approved=False)
    money.not_signed_again(world, order)
    acts.decide(world, order, "accept", charge_fen=2000)
    money.follow(world, order)
    with pytest.raises(Invalid):
        money.decide_waiver(world, waiver)
    assert entry(world, order).waived_fen == 1000


@pytest.mark.parametrize(
    ("decision", "charge_fen"),
    [("waive", None), ("reduce", 1000), ("other", 1000), ("other", None)],
)
def test_no_manager_alone_lets_go_of_the_fee_of_an_order_that_is_written_off(
    world, decision, charge_fen
):
    order = repaired(world)
    with pytest.raises(Conflict) as refused:
        acts.decide(world, order, decision, charge_fen=charge_fen, by=ZHAO_MIN)
    assert (refused.value.slug, refused.value.rule) == ("ask-for-a-waiver", "R-062")
    money.decide_waiver(world, money.ask_waiver(world, order, 3000))
    assert entry(world, order).charge_fen == 0


def test_after_notices_are_out_no_decision_changes_what_they_ask_for(world):
    order = repaired(world)
    money.approved(world, order)
    money.issue(world)
    with pytest.raises(Conflict) as refused:
        acts.decide(world, order, "reduce", charge_fen=1000)
    assert refused.value.slug == "ask-for-a-waiver"
    money.not_signed_again(world, order)
    for decision, charge_fen in (("waive", None), ("accept", 1000), ("rework", 0)):
        with pytest.raises(Conflict) as refused:
            acts.decide(world, order, decision, charge_fen=charge_fen)
        assert (refused.value.slug, refused.value.rule) == ("fee-is-out", "R-077")
    acts.decide(world, order, "accept", charge_fen=3000)
    assert (order.state, order.charge_fen) == ("accepted", 3000)


def test_what_is_held_back_makes_no_difference_between_notices_and_orders(world):
    """K-18 comes to what the report (F-08) comes to: what is held (P-20) is in neither."""
    order, called_off = repaired(world), acts.order_in(world, State.IN_PROGRESS)
    acts.request_cancel(world, called_off)
    acts.write_off(world, called_off)
    money.follow(world, called_off)
    assert entry(world, called_off).held
    money.approved(world, order)
    money.issue(world)

    def fees():
        world.session.expire_all()
        asked = AskedMonth(world.session, world.settings, world.estate_id, MARCH, now=world.later())
        return of_month(asked, "K-18").figure

    report = queries.get_report(world.session, world.estate_id, MARCH)
    assert (fees().value, fees().counted) == (
        report.totals["charge_fen"],
        report.totals["orders"],
    )
    assert (fees().parts[0].value, fees().missed, fees().off) == (0, 0, False)
    world.do(lambda current: setattr(current.get(WorkOrder, order.id), "charge_fen", 1000))
    assert (fees().parts[0].value, fees().missed) == (2000, 1), "the notice asks for 30.00"


def test_what_is_in_the_till_is_changed_by_no_decision(world):
    order = repaired(world)
    money.register(world, order, "cash")
    money.not_signed_again(world, order)
    with pytest.raises(Conflict) as refused:
        acts.decide(world, order, "waive")
    assert refused.value.slug == "fee-is-out"
    acts.decide(world, order, "accept")
    acts.write_off(world, order)
    money.follow(world, order)
    row = entry(world, order)
    assert (row.state, row.charge_fen) == ("paid", 3000)


def test_no_fee_is_let_go_of_once_the_month_went_up_or_the_money_is_in(world):
    order, cash = repaired(world), repaired(world, LI_JIANJUN)
    money.register(world, cash, "cash")
    with pytest.raises(Conflict) as refused:
        money.ask_waiver(world, cash, 100)
    assert refused.value.slug == "already-paid"
    money.approved(world, order)
    with pytest.raises(Conflict) as refused:
        money.ask_waiver(world, order, 100)
    assert (refused.value.slug, refused.value.rule) == ("already-reported", "R-075")
    money.give_back(world)
    money.decide_waiver(world, money.ask_waiver(world, order, 100, by=HE_FANG))
    assert entry(world, order).charge_fen == 2900
