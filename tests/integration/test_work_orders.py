"""The work order by its real operations: who may have it, what it costs, how it goes up."""

import datetime as dt

import pytest

from server import outbox
from server.accounts.models import Qualification
from server.errors import Denied, Invalid, NotFound, Stale
from server.reactions import run_once as react
from server.requests import operations as requests
from server.return_visits.operations import visit_of_order
from server.work_orders import queries
from server.work_orders.operations import moving, off_list
from server.work_orders.operations.moving import Refused
from server.work_orders.snapshot import snapshot
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    LI_NA,
    LIU_QIANG,
    MA_CHAO,
    ZHANG_WEI,
    ZHAO_MIN,
    ZHOU_JIANGUO,
    after,
)
from tests.factories import acts
from tests.factories.acts import order_in


def refused_for(act, *args, **words):
    with pytest.raises(Refused) as refused:
        act(*args, **words)
    return [(reason["code"], reason["rule"]) for reason in refused.value.extra["reasons"]]


def test_every_state_can_be_reached_and_every_change_raises_the_version(world):
    for state in State:
        order = order_in(world, state)
        kinds = [row for row in world.history(order) if "transition" in row.data]
        assert kinds[-1].data["to"] == state
        versions = [row.data["version"] for row in world.history(order) if "version" in row.data]
        assert versions == sorted(versions)
        assert versions[-1] == order.version


def test_a_technician_without_the_licence_does_not_get_the_order(world):
    for category, unfit, fit, licence in (
        ("gas_water_heater", ZHANG_WEI, LIU_QIANG, "gas"),
        ("gas_stove", MA_CHAO, LIU_QIANG, "gas"),
        ("lamp", ZHANG_WEI, LIU_QIANG, "electrician"),
        ("switch", ZHANG_WEI, MA_CHAO, "electrician"),
        ("air_conditioner", LIU_QIANG, MA_CHAO, "refrigeration"),
    ):
        order = world.issued(category=category)
        with pytest.raises(Refused) as refused:
            acts.dispatch(world, order, to=unfit)
        assert (refused.value.slug, refused.value.rule) == ("not-qualified", "X-029")
        assert licence in refused.value.en
        assert (order.state, order.technician_id) == ("created", None)
        acts.dispatch(world, order, to=fit)
        assert order.state == "dispatched"


def test_a_licence_counts_on_its_last_day_and_not_after(world):
    last_evening = dt.datetime(2025, 12, 31, 15, 59, tzinfo=dt.UTC)
    midnight = dt.datetime(2025, 12, 31, 16, 0, tzinfo=dt.UTC)
    acts.dispatch(world, world.issued(category="lamp"), at=last_evening)
    order = world.issued(category="lamp")
    assert refused_for(acts.dispatch, world, order, at=midnight) == [("not-qualified", "X-029")]


@pytest.mark.parametrize("state", ["pending", "revoked", "expired"])
def test_only_an_approved_licence_counts(world, state):
    def spoil(current):
        licences = current.query(Qualification).filter_by(user_id=world.user(LIU_QIANG).id)
        licences.filter_by(kind="gas").one().state = state

    world.do(spoil)
    order = world.issued(category="gas_stove")
    assert refused_for(acts.dispatch, world, order) == [("not-qualified", "X-029")]


def test_a_repair_goes_out_with_the_published_checklist(world):
    order = world.issued(category="gas_water_heater")
    acts.dispatch(world, order)
    assert (order.checklist_code, order.checklist_version) == ("CL-GWH", 1)
    assert order.checklist_children["CL-GASEMG"] == 1


def test_a_later_slot_waits_for_the_customer_to_agree(world):
    order = world.issued(appointment_at=after(hours=1))
    late = after(hours=3)
    assert refused_for(acts.dispatch, world, order, appointment_at=late) == [
        ("slot-not-reconfirmed", "R-044")
    ]
    acts.dispatch(world, order, appointment_at=after(minutes=50))
    assert order.appointment_at == after(minutes=50)


