"""Handheld and inbox under loss, repetition, reordering and crashes: nothing lost, nothing doubled.

The handheld is a model that follows docs/wire.md; the inbox is the real one on a real SQLite file.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server import history
from server.accounts.models import User
from server.app import create_core
from server.db import Base, db, session, transaction, utcnow
from server.devices.models import Device
from server.fieldwork import inbox
from server.fieldwork.models import DeviceEvent
from server.settings import Settings
from server.work_orders.operations import dispatching, moving
from tests.acceptance.handheld_line import spelled, uuid7
from tests.factories.orders import Estates

KINDS = ("order.received", "order.opened", "order.acknowledged", "order.arrived", "incident")
FINAL = {"applied", "recorded", "rejected"}


class ServerDied(Exception):
    """kill -9 before the commit."""


class World:
    """One database for all examples; each example has a technician, a handheld, an order."""

    def __init__(self, app: Flask, chosen: Settings) -> None:
        self.app, self.settings = app, chosen
        with app.app_context(), transaction() as current:
            self.estates = Estates.found(current, chosen)

    def newcomer(self) -> tuple[str, str]:
        """A handheld's id and the number of the order that was dispatched to it."""
        with self.app.app_context(), transaction() as current:
            self.estates.session = current
            technician = self.estates.technician()
            device = self.estates.handheld(technician)
            return device.id, self.estates.dispatched(technician).number


