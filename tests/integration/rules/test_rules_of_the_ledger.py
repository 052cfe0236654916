"""Copy 3 and the month's report: registered by method, told upwards, reviewed by somebody else
(R-070, R-074, R-075, A-15, A-17, P-20, P-21, X-021)."""

import pytest

from server import history, reactions
from server.billing.models import BillingEntry
from server.errors import Conflict, Denied, Invalid, Stale
from server.work_orders.states import State
from server.worker import exhaust
from tests.cast import HE_FANG, LI_JIANJUN, ZHAO_MIN, ZHOU_JIANGUO
from tests.factories import acts, money
from tests.factories.money import APRIL, LAMP, MARCH, SWITCH, entry, repaired


def everything_follows(world):
    exhaust(lambda: reactions.run_once(world.settings, world.later()))


def amounts(row):
    return (row.labour_fen, row.material_fen, row.waived_fen, row.charge_fen)


def test_a_closed_order_stands_in_the_ledger_once_with_labour_and_material_apart(world):
    order = repaired(world, price=LAMP)
    everything_follows(world)
    money.follow(world, order)
    row = entry(world, order)
    assert (row.state, row.month, row.payment_method) == ("unbilled", MARCH, "monthly_notice")
    assert amounts(row) == (1500, 1500, 0, 3000)
    assert world.session.query(BillingEntry).count() == 1


def test_nothing_is_registered_without_a_payment_method(world):
    order = repaired(world)
    for method in (None, "", "barter"):
        with pytest.raises(Invalid) as refused:
            money.register(world, order, method)
        assert refused.value.rule == "R-074"
    assert entry_state(world, order) == "unbilled"


def entry_state(world, order):
    money.follow(world, order)
    return entry(world, order).state


@pytest.mark.parametrize(
    ("method", "state"),
    [
        ("monthly_notice", "registered"),
        ("cash", "paid"),
        ("transfer", "paid"),
        ("mobile_pay", "paid"),
    ],
)
def test_each_way_of_paying_leads_where_the_trade_says(world, method, state):
    order = repaired(world)
    money.register(world, order, method)
    money.register(world, order, method)
    row = entry(world, order)
    assert (row.state, row.payment_method, row.paid_at is not None) == (
        state,
        method,
        state == "paid",
    )
    kinds = [one.kind for one in world.history(order)]
    assert kinds.count("billing.registered") == 1, "once more changes nothing"


def test_free_of_charge_is_for_orders_without_a_charge_alone(world):
    order = repaired(world)
    with pytest.raises(Conflict) as refused:
        money.register(world, order, "free_of_charge")
    assert refused.value.rule == "A-17"
    free = repaired(world, LI_JIANJUN, closed=False)
    acts.decide(world, free, "waive")
    acts.write_off(world, free)
    money.follow(world, free)
    assert amounts(entry(world, free)) == (1500, 1500, 3000, 0)
    with pytest.raises(Conflict):
        money.register(world, free, "cash")
    money.register(world, free, "free_of_charge")
    assert entry(world, free).state == "waived"


def test_a_method_is_corrected_with_a_reason_until_the_month_is_reported(world):
    order = repaired(world)
    money.register(world, order, "cash")
    with pytest.raises(Invalid) as refused:
        money.register(world, order, "monthly_notice")
    assert refused.value.rule == "R-074"
    money.register(world, order, "monthly_notice", reason="现金未收到")
    assert (entry(world, order).state, entry(world, order).paid_at) == ("registered", None)
    assert world.history(order)[-1].data["reason"] == "现金未收到"
    money.month_end(world)
    money.make(world)
    money.submit(world)
    with pytest.raises(Conflict) as refused:
        money.register(world, order, "cash", reason="又收到了")
    assert refused.value.slug == "already-reported"
    assert entry(world, order).payment_method == "monthly_notice"


def test_what_is_held_is_not_billed_until_the_manager_has_decided(world):
    order = acts.order_in(world, State.IN_PROGRESS)
    acts.request_cancel(world, order)
    acts.write_off(world, order)
    everything_follows(world)
    assert entry(world, order).held
    with pytest.raises(Conflict) as refused:
        money.register(world, order)
    assert refused.value.rule == "A-15"
    money.month_end(world)
    money.make(world)
    report = money.submit(world)
    assert [one["code"] for one in report.totals["differences"]] == ["held"]
    assert report.totals["charge_fen"] == 0, "what is held is in no sum"
    acts.decide(world, order, "reduce", charge_fen=500, by=ZHAO_MIN)
    everything_follows(world)
    row = entry(world, order)
    assert (row.charge_fen, row.held, row.month) == (500, False, APRIL), "March has gone up"
    money.register(world, order)
    assert entry(world, order).state == "registered"


