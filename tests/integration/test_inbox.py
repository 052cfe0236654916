"""What handhelds say, through the one way in: once, in order, refused whole, kept when late."""

import pytest

from server.fieldwork.inbox import events_of_order
from server.fieldwork.models import DeviceEvent
from server.history import verify
from server.incidents.models import Incident
from server.outbox import Owed
from server.stores.models import StockLine
from server.work_orders.queries import quotes_of
from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, NINE, ZHANG_WEI, after
from tests.factories import acts
from tests.factories.acts import order_in
from tests.factories.handheld import Handheld, spelled
from tests.factories.world import sha


@pytest.fixture
def order(world):
    """An order that has been given to 张伟."""
    order = world.issued(category="tap_valve", appointment_at=after(hours=6))
    acts.dispatch(world, order, to=ZHANG_WEI)
    return order


@pytest.fixture
def handheld(world):
    """HH-07, in the hands of 张伟."""
    return Handheld(world=world, staff=ZHANG_WEI)


def stored(world):
    return world.session.query(DeviceEvent).order_by(DeviceEvent.seq).all()


def owed(world, device, order):
    rows = world.session.query(Owed).filter_by(device_id=device, subject=order.number)
    return [(row.kind, row.version) for row in rows]


def everything_about(world, order):
    """All that a refusal must leave as it is."""
    world.session.expire_all()
    columns = {column.key: getattr(order, column.key) for column in order.__table__.columns}
    return (
        columns,
        len(world.history(order)),
        world.alerts(order, open_only=False),
        len(quotes_of(world.session, order.id)),
        world.session.query(StockLine).count(),
    )


def a_visit(handheld, order):
    """Receipt, arrival and all the rest up to the agreed price, as one works off the network."""
    said = {"order_version": order.version}
    return [
        handheld.event("order.acknowledged", order, **said),
        handheld.event("order.arrived", order, **said),
        handheld.event(
            "order.inspected",
            order,
            note="阀芯坏",
            photos=[{"sha256": sha("before"), "tag": "before"}],
            **said,
        ),
        handheld.event(
            "order.quoted", order, lines=[{"item": "L-TAP", "qty": "1"}], total_fen=2000, **said
        ),
        handheld.event(
            "quote.confirmed",
            order,
            method="handheld_signature",
            signer={"name": "周敏", "relation": "owner"},
            signature=sha("price"),
            **said,
        ),
        handheld.event(
            "order.suspended",
            order,
            reason="wait_material",
            next_contact_at=spelled(after(hours=4)),
            **said,
        ),
    ]


def test_an_event_is_applied_and_answered_with_the_new_version(world, order, handheld):
    before = order.version
    reply = handheld.does("order.acknowledged", order)
    assert (reply["outcome"], reply["order_version"]) == ("applied", before + 1)
    assert (order.state, order.version) == ("acknowledged", before + 1)
    assert reply["server_time"] == spelled(world.now)


def test_a_repeated_event_changes_nothing_and_tells_the_first_outcome(world, order, handheld):
    event = handheld.event("order.acknowledged", order)
    first = handheld.send(event)
    before = everything_about(world, order)
    for _ in range(3):
        again = handheld.send(event, at=world.later())
        assert (again["outcome"], again["first_outcome"]) == ("duplicate", "applied")
        assert (again["event"], again["order_version"]) == (first["event"], first["order_version"])
    assert everything_about(world, order) == before
    assert len(stored(world)) == 1


def test_the_first_outcome_of_a_refused_event_stays_refused(world, order, handheld):
    event = handheld.event("order.arrived", order)
    refused = handheld.send(event)
    again = handheld.send(event)
    assert (refused["outcome"], again["outcome"]) == ("rejected", "duplicate")
    assert again["first_outcome"] == "rejected"
    assert again["problem"] == refused["problem"]


def test_the_same_id_with_other_content_is_refused(world, order, handheld):
    event = handheld.event("order.acknowledged", order)
    handheld.send(event)
    before = everything_about(world, order)
    other = {**event, "type": "order.returned", "data": {**event["data"], "reason": "不去了"}}
    reply = handheld.send(other)
    assert reply["outcome"] == "rejected"
    assert reply["problem"]["type"].endswith("event-id-reused")
    assert everything_about(world, order) == before
    assert stored(world)[0].type == "order.acknowledged"


def test_a_gap_in_the_numbering_asks_for_what_comes_first(world, order, handheld):
    first, second = (
        handheld.event("order.acknowledged", order),
        handheld.event("order.arrived", order),
    )
    before = everything_about(world, order)
    reply = handheld.send(second)
    assert (reply["outcome"], reply["expected_seq"]) == ("out_of_order", 1)
    assert everything_about(world, order) == before
    assert stored(world) == []
    assert [handheld.send(event)["outcome"] for event in (first, second)] == ["applied"] * 2
    assert order.state == "on_site"


def test_a_number_used_before_with_another_id_is_out_of_order(order, handheld):
    handheld.does("order.acknowledged", order)
    handheld.seq = 0
    reply = handheld.does("order.arrived", order)
    assert (reply["outcome"], reply["expected_seq"]) == ("out_of_order", 2)