def test_an_order_changes_hands_and_both_assignments_stay(world):
    order = world.issued()
    acts.dispatch(world, order, to=LIU_QIANG)
    acts.acknowledge(world, order)
    acts.dispatch(world, order, to=ZHANG_WEI, reassign=True)
    told = queries.assignments_of(world.session, order.id)
    assert [(row.technician_id, row.until_at is None) for row in told] == [
        (world.user(LIU_QIANG).id, False),
        (world.user(ZHANG_WEI).id, True),
    ]
    assert (order.technician.name, order.acknowledged_at) == ("张伟", None)


def test_another_technician_can_do_nothing_with_the_order(world):
    order = order_in(world, State.DISPATCHED)
    assert refused_for(acts.acknowledge, world, order, by=ZHANG_WEI) == [("not-your-order", "5.1")]


def test_an_arrival_after_the_appointment_is_late_and_one_on_the_second_is_not(world):
    for arrived_at, late in ((after(hours=1), False), (after(hours=1, seconds=1), True)):
        order = order_in(world, State.ACKNOWLEDGED, appointment_at=after(hours=1))
        acts.arrive(world, order, at=after(hours=2), device_at=arrived_at)
        assert (order.late, order.arrived_at) == (late, arrived_at)


def test_there_is_no_price_before_the_job_was_looked_at(world):
    order = order_in(world, State.ON_SITE)
    assert refused_for(acts.quote, world, order) == [
        ("not-inspected", "R-054"),
        ("before-photo-missing", "R-054"),
    ]
    acts.inspect(world, order, tag="meter")
    assert refused_for(acts.quote, world, order) == [("before-photo-missing", "R-054")]
    acts.inspect(world, order)
    acts.quote(world, order)
    assert order.state == "quoted"


def test_what_is_not_on_the_list_needs_the_manager(world):
    order = order_in(world, State.QUOTED)
    line = {"item": "X-1", "qty": "2"}
    assert refused_for(acts.quote, world, order, lines=[line], total_fen=0) == [
        ("not-on-price-list", "R-021")
    ]
    one_off = world.do(
        off_list.approve,
        order,
        description="定制灯罩",
        price_fen=3050,
        reason="停产",
        by=world.by(ZHAO_MIN),
        at=world.later(),
    )
    assert one_off.code == "X-1"
    acts.quote(world, order, lines=[line], total_fen=6100)
    quotes = queries.quotes_of(world.session, order.id)
    assert [row.total_fen for row in quotes] == [1500, 6100], "the older revision stays"
    other = order_in(world, State.QUOTED)
    assert ("not-on-price-list", "R-021") in refused_for(
        acts.quote, world, other, lines=[line], total_fen=6100
    )


def test_a_total_that_is_not_the_sum_is_refused(world):
    order = order_in(world, State.QUOTED)
    assert refused_for(acts.quote, world, order, total_fen=1501) == [
        ("quote-total-differs", "R-055")
    ]
    with pytest.raises(Invalid):
        acts.quote(world, order, lines=[{"item": "L-LAMP", "qty": "0.001"}])


def test_a_new_price_locks_the_work_until_it_is_confirmed(world):
    order = order_in(world, State.IN_PROGRESS)
    assert order.total_fen == 1500
    acts.quote(world, order, lines=[{"item": "M-R22", "qty": "2.5"}], total_fen=5000)
    assert (order.state, order.quote_confirmed_at, order.total_fen) == ("quoted", None, 1500)
    acts.confirm_quote(world, order)
    assert (order.state, order.total_fen) == ("in_progress", 5000)


def test_what_the_owner_supplies_costs_nothing(world):
    order = order_in(world, State.QUOTED)
    lines = [
        {"item": "L-PIPE", "qty": "3"},
        {"item": "M-TAP15", "qty": "1", "owner_supplied": True},
    ]
    acts.quote(world, order, lines=lines, total_fen=7500)
    assert queries.quotes_of(world.session, order.id)[-1].total_fen == 7500


