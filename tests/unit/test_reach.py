"""How far an order has come to the technician's eyes: told from what outbox and handheld know."""

import uuid

from server.work_orders.models import Assignment, WorkOrder
from server.work_orders.reach import Sending, Step, reach_of, taken_over_at
from tests.cast import NINE, after


def order(state="dispatched", **times):
    return WorkOrder(
        number="FW-202503-0001",
        state=state,
        technician_id=uuid.UUID(int=1),
        dispatched_at=NINE,
        **times,
    )


def sending(*, noted_at=NINE, sent_at=None, online=True):
    return Sending(noted_at=noted_at, sent_at=sent_at, online=online, last_seen_at=None)


def marks(reach):
    """✓ and the minute for each step; a gap where the minute is not known."""
    return [
        ("✓" if step.done else "") + (step.at.strftime("%M") if step.at else "")
        for step in reach.steps
    ]


def test_each_step_has_its_time_and_the_next_one_is_waited_for():
    just = reach_of(order(), sending())
    assert (just.stage, just.at, just.next.name) == ("queued", NINE, "sent")
    assert marks(just) == ["✓00", "", "", "", ""]
    sent = reach_of(order(), sending(sent_at=after(minutes=1)))
    assert marks(sent) == ["✓00", "✓01", "", "", ""]
    opened = reach_of(
        order(received_at=after(minutes=2), opened_at=after(minutes=3)),
        sending(sent_at=after(minutes=1)),
    )
    assert marks(opened) == ["✓00", "✓01", "✓02", "✓03", ""]
    assert (opened.stage, opened.at, opened.next.name) == (
        "opened",
        after(minutes=3),
        "acknowledged",
    )
    done = reach_of(
        order(
            "acknowledged",
            received_at=after(minutes=2),
            opened_at=after(minutes=3),
            acknowledged_at=after(minutes=4),
        ),
        sending(sent_at=after(minutes=1)),
    )
    assert marks(done) == ["✓00", "✓01", "✓02", "✓03", "✓04"]
    assert done.next is None


def test_a_step_that_a_later_one_implies_is_done_without_a_time():
    acknowledged = order("acknowledged", acknowledged_at=after(minutes=4))
    assert marks(reach_of(acknowledged, None)) == ["✓00", "✓", "✓", "✓", "✓04"]


def test_a_later_snapshot_does_not_pass_for_the_one_that_was_acknowledged():
    acknowledged = order("acknowledged", received_at=after(minutes=1), opened_at=after(minutes=2))
    again = sending(noted_at=after(minutes=9), sent_at=after(minutes=9))
    assert marks(reach_of(acknowledged, again)) == ["✓00", "✓", "✓01", "✓02", ""]
    on_its_way = sending(noted_at=after(minutes=9))
    assert marks(reach_of(acknowledged, on_its_way)) == ["✓00", "✓", "✓01", "✓02", ""]


def test_a_handheld_may_report_before_the_brokers_receipt_is_written_down():
    quick = order(received_at=after(minutes=1))
    told = sending(sent_at=after(minutes=1, seconds=1))
    assert marks(reach_of(quick, told)) == ["✓00", "✓01", "✓01", "", ""]


def test_what_is_sent_anew_waits_from_then_on():
    """The order changed before anybody had it: the desk waits for the new snapshot."""
    changed = reach_of(order(), sending(noted_at=after(minutes=7)))
    assert (changed.stage, changed.at) == ("queued", after(minutes=7))


def test_a_handheld_off_line_matters_until_the_technician_has_answered():
    away = sending(sent_at=after(minutes=1), online=False)
    assert reach_of(order(), away).out_of_reach
    assert not reach_of(order(), sending(sent_at=after(minutes=1))).out_of_reach
    assert not reach_of(order("acknowledged", acknowledged_at=after(minutes=4)), away).out_of_reach


def test_without_a_handheld_nothing_is_on_its_way():
    nowhere = reach_of(order(), None)
    assert (nowhere.stage, nowhere.at, nowhere.next) == ("no_handheld", None, None)


def test_an_order_that_nobody_has_or_that_is_over_reaches_nobody():
    assert reach_of(order("created"), sending()) is None
    assert reach_of(order("archived"), sending()) is None
    unassigned = order()
    unassigned.technician_id = None
    assert reach_of(unassigned, sending()) is None


def test_begun_work_that_was_taken_over_is_not_acknowledged_anew():
    """P-19: the first one's receipt says nothing about the second one."""
    handed = order("in_progress", acknowledged_at=after(minutes=4))
    stays = [Assignment(from_at=NINE), Assignment(from_at=after(hours=1))]
    since = taken_over_at(handed, stays)
    assert since == after(hours=1)
    reach = reach_of(handed, sending(sent_at=after(hours=1, minutes=2)), taken_over_at=since)
    assert [step.name for step in reach.steps] == ["queued", "sent", "received", "opened"]
    assert reach.steps[0] == Step(name="queued", done=True, at=after(hours=1))
    assert reach.next.name == "received"


def test_an_order_given_anew_was_not_taken_over():
    """Dispatching takes the earlier receipt away; the new one comes after the stay began."""
    stays = [Assignment(from_at=NINE), Assignment(from_at=after(minutes=30))]
    assert taken_over_at(order(), stays) is None
    assert taken_over_at(order(acknowledged_at=after(minutes=30)), stays) is None
    assert taken_over_at(order(), []) is None


def test_setting_out_is_shown_once_it_was_said_and_never_waited_for():
    taken = order("acknowledged", acknowledged_at=after(minutes=4))
    assert reach_of(taken, sending(sent_at=after(minutes=1))).next is None
    on_the_way = order(
        "acknowledged", acknowledged_at=after(minutes=4), set_out_at=after(minutes=9)
    )
    reach = reach_of(on_the_way, sending(sent_at=after(minutes=1)))
    assert (reach.stage, reach.at, reach.next) == ("set_out", after(minutes=9), None)
    since = after(hours=1)
    handed = reach_of(on_the_way, sending(), taken_over_at=since)
    assert "set_out" not in [step.name for step in handed.steps], "that was the first one"