class HandheldAndInbox(RuleBasedStateMachine):
    """What may happen, in any order."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.device, self.order = world.newcomer()
        self.made: list[dict[str, Any]] = []
        #: on the handheld's disk: events without an answer
        self.queue: list[dict[str, Any]] = []
        self.going_up: list[bytes] = []
        self.going_down: list[bytes] = []
        self.told: dict[str, str] = {}

    @rule(kind=st.sampled_from(KINDS))
    def technician_does(self, kind: str) -> None:
        event = {
            "specversion": "1.0",
            "id": uuid7(),
            "source": f"devices/{self.device}",
            "time": "2026-03-02T01:12:05.250Z",
            "seq": len(self.made) + 1,
        }
        if kind == "incident":
            found = {"place": "大堂", "category": "cleaning", "description": "地面有水"}
            event |= {"type": "incident.reported", "data": found}
        else:
            event |= {"type": kind, "subject": self.order, "data": {"order_version": 1}}
        self.made.append(event)
        self.queue.append(event)

    @precondition(lambda self: self.queue)
    @rule(most=st.integers(1, 5))
    def handheld_sends(self, most: int) -> None:
        self.going_up += [spelled(event) for event in self.queue[:most]]

    @precondition(lambda self: self.going_up)
    @rule(
        place=st.integers(0, 30),
        repeated=st.booleans(),
        dies=st.sampled_from(["no", "no", "no", "before the commit", "after the commit"]),
    )
    def message_arrives(self, place: int, repeated: bool, dies: str) -> None:
        place %= len(self.going_up)
        raw = self.going_up[place] if repeated else self.going_up.pop(place)
        reply = self.server_takes(raw, dies)
        if reply is not None:
            self.going_down.append(json.dumps(reply).encode())

    @precondition(lambda self: self.going_up)
    @rule(place=st.integers(0, 30))
    def message_is_lost(self, place: int) -> None:
        self.going_up.pop(place % len(self.going_up))

    @precondition(lambda self: self.going_down)
    @rule(place=st.integers(0, 30), repeated=st.booleans())
    def reply_arrives(self, place: int, repeated: bool) -> None:
        place %= len(self.going_down)
        raw = self.going_down[place] if repeated else self.going_down.pop(place)
        self.handheld_hears(json.loads(raw))

    @rule()
    def handheld_crashes(self) -> None:
        """What it had not written is gone; its queue is on disk."""
        self.going_down.clear()

    @precondition(lambda self: self.told)
    @rule(place=st.integers(0, 30))
    def id_is_used_again_with_other_content(self, place: int) -> None:
        event = self.made[place % len(self.told)]
        reply = self.server_takes(spelled({**event, "time": "2026-03-02T01:12:06Z"}), "no")
        assert reply is not None
        assert (reply["outcome"], reply["problem"]["type"]) == (
            "rejected",
            "urn:paigong:problem:event-id-reused",
        )

    @rule()
    def desk_gives_it_to_another_or_back(self) -> None:
        estates = self.world.estates
        with self.world.app.app_context(), transaction() as current:
            order = moving.find_order(current, self.order, by=estates.desk)
            who = {"by": estates.desk, "at": utcnow()}
            if order.state == "created":
                holder = current.get_one(Device, self.device).technician_id
                technician = current.get_one(User, holder)
                dispatching.dispatch(current, self.world.settings, order, technician, **who)
            elif order.state in {"dispatched", "acknowledged"}:
                dispatching.recall(current, self.world.settings, order, reason="改派", **who)

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        """The server holds a gapless beginning of what was made, and all that was let go of."""
        held = self.held()
        assert [row.seq for row in held] == list(range(1, len(held) + 1))
        assert [row.payload for row in held] == self.made[: len(held)]
        assert self.told.items() <= {row.event_id: row.outcome for row in held}.items()

    def teardown(self) -> None:
        """Once the network is kind everything arrives, and the history is whole."""
        for _ in range(2 * len(self.made) + 2):
            for event in list(self.queue):
                reply = self.server_takes(spelled(event), "no")
                assert reply is not None
                self.handheld_hears(reply)
        assert not self.queue
        held = self.held()
        assert [row.payload for row in held] == self.made
        with self.world.app.app_context():
            assert history.verify(session(), "order", self.order) is None
            late = [
                row.data["event"]
                for row in history.history_of(session(), "order", self.order)
                if row.kind == "event.recorded_late"
            ]
            done = [
                row.kind
                for row in history.history_of(session(), "order", self.order)
                if row.actor == f"device:{self.device}" and row.kind.startswith("order.")
            ]
        assert late == [row.event_id for row in held if row.outcome == "recorded"]
        assert done == [
            row.type for row in held if row.outcome == "applied" and row.order_number is not None
        ]

    def server_takes(self, raw: bytes, dies: str) -> dict[str, Any] | None:
        """One message, one transaction; a reply unless the server dies."""
        with self.world.app.app_context():
            try:
                with transaction() as current:
                    device = current.get_one(
                        Device, self.device, with_for_update=True, populate_existing=True
                    )
                    reply = inbox.receive(current, self.world.settings, device, raw, at=utcnow())
                    if dies == "before the commit":
                        raise ServerDied  # noqa: TRY301  # it is the transaction that must break
            except ServerDied:
                return None
        return None if dies == "after the commit" else reply

    def handheld_hears(self, reply: dict[str, Any]) -> None:
        """docs/wire.md, Replies: what is done with the event."""
        outcome = reply.get("first_outcome", reply["outcome"])
        if outcome not in FINAL:
            assert (outcome, type(reply["expected_seq"])) == ("out_of_order", int)
            return
        known = self.told.setdefault(reply["event"], outcome)
        assert known == outcome
        self.queue = [event for event in self.queue if event["id"] != reply["event"]]

    def held(self) -> list[DeviceEvent]:
        with self.world.app.app_context():
            return list(
                session().scalars(
                    sa.select(DeviceEvent)
                    .where(DeviceEvent.device_id == self.device)
                    .order_by(DeviceEvent.seq)
                )
            )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    chosen = Settings(home=tmp_path_factory.mktemp("inbox"), password_memory_kib=8)
    app = create_core(chosen)
    with app.app_context():
        Base.metadata.create_all(db.engine)
    yield World(app, chosen)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_nothing_is_lost_or_doubled_whatever_the_network_does(world: World) -> None:
    run_state_machine_as_test(
        lambda: HandheldAndInbox(world),
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