def test_no_work_step_before_the_price_is_confirmed(world):
    order = order_in(world, State.ON_SITE, category="tap_valve")
    acts.record_step(world, order, "TAP-01", {}, tags=["before"])
    acts.record_step(world, order, "TAP-02", {"confirmed": True}, tags=["isolation"])
    with pytest.raises(moving.Conflict) as refused:
        acts.record_step(world, order, "TAP-03", {"done": True})
    assert refused.value.rule == "R-056"
    acts.inspect(world, order)
    acts.quote(world, order, lines=[{"item": "L-TAP", "qty": "1"}], total_fen=2000)
    acts.confirm_quote(world, order)
    acts.record_step(world, order, "TAP-03", {"done": True})


def test_the_technician_cannot_finish_with_steps_missing(world):
    order = order_in(world, State.IN_PROGRESS, category="tap_valve")
    with pytest.raises(Refused) as refused:
        acts.ready(world, order)
    assert refused.value.slug == "evidence-missing"
    assert "TAP-01" in refused.value.en
    assert order.state == "in_progress"


def test_dissatisfaction_goes_round_and_up(world):
    order = order_in(world, State.AWAITING_ACCEPTANCE)
    acts.reject(world, order)
    assert (order.state, order.rework_round) == ("rework", 1)
    assert queries.escalations_of(world.session, order.id) == []
    acts.ready(world, order)
    acts.reject(world, order)
    assert (order.state, order.rework_round) == ("rework", 2)
    acts.ready(world, order)
    acts.reject(world, order)
    assert (order.state, order.rework_round) == ("escalated", 2)
    levels = [row.level for row in queries.escalations_of(world.session, order.id)]
    assert levels == ["L1_cs_manager", "L2_gpm"]
    with pytest.raises(Denied):
        acts.decide(world, order, "accept", by=ZHAO_MIN)
    acts.decide(world, order, "waive", technician=world.user(MA_CHAO))
    assert (order.state, order.rework_round, order.technician.name) == ("rework", 3, "马超")
    assert (order.charge_fen, order.warranty_code) == (0, "goodwill")
    for act in (acts.ready, acts.accept, acts.signature_arrives, acts.write_off):
        act(world, order)
    assert (order.state, order.total_fen) == ("closed", 0)


def test_dissatisfaction_without_an_apology_is_not_taken(world):
    order = order_in(world, State.AWAITING_ACCEPTANCE)
    assert refused_for(acts.reject, world, order, apology=False) == [("apology-missing", "R-061")]
    assert order.rework_round == 0


def test_who_will_not_sign_is_the_managers_case_until_the_next_working_day(world):
    friday = dt.datetime(2025, 3, 7, 6, 0, tzinfo=dt.UTC)
    order = order_in(world, State.AWAITING_ACCEPTANCE)
    acts.refuse_signature(world, order, at=friday)
    case = queries.escalations_of(world.session, order.id)[0]
    monday_six_in_the_evening = dt.datetime(2025, 3, 10, 10, 0, tzinfo=dt.UTC)
    assert (case.level, case.due_at) == ("L1_cs_manager", monday_six_in_the_evening)
    assert order.billing_held
    world.now = friday
    acts.decide(world, order, "accept", by=ZHAO_MIN)
    assert (order.state, order.billing_held, order.unsigned_reason) == (
        "accepted",
        False,
        "refused",
    )
    acts.write_off(world, order)
    assert order.state == "closed", "no signature is made up, and none is waited for"
    assert [row.kind for row in queries.signatures_of(world.session, order.id)] == ["price"]


def test_a_signed_order_is_not_written_off_before_the_picture_is_here(world):
    order = order_in(world, State.ACCEPTED)
    assert refused_for(acts.write_off, world, order) == [("signature-not-held", "R-060")]
    acts.signature_arrives(world, order)
    acts.write_off(world, order, by=LI_NA, return_point="front_desk")
    assert (order.state, order.return_point) == ("closed", "front_desk")


def test_a_closed_order_is_visited_once_by_the_tenth(world):
    order = order_in(world, State.CLOSED)
    react(world.settings, world.later())
    react(world.settings, world.later())
    visit = visit_of_order(world.session, order.id)
    end_of_the_tenth = dt.datetime(2025, 4, 10, 15, 59, 59, tzinfo=dt.UTC)
    assert (visit.number, visit.due_at) == ("HF-202503-0001", end_of_the_tenth)