def test_a_refusal_leaves_nothing_but_the_event_itself(world, order, handheld):
    handheld.does("order.acknowledged", order)
    before = everything_about(world, order)
    line = {"item": "M-WCSET", "qty": "1"}
    reply = handheld.does("stock.requested", order, lines=[line, {"item": "M-GOLD", "qty": "1"}])
    assert (reply["outcome"], reply["problem"]["rule"]) == ("rejected", "R-058")
    assert (reply["state"], reply["order_version"]) == (order.state, order.version)
    assert everything_about(world, order) == before, "not even the line that could be had"
    kept = stored(world)[-1]
    assert (kept.outcome, kept.problem) == ("rejected", reply["problem"])
    assert owed(world, "hh-07", order) == [("order", order.version)], "a fresh snapshot follows"
    assert handheld.does("order.arrived", order)["outcome"] == "applied", "and the next one counts"


def test_a_number_taken_by_what_was_refused_is_given_again(world, order, handheld):
    handheld.does("order.acknowledged", order)
    line = {"item": "M-WCSET", "qty": "1"}
    handheld.does("stock.requested", order, lines=[line, {"item": "M-GOLD", "qty": "1"}])
    handheld.does("stock.requested", order, lines=[line])
    assert [row.number for row in world.session.query(StockLine)] == ["LJ-202503-0001"]


def test_all_reasons_of_a_refusal_reach_the_technician(order, handheld):
    handheld.does("order.acknowledged", order)
    handheld.does("order.arrived", order)
    reply = handheld.does("order.quoted", order, lines=[], total_fen=1)
    codes = [reason["code"] for reason in reply["problem"]["reasons"]]
    assert codes == ["not-inspected", "before-photo-missing", "quote-total-differs"]
    assert "勘查" in reply["problem"]["detail"]


def test_work_off_the_network_applies_in_order_with_its_own_times(world, order, handheld):
    visit = a_visit(handheld, order)
    back_on_line = world.later()
    assert [handheld.send(event, at=back_on_line)["outcome"] for event in visit] == ["applied"] * 6
    assert order.state == "suspended"
    assert spelled(order.acknowledged_at) == visit[0]["time"]
    assert spelled(order.arrived_at) == visit[1]["time"]
    told = [row for row in world.history(order) if row.device_at is not None]
    assert [spelled(row.device_at) for row in told] == [event["time"] for event in visit]
    assert {row.at for row in told} == {back_on_line}


def test_what_comes_after_a_recall_is_evidence_and_changes_nothing(world, order, handheld):
    visit = a_visit(handheld, order)
    acts.recall(world, order)
    acts.dispatch(world, order, to=LIU_QIANG)
    version = order.version
    replies = [handheld.send(event, at=world.later()) for event in visit]
    assert [reply["outcome"] for reply in replies] == ["recorded"] * 6
    again = [handheld.send(event, at=world.later()) for event in visit]
    assert [reply["outcome"] for reply in again] == ["duplicate"] * 6
    assert {reply["first_outcome"] for reply in again} == {"recorded"}

    world.session.expire_all()
    assert (order.state, order.version, order.technician.name) == ("dispatched", version, "刘强")
    late = [row for row in world.history(order) if row.kind == "event.recorded_late"]
    assert [row.data["type"] for row in late] == [event["type"] for event in visit]
    assert spelled(late[0].device_at) == visit[0]["time"]
    assert late[0].at > late[0].device_at
    assert world.alerts(order).count("order.conflict") == 1, "one task for the desk"
    conflict = world.alert_rows("order", order.number)[-1]
    assert conflict.data["technician"] == "张伟"
    assert ("withdrawn", version) in owed(world, "hh-07", order)
    assert verify(world.session, "order", order.number) is None
    assert len(events_of_order(world.session, order.number)) == 6


def test_what_comes_after_a_cancellation_is_evidence(world, order, handheld):
    handheld.does("order.acknowledged", order)
    arrived = handheld.event("order.arrived", order)
    acts.cancel(world, order)
    reply = handheld.send(arrived)
    assert reply["outcome"] == "recorded"
    assert (order.state, order.arrived_at) == ("cancel_pending", None)


def test_an_order_that_one_never_had_is_not_even_known(world, order):
    stranger = Handheld(world=world, staff=LIU_QIANG)
    before = everything_about(world, order)
    foreign = stranger.does("order.acknowledged", order)
    assert foreign["outcome"] == "rejected"
    assert foreign["problem"]["type"].endswith("no-such-order")
    assert (foreign["order_version"], foreign.get("state")) == (None, None)
    assert everything_about(world, order) == before


def test_a_version_that_does_not_exist_yet_is_refused(order, handheld):
    reply = handheld.does("order.acknowledged", order, order_version=order.version + 1)
    assert reply["problem"]["type"].endswith("version-ahead")
    assert order.state == "dispatched"


