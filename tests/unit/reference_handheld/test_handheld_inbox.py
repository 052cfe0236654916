"""What comes down to a handheld: only newer snapshots count, and lists decide what stays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reference_handheld import held_orders, outgoing, photos
from reference_handheld.envelope import Message
from reference_handheld.inbox import Effect, Inbox
from reference_handheld.store import Store

AT = datetime(2025, 3, 5, 1, 8, tzinfo=UTC)
ORDER = "FW-202503-0001"


class Desk:
    """The server's side of the conversation, with what the handheld printed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.lines: list[str] = []
        self.inbox = Inbox(store, say=self.lines.append, clock=lambda: AT)

    def tells(self, type_: str, subject: str | None = None, **data: Any) -> Effect:
        return self.inbox.receive(Message(type=type_, subject=subject, data=data))

    def sends_order(self, version: int, state: str = "dispatched", number: str = ORDER) -> None:
        self.tells("order.snapshot", number=number, version=version, state=state)

    def held(self) -> dict[str, int]:
        return {order.number: order.version for order in held_orders.held(self.store)}


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    return Desk(store)


def arrive(store: Store) -> outgoing.StoredEvent:
    return outgoing.enqueue(
        store,
        device="hh-01",
        type="order.arrived",
        subject=ORDER,
        data={"order_version": 1},
        at=AT,
    )


def test_an_older_snapshot_is_ignored(desk: Desk) -> None:
    desk.sends_order(5, "acknowledged")
    desk.sends_order(4)
    assert desk.held() == {ORDER: 5}
    assert held_orders.held(desk.store)[0].snapshot["state"] == "acknowledged"


def test_a_withdrawn_order_goes_and_a_late_snapshot_does_not_bring_it_back(desk: Desk) -> None:
    desk.sends_order(5)
    desk.tells("order.withdrawn", ORDER, reason="改派 reassigned")
    desk.sends_order(5)
    assert desk.held() == {}
    desk.sends_order(7)
    assert desk.held() == {ORDER: 7}


def test_an_order_given_again_begins_a_new_stay(desk: Desk, store: Store) -> None:
    desk.sends_order(5)
    arrive(store)
    desk.tells("order.withdrawn", ORDER, reason="改派 reassigned")
    desk.sends_order(7)
    assert held_orders.held(store)[0].since_seq == 2


def test_the_particulars_of_a_withdrawn_order_are_gone_from_the_file(desk: Desk) -> None:
    desk.tells("order.snapshot", number=ORDER, version=1, state="dispatched", phone="13900001111")
    desk.tells("order.withdrawn", ORDER, reason="改派 reassigned")
    rows = desk.store.db.execute("SELECT snapshot FROM orders").fetchall()
    assert [tuple(row) for row in rows] == [(None,)]


def test_a_closed_order_is_put_away(desk: Desk) -> None:
    desk.sends_order(5)
    desk.sends_order(9, "closed")
    assert desk.held() == {}


def test_what_the_sync_result_does_not_list_is_put_away(desk: Desk, store: Store) -> None:
    desk.sends_order(1)
    desk.sends_order(1, number="FW-202503-0002")
    held_orders.begin_sync(store)
    effect = desk.tells("sync.result", epoch="a", orders=["FW-202503-0002"], expected_seq=1)
    assert effect.synced
    assert desk.held() == {"FW-202503-0002": 1}


def test_an_order_that_came_after_the_question_is_not_judged_by_the_list(
    desk: Desk, store: Store
) -> None:
    held_orders.begin_sync(store)
    desk.sends_order(1)
    desk.tells("sync.result", epoch="a", orders=[], expected_seq=1)
    assert desk.held() == {ORDER: 1}


def test_after_a_restore_everything_is_asked_for_again(desk: Desk, store: Store) -> None:
    held_orders.begin_sync(store)
    desk.tells("sync.result", epoch="a", orders=[], expected_seq=1)
    desk.sends_order(9, "on_site")
    event = arrive(store)
    desk.tells("reply", event=event.id, outcome="applied", order_version=9)

    held_orders.begin_sync(store)
    effect = desk.tells("sync.result", epoch="b", orders=[ORDER], expected_seq=1)

    assert effect.sync_wanted
    assert not effect.synced
    assert [waiting.body for waiting in outgoing.waiting(store)] == [event.body]
    assert held_orders.versions(store) == {}
    desk.sends_order(3)
    assert desk.held() == {ORDER: 3}


def test_out_of_order_sends_from_the_number_the_server_wants(desk: Desk, store: Store) -> None:
    first, second = arrive(store), arrive(store)
    desk.tells("reply", event=first.id, outcome="applied", order_version=2)
    effect = desk.tells("reply", event=second.id, outcome="out_of_order", expected_seq=1)
    assert effect.send_from_seq == 1
    assert [event.seq for event in outgoing.waiting(store)] == [1, 2]


def test_a_number_no_longer_held_is_said_and_not_sent_for_ever(desk: Desk, store: Store) -> None:
    event = arrive(store)
    effect = desk.tells("reply", event=event.id, outcome="out_of_order", expected_seq=77)
    assert effect == Effect()
    assert "77" in desk.lines[-1]


def test_a_refusal_is_shown_with_its_reason(desk: Desk, store: Store) -> None:
    event = arrive(store)
    problem = {"rule": "R-053", "detail": "工单已改派; The order was reassigned"}
    desk.tells("reply", event=event.id, outcome="rejected", order_version=3, problem=problem)
    assert "工单已改派" in desk.lines[-1]
    assert "R-053" in desk.lines[-1]


def test_a_fast_clock_is_noticed_and_shown_once(desk: Desk, store: Store) -> None:
    server_time = (AT - timedelta(seconds=180)).isoformat()
    for event in [arrive(store), arrive(store)]:
        desk.tells(
            "reply", event=event.id, outcome="applied", order_version=2, server_time=server_time
        )
    assert store.fact("skew_s") == 180
    assert sum("180" in line for line in desk.lines) == 1


def test_a_wipe_leaves_nothing_behind(desk: Desk, store: Store, tmp_path: Path) -> None:
    desk.tells("order.snapshot", number=ORDER, version=1, state="dispatched", phone="13900001111")
    arrive(store)
    photos.keep(
        store,
        order_number=ORDER,
        tag="before",
        body=b"picture-bytes",
        filetype="image/jpeg",
        taken_at=AT,
    )
    assert desk.tells("device.wipe").wiped
    assert store.pairing() is None
    assert desk.held() == {}
    assert outgoing.waiting_count(store) == 0
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"13900001111" not in left
    assert b"picture-bytes" not in left


def test_messages_of_a_newer_server_are_passed_over(desk: Desk) -> None:
    assert desk.tells("order.sang_a_song", tune="do re mi") == Effect()


def test_a_notice_is_shown_once_by_whichever_door_it_comes(desk: Desk, store: Store) -> None:
    for _ in range(2):
        desk.inbox.receive(
            Message(type="device.notice", subject=None, data={"text": "下午停水"}, id="n1")
        )
    assert [line for line in desk.lines if "下午停水" in line] == ["! 通知 notice: 下午停水"]
