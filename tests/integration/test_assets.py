"""Assets and their warranty on an order: free quotes, rulings on site, proposals to exchange."""

import dataclasses
import datetime as dt

import pytest

from server import reactions
from server.assets import checks, classes, operations, proposals
from server.assets.warranty import Case
from server.db import transaction
from server.deadlines import timers
from server.errors import Conflict, Invalid, NotFound
from server.paper.forms.assets import make
from server.paper.register import Asked
from server.work_orders.operations import replacing
from server.work_orders.snapshot import snapshot
from server.work_orders.states import State
from server.worker import exhaust
from tests.cast import CHEN_JING, LIN_FANG, MA_CHAO, SHANGHAI, WANG_LIHUA, XU_JING, ZHAO_MIN
from tests.factories import acts, money
from tests.factories.acts import order_in
from tests.factories.assets import ASKED, appliance, change, known_as, link, rule

CHECKED, SEALED = {"item": "L-ACCHK", "qty": "1"}, {"item": "L-ACLEAK", "qty": "1"}
NEW = {"first_use_on": dt.date(2024, 6, 10)}
OLD = {"first_use_on": dt.date(2023, 6, 1), "factory_on": dt.date(2023, 4, 1)}


@pytest.fixture
def asked(world):
    """It is the morning of 11 March 2025."""
    world.now = dt.datetime.combine(ASKED, dt.time(9), SHANGHAI).astimezone(dt.UTC)
    return world


def report(world, asset=None, *, customer=LIN_FANG):
    order = world.issued(customer=customer, category="air_conditioner", content="空调不制冷")
    if asset is not None:
        link(world, order, asset)
    return order


def inspected(world, order):
    acts.dispatch(world, order, to=MA_CHAO)
    for act in (acts.acknowledge, acts.arrive, acts.inspect):
        act(world, order)


def react(world, at=None):
    exhaust(
        lambda: timers.run_once(at or world.now),
        lambda: reactions.run_once(world.settings, at or world.now),
    )


def test_in_warranty_the_lines_keep_their_prices_and_nothing_is_charged(asked):
    order = report(asked, appliance(asked, **NEW))
    inspected(asked, order)
    quote = acts.quote(asked, order, lines=[CHECKED, SEALED], total_fen=13000)
    assert [(line.unit_price_fen, line.amount_fen) for line in quote.lines] == [
        (5000, 0),
        (8000, 0),
    ]
    assert quote.total_fen == 0
    acts.confirm_quote(asked, order)
    assert (order.charge_fen, order.total_fen) == (0, 0)
    assert (order.warranty_code, order.payment_method) == ("in_warranty", "free_of_charge")
    told = snapshot(asked.session, order)
    assert (told["quote"]["total_fen"], told["quote"]["listed_fen"]) == (0, 13000)
    assert told["asset"]["warranty"] == "in_warranty"
    assert told["asset"]["covered_until"] == "2025-06-10"
    check = checks.last_of_order(asked.session, order.estate_id, order.number)
    assert (check.asked_on, check.covered, check.code) == (ASKED, True, "in_warranty")


def test_a_handheld_that_knows_of_the_warranty_names_nothing_and_a_wrong_sum_is_refused(asked):
    order = report(asked, appliance(asked, **NEW))
    inspected(asked, order)
    with pytest.raises(Conflict):
        acts.quote(asked, order, lines=[CHECKED], total_fen=4999)
    assert acts.quote(asked, order, lines=[CHECKED], total_fen=0).total_fen == 0


@pytest.mark.parametrize(("basis", "code"), [("either", "in_warranty"), ("earliest", "expired")])
def test_two_years_from_the_factory_hold_by_either_only(asked, basis, code):
    asked.settings = dataclasses.replace(asked.settings, warranty_basis=basis)
    order = report(asked, appliance(asked, **OLD))
    assert order.warranty_code == code
    inspected(asked, order)
    assert acts.quote(asked, order, lines=[CHECKED], total_fen=5000).total_fen == (
        0 if code == "in_warranty" else 5000
    )