def test_an_order_called_off_before_a_price_is_in_no_book(world):
    order = acts.order_in(world, State.CANCELLED)
    assert money.follow(world, order) is None
    with pytest.raises(Conflict):
        money.register(world, order, "free_of_charge")


def test_a_month_with_unregistered_copies_or_open_waivers_does_not_go_up(world):
    first, second = repaired(world), repaired(world, LI_JIANJUN, price=SWITCH)
    money.month_end(world)
    draft = money.make(world)
    open_now = {one["code"]: one["orders"] for one in draft.totals["differences"]}
    assert open_now == {"unregistered": sorted([first.number, second.number])}
    with pytest.raises(Conflict) as refused:
        money.submit(world)
    assert (refused.value.slug, refused.value.rule) == ("month-unfinished", "R-075")
    money.register(world, first)
    money.register(world, second)
    waiver = money.ask_waiver(world, second, 300)
    with pytest.raises(Conflict):
        money.submit(world)
    money.decide_waiver(world, waiver, approved=False, note="照章收费")
    report = money.submit(world)
    assert report.totals["by_method"]["monthly_notice"]["charge_fen"] == 6300
    assert report.totals["by_category"]["household_other"]["orders"] == 2
    assert entry(world, first).state == "reported"


def test_a_report_is_one_a_month_and_made_anew_until_it_goes_up(world):
    order = repaired(world)
    money.register(world, order)
    money.month_end(world)
    report = money.make(world)
    again = money.make(world)
    assert (again.id, again.number, again.version) == (report.id, "CW-202503-0001", 1)
    late = repaired(world, LI_JIANJUN, price=SWITCH)
    money.register(world, late)
    assert money.make(world).totals["charge_fen"] == 6300
    money.submit(world)
    after_that = repaired(world)
    money.follow(world, after_that)
    assert entry(world, after_that).month == APRIL, "what is closed late is billed with the next"
    assert money.make(world).totals["charge_fen"] == 6300, "submitted, it holds fast"
    with pytest.raises(Conflict):
        money.submit(world)


def test_whoever_made_the_report_does_not_review_it(world):
    order = repaired(world)
    money.register(world, order)
    money.month_end(world)
    money.make(world, by=ZHOU_JIANGUO)
    money.submit(world)
    for reviewer in (HE_FANG, ZHOU_JIANGUO):
        with pytest.raises(Denied) as refused:
            money.approve(world, by=reviewer)
        assert refused.value.rule == "X-021"
    assert entry(world, order).state == "reported"


def test_a_report_goes_back_with_a_reason_and_is_put_right(world):
    order = repaired(world)
    money.register(world, order)
    money.month_end(world)
    report = money.make(world)
    money.submit(world)
    with pytest.raises(Invalid):
        money.give_back(world, reason=" ")
    money.give_back(world, reason="现金单错记为月结")
    row = entry(world, order)
    assert (row.state, row.report_id) == ("registered", None)
    money.register(world, order, "cash", reason="现金单错记为月结")
    with pytest.raises(Conflict):
        money.approve(world)
    with pytest.raises(Stale):
        money.submit(world, expected_version=1)
    money.submit(world)
    money.approve(world)
    kinds = [row.kind for row in history.history_of(world.session, "finance_report", report.number)]
    assert [kind for kind in kinds if kind.startswith("report.")] == [
        "report.made",
        "report.submitted",
        "report.returned",
        "report.submitted",
        "report.approved",
    ]
    assert entry(world, order).state == "paid"
    open_alerts = [
        one.kind
        for one in world.alert_rows("finance_report", report.number)
        if one.resolved_at is None
    ]
    assert open_alerts == []


def test_an_order_that_changes_after_its_month_went_up_is_told_to_finance(world):
    order = repaired(world)
    money.approved(world, order)
    money.not_signed_again(world, order)
    acts.decide(world, order, "accept", charge_fen=1000)
    acts.write_off(world, order)
    everything_follows(world)
    assert entry(world, order).charge_fen == 3000, "the book stays as it was approved"
    assert "billing.order_says_otherwise" in world.alerts(order)
    with pytest.raises(Conflict) as refused:
        money.issue(world)
    assert refused.value.rule == "R-077"
    money.give_back(world, reason="费用已减")
    money.submit(world)
    money.approve(world)
    (notice,) = money.issue(world)
    assert notice.total_fen == 1000


def test_an_order_that_is_signed_again_is_in_no_report_meanwhile(world):
    order = repaired(world)
    money.register(world, order)
    money.open_again(world, order)
    money.month_end(world)
    money.make(world)
    report = money.submit(world)
    assert report.totals["orders"] == 0
    assert entry(world, order).state == "registered"
