"""Two at once: numbers have no gap, work is taken once, a nested change is whole or not at all."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import sqlalchemy as sa

from server import outbox
from server.db import MAX_TRIES, claim, postpone, transaction
from server.errors import Conflict
from server.estate.operations import next_number
from server.outbox import Owed
from tests.cast import NINE, SHANGHAI, after


def at_once(app, *works):
    """Run each piece of work in a thread and application context of its own, started together."""
    gate = threading.Barrier(len(works))

    def run(work):
        with app.app_context():
            gate.wait(timeout=10)
            return work()

    with ThreadPoolExecutor(max_workers=len(works)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, w) for w in works]]


def owe(world, count):
    for number in range(count):
        world.do(
            outbox.note,
            device_id="hh-01",
            kind=outbox.ORDER,
            subject=f"FW-{number}",
            version=1,
            at=NINE,
        )


def test_numbers_have_no_gap_though_some_give_up(app, world):
    estate_id = world.estate_id
    world.do(next_number, estate_id, "FW", NINE, SHANGHAI)  # the month has begun

    def take(gives_up):
        with transaction() as current:
            number = next_number(current, estate_id, "FW", NINE, SHANGHAI)
            if gives_up:
                raise Conflict("changed-my-mind", "不开了", "Not this one.")
        return number

    def take_eight(gives_up):
        taken = []
        for turn in range(8):
            with suppress(Conflict):
                taken.append(take(gives_up and turn % 2))
        return taken

    first, second = at_once(app, lambda: take_eight(False), lambda: take_eight(True))
    assert (len(first), len(second)) == (8, 4)
    assert sorted(first + second) == [f"FW-202503-{n:04d}" for n in range(2, 14)]


def test_the_first_number_of_a_month_is_given_once(app, world):
    estate_id = world.estate_id

    def take():
        with transaction() as current:
            return next_number(current, estate_id, "GG", NINE, SHANGHAI)

    taken = at_once(app, take, take)
    assert sorted(taken) == ["GG-202503-0001", "GG-202503-0002"]


def test_a_row_is_claimed_by_one_worker_only(app, world):
    owe(world, 40)

    def work():
        mine = []
        while True:
            with transaction() as current:
                rows = claim(current, Owed, at=NINE, limit=3)
                mine += [row.subject for row in rows]
            if not rows:
                return mine

    first, second = at_once(app, work, work)
    assert len(first) + len(second) == 40
    assert set(first) | set(second) == {f"FW-{number}" for number in range(40)}


def test_a_dead_workers_rows_come_due_again(world):
    owe(world, 1)

    def take(at):
        return [row.tries for row in world.do(claim, Owed, at=at, limit=5)]

    assert take(NINE) == [1]
    assert take(after(seconds=29)) == []
    assert take(after(seconds=30)) == [2]


def test_a_row_that_always_fails_is_parked_in_the_end(world):
    owe(world, 1)
    moment, turns = NINE, 0
    while rows := world.do(claim, Owed, at=moment, limit=5):
        with transaction() as current:
            row = current.get(Owed, rows[0].id)
            postpone(row, RuntimeError("broker away"), moment)
            assert row.due_at > moment
            moment = row.due_at
        turns += 1
        assert turns <= MAX_TRIES
    assert turns == MAX_TRIES
    assert world.session.query(Owed).one().last_error == "RuntimeError: broker away"


def test_rows_are_worked_off_in_the_order_in_which_they_come_due(world):
    for subject, at in (("late", after(minutes=2)), ("early", NINE), ("middle", after(minutes=1))):
        words = {"device_id": "hh-01", "kind": outbox.ORDER, "version": 1}
        world.do(outbox.note, subject=subject, at=at, **words)
    rows = world.do(claim, Owed, at=after(minutes=5), limit=5)
    assert [row.subject for row in rows] == ["early", "middle", "late"]


def test_notes_for_one_order_collapse_into_the_newest(world):
    words = {"device_id": "hh-01", "kind": outbox.ORDER, "subject": "FW-1"}
    for version in (1, 2, 3):
        world.do(outbox.note, version=version, at=after(seconds=version), **words)
    row = world.session.query(Owed).one()
    assert (row.version, row.noted_at, row.sent_at) == (3, after(seconds=3), None)

    def is_sent(current):
        current.query(Owed).one().sent_at = after(seconds=4)

    world.do(is_sent)
    world.do(outbox.note, version=4, at=after(seconds=5), **words)
    world.session.expire_all()
    row = world.session.query(Owed).one()
    assert (row.version, row.sent_at, row.tries) == (4, None, 0)
    assert outbox.sent_at(world.session, device_id="hh-01", subject="FW-1") is None


def test_another_handheld_is_owed_its_own(world):
    for device in ("hh-01", "hh-03"):
        words = {"kind": outbox.ORDER, "subject": "FW-1", "version": 1, "at": NINE}
        world.do(outbox.note, device_id=device, **words)
    world.do(outbox.forget, device_id="hh-01", kind=outbox.ORDER, subject="FW-1")
    assert [row.device_id for row in world.session.query(Owed)] == ["hh-03"]


def test_a_change_inside_a_change_is_undone_with_it(world):
    words = {"device_id": "hh-01", "kind": outbox.ORDER, "version": 1, "at": NINE}

    def two_notes_and_a_refusal(outer):
        outbox.note(outer, subject="FW-1", **words)
        with transaction() as inner:
            assert inner is outer
            outbox.note(inner, subject="FW-2", **words)
        raise Conflict("no", "不", "No.")

    with pytest.raises(Conflict):
        world.do(two_notes_and_a_refusal)
    assert world.session.scalar(sa.select(sa.func.count()).select_from(Owed)) == 0
    world.do(outbox.note, subject="FW-3", **words)
    assert world.session.query(Owed).one().subject == "FW-3"