def test_misuse_is_confirmed_by_whoever_is_there_and_then_paid(asked):
    order = report(asked, appliance(asked, **NEW))
    with pytest.raises(Conflict) as refused:
        rule(asked, order, Case.MISUSE)
    assert (refused.value.slug, refused.value.rule) == ("nobody-there", "X-002")
    inspected(asked, order)
    acts.quote(asked, order, lines=[CHECKED], total_fen=0)
    check = rule(asked, order, Case.MISUSE)
    assert (check.code, check.covered, check.confirmed_by) == (
        "misuse",
        False,
        asked.user(MA_CHAO).id,
    )
    told = snapshot(asked.session, order)["quote"]
    assert (told["revision"], told["total_fen"]) == (2, 5000), "the quote that waited is said anew"
    acts.confirm_quote(asked, order)
    assert (order.charge_fen, order.payment_method) == (5000, "monthly_notice")


def test_what_the_customer_agreed_to_is_not_raised_behind_his_back(asked):
    order = report(asked, appliance(asked, **NEW))
    inspected(asked, order)
    acts.quote(asked, order, lines=[CHECKED], total_fen=0)
    acts.confirm_quote(asked, order)
    rule(asked, order, Case.ALTERED)
    assert (order.charge_fen, order.warranty_code) == (0, "altered")
    acts.quote(asked, order, lines=[CHECKED], total_fen=5000)
    acts.confirm_quote(asked, order)
    assert order.charge_fen == 5000


def test_transport_damage_is_free_after_the_warranty_and_a_settled_charge_stays(asked):
    order = report(asked, appliance(asked, first_use_on=dt.date(2019, 1, 1)))
    inspected(asked, order)
    acts.quote(asked, order, lines=[CHECKED], total_fen=5000)
    acts.confirm_quote(asked, order)
    assert order.charge_fen == 5000
    rule(asked, order, Case.TRANSPORT_DAMAGE)
    assert (order.charge_fen, order.warranty_code) == (0, "in_warranty")
    acts.decide(asked, order, "waive")
    with pytest.raises(Conflict) as refused:
        rule(asked, order, Case.MISUSE)
    assert refused.value.slug == "charge-settled"
    assert order.warranty_code == "goodwill"


def test_what_was_written_off_stays_charged_though_the_customer_has_to_sign_again(asked):
    order = order_in(asked, State.CLOSED, customer=LIN_FANG)
    charged = order.charge_fen
    assert charged > 0
    money.open_again(asked, order)
    asset = appliance(asked, **NEW)
    assert link(asked, order, asset) is None
    change(asked, asset, factory_on=dt.date(2024, 5, 1))
    with pytest.raises(Conflict) as refused:
        rule(asked, order, Case.TRANSPORT_DAMAGE)
    assert (refused.value.slug, order.charge_fen) == ("charge-settled", charged)


def test_a_date_put_right_is_asked_for_anew_unless_somebody_has_ruled(asked):
    asset = appliance(asked, first_use_on=dt.date(2019, 1, 1))
    one, other = report(asked, asset), report(asked, asset)
    inspected(asked, other)
    rule(asked, other, Case.MISUSE)
    change(asked, asset, first_use_on=dt.date(2025, 1, 1))
    asked.session.expire_all()
    assert (one.warranty_code, other.warranty_code) == ("in_warranty", "misuse")


def test_a_label_is_on_one_asset_and_a_provisional_one_is_allotted_until_it_is_known(world):
    first = appliance(world, serial="G-77")
    with pytest.raises(Conflict) as refused:
        appliance(world)
    assert (refused.value.slug, refused.value.rule) == ("label-taken", "X-017")
    second = appliance(world, label=None)
    assert (second.label, second.provisional) == ("LS-202503-0001", True)
    assert known_as(world, "LS-2025") == [second.label]
    assert known_as(world, "G-77") == [first.label]
    with transaction() as current:
        by = world.by(CHEN_JING)
        found = operations.find(current, second.id, by=by, lock=True)
        operations.change(
            current, world.settings, found, label="AC-0906", facts={}, by=by, at=world.later()
        )
        operations.retire(current, found, reason="拆除", by=by, at=world.later())
    assert (found.label, found.provisional) == ("AC-0906", False)
    assert known_as(world, "AC-09") == [first.label]
    assert known_as(world, "AC-0906", retired=True) == ["AC-0906"], "retired, not deleted"
    with pytest.raises(Invalid):
        link(world, report(world), found)
    with pytest.raises(Invalid):
        link(world, report(world, customer=XU_JING), first)