def test_an_older_version_is_no_reason_to_refuse(order, handheld):
    reply = handheld.does("order.acknowledged", order, order_version=1)
    assert reply["outcome"] == "applied"


def test_a_handhelds_clock_counts_as_far_as_it_can_be_true(world, order, handheld):
    fast = handheld.event("order.acknowledged", order, at=after(hours=3))
    server_time = world.later()
    handheld.send(fast, at=server_time)
    assert order.acknowledged_at == server_time, "not after it was received"
    assert stored(world)[0].skew_s == pytest.approx(3 * 3600, abs=600)
    slow = handheld.event("order.arrived", order, at=NINE.replace(year=2020))
    handheld.send(slow, at=world.later())
    assert order.arrived_at == order.dispatched_at, "not before it was sent out"


def test_a_clock_that_is_centuries_off_stops_nothing(world, order, handheld):
    event = handheld.event("order.acknowledged", order)
    event["time"] = "2099-12-31T23:59:59Z"
    assert handheld.send(event)["outcome"] == "applied"
    assert order.state == "acknowledged"


def test_what_nobody_can_read_is_refused_and_does_not_block_the_rest(world, order, handheld):
    broken = handheld.event("order.acknowledged", order, mood="fine")
    reply = handheld.send(broken)
    assert (reply["outcome"], reply["event"]) == ("rejected", broken["id"])
    assert reply["problem"]["errors"]
    assert handheld.send(broken)["outcome"] == "duplicate"
    assert handheld.does("order.acknowledged", order)["outcome"] == "applied"


def test_noise_without_an_id_is_refused_and_uses_no_number(world, order, handheld):
    for noise in (b"", b"\x00\xff", b"[]", b'{"id": 7}', b"{" * 100):
        assert handheld.send(noise)["outcome"] == "rejected"
    assert stored(world) == []
    assert handheld.does("order.acknowledged", order)["outcome"] == "applied"


def test_nobody_speaks_for_another_handheld(order, handheld):
    event = handheld.event("order.acknowledged", order)
    event["source"] = "devices/hh-01"
    assert handheld.send(event)["outcome"] == "rejected"
    assert order.state == "dispatched"


def test_an_incident_needs_no_order(world, handheld):
    reply = handheld.does(
        "incident.reported",
        place="3栋大堂",
        category="engineering",
        severity="major",
        description="消防管爆裂",
        emergency_action="已关阀",
        photos=[],
    )
    assert (reply["outcome"], reply["order_version"]) == ("applied", None)
    incident = world.session.query(Incident).one()
    assert (incident.number, incident.place) == ("GQ-202503-0001", "3栋大堂")
    assert "gpm" in incident.notified


def test_a_failed_gas_check_and_the_alarm_that_went_before_it_are_one_danger(world):
    order = order_in(world, State.ON_SITE, category="gas_water_heater")
    handheld = Handheld(world=world, staff=LIU_QIANG)
    seen = {"order_version": order.version}
    alarm = handheld.event("hazard.alarm", order, note="GWH-01", **seen)
    alarm["data"]["kind"] = "gas_leak"
    answer = {"confirmed": False, "fields": {"lel_percent": "12"}}
    step = handheld.event("step.recorded", order, step="GWH-01", attempt=1, answer=answer, **seen)
    assert [handheld.send(one)["outcome"] for one in (alarm, step)] == ["applied", "applied"]
    assert (order.state, order.resume_state, order.hazard) == ("suspended", "on_site", True)
    assert world.session.query(Incident).one().description == "gas_leak GWH-01"
    assert sorted(world.alerts(order)).count("hazard.alarm") == 1


def test_what_the_technician_says_of_a_pause_is_in_the_order_s_history(world):
    order = order_in(world, State.IN_PROGRESS)
    reply = Handheld(world=world, staff=LIU_QIANG).does(
        "order.suspended",
        order,
        reason="access",
        next_contact_at=spelled(after(hours=4)),
        note="钥匙在 1501 邻居家",
    )
    assert reply["outcome"] == "applied"
    assert world.history(order)[-1].data["note"] == "钥匙在 1501 邻居家"


def test_news_of_receipt_informs_and_is_no_condition(world, order, handheld):
    version = order.version
    for kind in ("order.received", "order.opened"):
        assert handheld.does(kind, order)["outcome"] == "applied"
    assert order.version == version
    assert order.received_at is not None
    assert order.opened_at is not None
    silent = order_in(world, State.DISPATCHED)
    assert Handheld(world=world, staff=LIU_QIANG).does("order.acknowledged", silent)["outcome"] == (
        "applied"
    )


def test_a_returned_order_goes_back_to_the_desk(world, order, handheld):
    reply = handheld.does("order.returned", order, reason="车坏了")
    assert reply["outcome"] == "applied"
    assert (order.state, order.technician_id) == ("created", None)
    assert "order.returned" in world.alerts(order)
    assert owed(world, "hh-07", order) == [("withdrawn", order.version)]
    acts.dispatch(world, order, by=CHEN_JING)
    assert "order.returned" not in world.alerts(order)
    assert ("order", order.version) in owed(world, "hh-01", order)
