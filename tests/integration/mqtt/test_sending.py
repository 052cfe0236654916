"""What becomes of notes in the outbox while they are sent, on either engine."""

import datetime as dt
import json

import pytest
import sqlalchemy as sa

from mqtt.relay import Outcome, settle
from mqtt.rendering import Due, Renderer
from server import outbox
from server.db import claim, utcnow
from server.devices.operations import revoke
from server.fieldwork.inbox import answer_over_mqtt
from server.fieldwork.models import DeviceReply
from server.outbox import Owed
from server.work_orders.operations import dispatching
from tests.cast import CHEN_JING, LIU_QIANG, MA_CHAO


@pytest.fixture
def order(world):
    issued = world.issued()
    world.do(
        dispatching.dispatch,
        world.settings,
        issued,
        world.user(LIU_QIANG),
        by=world.by(CHEN_JING),
        at=world.later(),
    )
    return issued


def claimed(world) -> list[Due]:
    """Every note that is due, as the relay takes them."""

    def take(current):
        rows = claim(current, Owed, Owed.sent_at.is_(None), at=utcnow(), limit=50)
        return [
            Due(
                id=row.id,
                lease=row.lease,
                device_id=row.device_id,
                kind=row.kind,
                subject=row.subject,
            )
            for row in rows
        ]

    return world.do(take)


def note_of(session, order) -> Owed:
    return session.scalar(
        sa.select(Owed)
        .where(Owed.subject == order.number)
        .execution_options(populate_existing=True)
    )


def test_a_note_that_was_sent_is_marked(world, session, order):
    world.do(settle, Outcome(sent=claimed(world)))
    assert note_of(session, order).sent_at is not None
    assert claimed(world) == []


def test_a_note_made_anew_while_it_was_sent_stays_owed(world, session, order):
    batch = claimed(world)
    version = order.version + 1
    world.do(
        outbox.note,
        device_id=LIU_QIANG.handheld,
        kind=outbox.ORDER,
        subject=order.number,
        version=version,
        at=world.now,
    )
    world.do(settle, Outcome(sent=batch))

    note = note_of(session, order)
    assert (note.sent_at, note.version) == (None, version)
    assert [due.subject for due in claimed(world)] == [order.number]


def test_a_lost_connection_costs_no_try_and_no_time(world, session, order):
    for _ in range(20):
        batch = claimed(world)
        assert len(batch) == 1
        world.do(settle, Outcome(given_back=[(due, dt.timedelta()) for due in batch]))
    assert note_of(session, order).tries == 0


def test_an_account_that_the_broker_did_not_confirm_waits_a_moment(world, session, order):
    batch = claimed(world)
    before = utcnow()
    world.do(settle, Outcome(given_back=[(due, dt.timedelta(seconds=1)) for due in batch]))
    note = note_of(session, order)
    assert note.tries == 0
    assert note.due_at >= before + dt.timedelta(seconds=1)


def test_a_note_that_cannot_be_sent_is_put_off_with_its_reason(world, session, order):
    batch = claimed(world)
    before = utcnow()
    world.do(settle, Outcome(failed=[(due, ValueError("broken")) for due in batch]))
    note = note_of(session, order)
    assert (note.last_error, note.tries, note.sent_at) == ("ValueError: broken", 1, None)
    assert note.due_at >= before + dt.timedelta(seconds=2)


def test_a_reply_is_forgotten_once_it_was_sent(world, session, order):
    _owe_reply(world)
    batch = claimed(world)
    assert {due.kind for due in batch} == {outbox.ORDER, outbox.REPLY}
    world.do(settle, Outcome(sent=batch))

    assert session.scalar(sa.select(DeviceReply.id)) is None
    assert session.scalars(sa.select(Owed.kind)).all() == [outbox.ORDER]


def test_what_a_revoked_handheld_was_still_owed_is_cleared_away(world, session, order):
    _owe_reply(world)
    world.do(
        revoke, LIU_QIANG.handheld, reason="丢失", lost=True, by=world.by(CHEN_JING), at=world.now
    )
    batch = claimed(world)
    assert [due.kind for due in batch] == [outbox.ACCOUNT]
    world.do(settle, Outcome(sent=batch))
    assert session.scalar(sa.select(DeviceReply.id)) is None


def test_the_order_is_rendered_as_it_is_now_for_whoever_has_it_now(world, session, order):
    batch = [
        Due(id=1, lease="x", device_id=device, kind=kind, subject=order.number)
        for device in (LIU_QIANG.handheld, MA_CHAO.handheld)
        for kind in (outbox.ORDER, outbox.WITHDRAWN)
    ]
    told = [_rendered(session, batch, due) for due in batch]
    assert [message["type"] for message in told] == ["order.snapshot"] * 2 + ["order.withdrawn"] * 2
    assert "改派" in told[2]["data"]["reason"]

    world.do(
        dispatching.recall,
        world.settings,
        order,
        reason="客户改期",
        by=world.by(CHEN_JING),
        at=world.later(),
    )
    told = [_rendered(session, batch, due) for due in batch]
    assert [message["type"] for message in told] == ["order.withdrawn"] * 4
    assert told[0]["data"]["reason"] == "已收回 Taken back: 客户改期"


def test_a_note_about_nothing_says_nothing(world, session, order):
    batch = [
        Due(id=number, lease="x", device_id=device, kind=kind, subject=subject)
        for number, (device, kind, subject) in enumerate(
            [
                (LIU_QIANG.handheld, outbox.ORDER, "FW-209901-0001"),
                (LIU_QIANG.handheld, outbox.REPLY, "77"),
                (LIU_QIANG.handheld, outbox.REPLY, "no number"),
                ("hh-nobody", outbox.ORDER, order.number),
            ]
        )
    ]
    renderer = Renderer(session, batch, at=world.now)
    assert [renderer.render(due) for due in batch] == [None] * 4


def _rendered(session, batch, due):
    message = Renderer(session, batch, at=utcnow()).render(due)
    return json.loads(message.payload)


def _owe_reply(world):
    body = {"event": "e-1", "outcome": "applied", "order_version": 2}
    world.do(answer_over_mqtt, world.handheld(LIU_QIANG), body, at=world.later())