def test_the_second_repair_in_vain_proposes_to_exchange_and_a_manager_decides_once(world):
    asset = appliance(world, customer=WANG_LIHUA, kind="household_other")
    order = order_in(world, State.AWAITING_ACCEPTANCE)
    link(world, order, asset)
    acts.reject(world, order)
    react(world)
    assert proposals.of_asset(world.session, asset.id) == []
    for act in (acts.ready, acts.reject):
        act(world, order)
    react(world)
    react(world)
    (row,) = proposals.of_asset(world.session, asset.id)
    assert (row.reason, row.order_number, row.days_in_repair) == ("repeat_repair", order.number, 1)
    assert "replacement.proposed" in world.alerts(order)
    with transaction() as current:
        found = proposals.find(current, row.id, by=world.by(ZHAO_MIN))
        words = {"decision": "replace", "text": "同型号换新", "by": world.by(ZHAO_MIN)}
        replacing.decide(current, found, **words, at=world.later())
        with pytest.raises(Conflict):
            replacing.decide(current, found, **words, at=world.later())
    assert "replacement.proposed" not in world.alerts(order)
    assert proposals.open_page(world.session, world.estate_id, limit=5).rows == []


def test_an_open_repair_is_watched_for_a_day_two_days_and_sixty(world):
    world.do(classes.adopt_usual, by=world.by(ZHAO_MIN), at=world.now)
    asset = appliance(world, class_code="installation", accepted_on=dt.date(2024, 1, 1))
    order = report(world, asset)
    reported = order.issued_at
    world.session.rollback()
    react(world, reported + dt.timedelta(hours=25))
    assert "clock.on_site_24h" in world.alerts(order)
    assert "clock.stand_by" not in world.alerts(order)
    react(world, reported + dt.timedelta(hours=49))
    assert "clock.stand_by" in world.alerts(order)
    react(world, reported + dt.timedelta(days=60))
    (row,) = proposals.of_asset(world.session, asset.id)
    assert (row.reason, row.days_in_repair) == ("open_60_days", 61)


def test_the_clocks_of_a_repair_stop_when_it_works_again(world):
    order = order_in(world, State.AWAITING_ACCEPTANCE)
    link(world, order, appliance(world, customer=WANG_LIHUA, kind="household_other"))
    assert {"stand_by", "repair_60d"} <= clocks(world, order)
    acts.accept(world, order)
    assert not {"stand_by", "repair_60d", "on_site_24h"} & clocks(world, order)


def clocks(world, order):
    return {one.kind for one in timers.running(world.session, "order", order.number)}


def test_the_warranty_check_on_paper_says_asset_start_factory_date_result_and_code(asked):
    asset = appliance(asked, serial="S-1", **OLD)
    order = report(asked, asset)
    wanted = Asked(
        session=asked.session,
        settings=asked.settings,
        estate_id=asked.estate_id,
        user_id=asked.user(ZHAO_MIN).id,
        roles=frozenset({"cs_manager"}),
        now=asked.now,
    )
    for key in (order.number, str(asset.id)):
        (paper,) = make(wanted, key)
        told = {title.en: value for block in paper.blocks[:2] for title, value in block.rows}
        assert (told["Label"], told["Serial number"]) == (asset.label, "S-1")
        assert (told["First use (start)"], told["Factory date"]) == tuple(OLD.values())
        assert (told["Code"], told["Warranty until"]) == ("in_warranty", dt.date(2025, 4, 1))
        assert [row[3] for row in paper.tables[0].rows] == [
            dt.date(2025, 4, 1),
            dt.date(2024, 6, 1),
        ]
    with pytest.raises(NotFound):
        make(wanted, report(asked).number)