def test_a_cancelled_order_is_not_visited(world):
    order = order_in(world, State.CANCELLED)
    react(world.settings, world.later())
    assert visit_of_order(world.session, order.id) is None


def test_a_hazard_stops_the_order_until_a_manager_clears_it(world):
    order = order_in(world, State.IN_PROGRESS)
    acts.alarm(world, order)
    assert (order.state, order.hazard) == ("suspended", True)
    assert {"hazard.alarm", "hazard.call_gas_company"} <= set(world.alerts(order))
    manager_only = [("hazard-manager-only", "P-22")]
    assert refused_for(acts.resume, world, order) == manager_only
    assert refused_for(acts.cancel, world, order) == manager_only
    acts.clear_hazard(world, order)
    assert (order.state, order.hazard) == ("in_progress", False)
    assert "hazard.alarm" not in world.alerts(order)


def test_a_pause_goes_back_to_where_it_was(world):
    for state in (State.ON_SITE, State.QUOTED, State.IN_PROGRESS, State.REWORK):
        order = order_in(world, state)
        acts.suspend(world, order)
        assert (order.state, order.suspension) == ("suspended", "wait_material")
        acts.resume(world, order)
        assert (order.state, order.suspension) == (state, None)


def test_a_cancellation_before_the_price_costs_nothing_and_after_it_is_held(world):
    early, late = order_in(world, State.QUOTED), order_in(world, State.IN_PROGRESS)
    for order in (early, late):
        acts.request_cancel(world, order)
    assert (early.charge_fen, early.billing_held) == (0, False)
    assert (late.charge_fen, late.billing_held) == (1500, True)


def test_a_void_number_is_never_used_again(world):
    order = order_in(world, State.VOID)
    assert world.issued().number > order.number


def test_an_order_is_issued_only_for_a_request_that_can_be_taken(world):
    request = world.register()
    with pytest.raises(requests.Conflict):
        world.do(
            acts.dispatching.issue,
            world.settings,
            request,
            category=None,
            appointment_at=None,
            urgency=None,
            by=world.by(CHEN_JING),
            at=world.later(),
        )
    assert world.issued().number.endswith("-0001"), "the refused slip used no number"


def test_a_decision_above_ones_level_or_without_a_case_is_refused(world):
    order = order_in(world, State.IN_PROGRESS)
    with pytest.raises(moving.Conflict) as refused:
        acts.decide(world, order, "accept")
    assert refused.value.slug == "nothing-to-decide"
    with pytest.raises(Invalid):
        acts.decide(world, order, "bribe")
    with pytest.raises(Invalid):
        acts.decide(world, order, "reduce", by=ZHOU_JIANGUO)
    acts.decide(world, order, "reduce", charge_fen=900, by=ZHAO_MIN)
    assert (order.state, order.charge_fen, order.total_fen) == ("in_progress", 900, 1500)


def test_an_order_that_changed_meanwhile_or_is_unknown_is_not_changed(world):
    order = order_in(world, State.DISPATCHED)
    by = world.by(CHEN_JING)
    with pytest.raises(Stale):
        world.do(moving.find_order, order.number, by=by, expected_version=order.version - 1)
    with pytest.raises(NotFound):
        world.do(moving.find_order, "FW-202503-4711", by=by)


def test_the_technician_sees_the_order_and_what_it_costs(world):
    order = order_in(world, State.QUOTED, appointment_at=after(hours=1))
    seen = snapshot(world.session, order)
    assert seen["customer"] == {
        "name": "王丽华",
        "unit_code": "3栋2单元1502",
        "phone": "13900000001",
    }
    assert (seen["state"], seen["version"]) == ("quoted", order.version)
    assert seen["quote"]["total_fen"] == 1500
    owed = world.session.query(outbox.Owed).filter_by(subject=order.number).all()
    assert [(row.device_id, row.kind, row.version) for row in owed] == [
        ("hh-01", "order", order.version)
    ]
