"""The queue of a handheld: numbers without gaps, nothing lost or doubled, whatever comes when."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from reference_handheld import outgoing
from reference_handheld.envelope import TooLargeError
from reference_handheld.outgoing import StoredEvent
from reference_handheld.store import Store

AT = datetime(2025, 3, 5, 1, 8, tzinfo=UTC)
ORDER = "FW-202503-0001"


def enqueue(store: Store, type_: str = "order.arrived", **data: Any) -> StoredEvent:
    return outgoing.enqueue(
        store, device="hh-01", type=type_, subject=ORDER, data={"order_version": 1, **data}, at=AT
    )


def answer(event: StoredEvent, outcome: str = "applied", **more: Any) -> dict[str, Any]:
    return {"event": event.id, "outcome": outcome, "order_version": 2, **more}


def test_an_event_is_written_as_the_contract_has_it(store: Store) -> None:
    body = json.loads(enqueue(store).body)
    assert body["specversion"] == "1.0"
    assert body["source"] == "devices/hh-01"
    assert body["subject"] == ORDER
    assert body["time"] == "2025-03-05T01:08:00.000Z"
    assert body["seq"] == 1
    assert body["id"][14] == "7"


def test_an_event_stays_until_its_answer_has_come(store: Store) -> None:
    first, second = enqueue(store), enqueue(store)
    assert [event.seq for event in outgoing.waiting(store)] == [1, 2]
    outgoing.settle(store, answer(first), at=AT)
    assert [event.id for event in outgoing.waiting(store)] == [second.id]


def test_an_answer_that_comes_twice_changes_nothing(store: Store) -> None:
    event = enqueue(store)
    outgoing.settle(store, answer(event, "rejected", problem={"rule": "R-056"}), at=AT)
    assert outgoing.settle(store, answer(event, "applied"), at=AT) is None
    assert outgoing.outcome_of(store, 1) == "rejected"


def test_a_duplicate_counts_as_its_first_outcome(store: Store) -> None:
    event = enqueue(store)
    outgoing.settle(store, answer(event, "duplicate", first_outcome="rejected"), at=AT)
    assert [refused.id for refused in outgoing.refused(store)] == [event.id]


def test_an_unknown_outcome_leaves_the_event_in_the_queue(store: Store) -> None:
    event = enqueue(store)
    assert outgoing.settle(store, answer(event, "pondered"), at=AT) is None
    assert outgoing.waiting_count(store) == 1


def test_the_reason_of_a_refusal_is_kept(store: Store) -> None:
    event = enqueue(store)
    problem = {"rule": "R-056", "detail": "价格未确认 the price is not confirmed"}
    outgoing.settle(store, answer(event, "rejected", problem=problem), at=AT)
    assert outgoing.refused(store)[0].problem == problem


def test_after_a_restore_answered_events_go_again_with_the_same_bytes(store: Store) -> None:
    made = [enqueue(store) for _ in range(3)]
    for event in made:
        outgoing.settle(store, answer(event), at=AT)
    assert outgoing.send_again_from(store, 2) == 2
    assert [event.body for event in outgoing.waiting(store)] == [made[1].body, made[2].body]


def test_answered_events_are_forgotten_after_seven_days_and_numbers_go_on(store: Store) -> None:
    event = enqueue(store)
    outgoing.settle(store, answer(event), at=AT)
    assert outgoing.forget_old(store, at=AT + timedelta(days=7)) == 0
    assert outgoing.forget_old(store, at=AT + timedelta(days=7, seconds=1)) == 1
    assert enqueue(store).seq == 2


def test_an_event_too_large_for_the_wire_takes_no_number(store: Store) -> None:
    with pytest.raises(TooLargeError):
        enqueue(store, "order.inspected", note="长" * 30_000)
    assert enqueue(store).seq == 1


class _KilledError(Exception):
    """Stands for the power going: whatever was not committed is not there afterwards."""


class QueueUnderKills(RuleBasedStateMachine):
    """Enqueue, answer in any order, kill half-way and reopen: nothing is lost or doubled."""

    @initialize()
    def switch_on(self) -> None:
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "handheld.sqlite"
        self.store = Store(self.path)
        self.bodies: dict[int, bytes] = {}
        self.unanswered: set[int] = set()
        self.events: dict[int, StoredEvent] = {}

    @rule()
    def technician_does_something(self) -> None:
        event = enqueue(self.store)
        self.bodies[event.seq] = event.body
        self.events[event.seq] = event
        self.unanswered.add(event.seq)

    @rule()
    def killed_while_storing(self) -> None:
        """Another process dies between the insert and the commit."""
        other = Store(self.path)
        with pytest.raises(_KilledError), other.transaction():  # noqa: PT012 - dies half-way
            enqueue(other)
            raise _KilledError
        other.close()

    @rule()
    def killed_and_started_again(self) -> None:
        self.store.close()
        self.store = Store(self.path)

    @rule(which=st.integers(min_value=0), outcome=st.sampled_from(sorted(outgoing.SETTLING)))
    def an_answer_comes(self, which: int, outcome: str) -> None:
        if self.events:
            event = self.events[1 + which % len(self.events)]
            settled = outgoing.settle(self.store, answer(event, outcome), at=AT)
            assert (settled is not None) == (event.seq in self.unanswered)
            self.unanswered.discard(event.seq)

    @rule(which=st.integers(min_value=0))
    def the_server_wants_events_again(self, which: int) -> None:
        if self.events:
            expected_seq = 1 + which % len(self.events)
            outgoing.send_again_from(self.store, expected_seq)
            self.unanswered |= {seq for seq in self.events if seq >= expected_seq}

    @invariant()
    def the_queue_is_what_the_server_owes(self) -> None:
        waiting = outgoing.waiting(self.store)
        assert [event.seq for event in waiting] == sorted(self.unanswered)
        assert all(event.body == self.bodies[event.seq] for event in waiting)
        assert outgoing.last_seq(self.store) == len(self.events)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


QueueUnderKills.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestQueueUnderKills = QueueUnderKills.TestCase
