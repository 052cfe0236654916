"""The chain of what happened: it is whole, it names what was done to it, the database defends it."""

import pytest
import sqlalchemy as sa

from server import append_only, history
from server.checklist_runs.models import StepResult, TemplateVersion
from server.db import db
from server.fieldwork.models import DeviceEvent
from server.history import Break, HistoryChain, HistoryRow, PendingReaction, verify
from server.notes import operations as notes
from server.notes.models import Note
from server.work_orders.states import State
from tests.cast import CHEN_JING, NINE
from tests.factories import acts
from tests.factories.acts import order_in


@pytest.fixture
def chain(world):
    """The number of a request with four rows of history."""
    request = world.register()
    for number in range(3):
        world.do(
            history.record,
            "request.noted",
            subject_kind="request",
            subject=request.number,
            by=world.by(CHEN_JING),
            at=world.later(),
            data={"number": number, "text": "客户来电"},
        )
    assert verify(world.session, "request", request.number) is None
    return request.number


@pytest.fixture
def tamper(world):
    """Changes that only somebody with the database's password can make."""

    def change(*statements):
        db.session.remove()
        with db.engine.begin() as connection:
            append_only.release(connection, "history")
            for statement in statements:
                connection.execute(statement)

    return change


def row(number, position):
    return (HistoryRow.subject == number) & (HistoryRow.position == position)


def broken(world, number):
    found = verify(world.session, "request", number)
    assert isinstance(found, Break)
    return found.position, found.what


def test_an_altered_row_is_named(world, chain, tamper):
    tamper(sa.update(HistoryRow).where(row(chain, 2)).values(actor_name="别人"))
    assert broken(world, chain) == (2, "altered")


def test_altered_data_and_times_are_named(world, chain, tamper):
    tamper(sa.update(HistoryRow).where(row(chain, 3)).values(data={"number": 9}))
    assert broken(world, chain) == (3, "altered")
    tamper(sa.update(HistoryRow).where(row(chain, 1)).values(at=NINE))
    assert broken(world, chain) == (1, "altered"), "the first one that does not hold"


def test_a_removed_row_is_named(world, chain, tamper):
    tamper(sa.delete(HistoryRow).where(row(chain, 2)))
    assert broken(world, chain) == (2, "removed")


def test_a_cut_off_tail_is_named(world, chain, tamper):
    tamper(sa.delete(HistoryRow).where(row(chain, 4)))
    assert broken(world, chain) == (4, "removed")


def test_a_whole_chain_that_is_gone_is_named(world, chain, tamper):
    tamper(sa.delete(PendingReaction))  # what still follows from it holds a row
    tamper(sa.delete(HistoryRow).where(HistoryRow.subject == chain))
    assert broken(world, chain) == (1, "removed")


def test_a_forged_row_with_a_hash_of_its_own_is_named(world, chain, tamper):
    genuine = world.session.scalar(sa.select(HistoryRow).where(row(chain, 2)))
    columns = [column.key for column in sa.inspect(HistoryRow).columns if column.key != "id"]
    values = {key: getattr(genuine, key) for key in columns}
    forged = HistoryRow(**{**values, "data": {"number": 7}, "previous_hash": "f" * 64})
    forged.hash = history.row_hash(forged)
    tamper(
        sa.update(HistoryRow)
        .where(row(chain, 2))
        .values(data=forged.data, previous_hash=forged.previous_hash, hash=forged.hash)
    )
    assert broken(world, chain) == (2, "inserted")


def test_a_row_put_at_the_end_is_named(world, chain, tamper):
    last = world.session.scalar(sa.select(HistoryRow).where(row(chain, 4)))
    columns = [column.key for column in sa.inspect(HistoryRow).columns if column.key != "id"]
    values = {key: getattr(last, key) for key in columns}
    forged = HistoryRow(**{**values, "position": 5, "previous_hash": last.hash})
    forged.hash = history.row_hash(forged)
    tamper(
        sa.insert(HistoryRow).values(**{key: getattr(forged, key) for key in columns}),
    )
    assert broken(world, chain) == (5, "inserted")


def test_a_rewritten_tail_is_named_by_the_head(world, chain, tamper):
    last = world.session.scalar(sa.select(HistoryRow).where(row(chain, 4)))
    columns = [column.key for column in sa.inspect(HistoryRow).columns if column.key != "id"]
    rewritten = HistoryRow(**{key: getattr(last, key) for key in columns})
    rewritten.data = {"number": 2, "text": "没有来电"}
    tamper(
        sa.update(HistoryRow)
        .where(row(chain, 4))
        .values(data=rewritten.data, hash=history.row_hash(rewritten))
    )
    assert broken(world, chain) == (4, "altered")


def test_other_chains_are_not_touched(world, chain, tamper):
    other = world.register()
    tamper(sa.update(HistoryRow).where(row(chain, 1)).values(kind="request.forged"))
    assert verify(world.session, "request", other.number) is None
    assert world.session.get(HistoryChain, ("request", other.number)).length == 1


def test_the_database_refuses_to_change_or_remove_a_fact(world):
    order = order_in(world, State.ON_SITE, category="tap_valve")
    acts.record_step(world, order, "TAP-01", {}, tags=["before"])
    world.do(
        lambda current: current.add(
            DeviceEvent(
                device_id="hh-01",
                event_id="e1",
                seq=1,
                type="order.opened",
                content_hash="0" * 64,
                payload={},
                device_at=NINE,
                server_at=NINE,
                skew_s=0,
                outcome="applied",
            )
        )
    )
    world.do(
        notes.write,
        note_id=order.id,
        subject_kind="order",
        subject=order.number,
        text="钥匙在前台",
        by=world.by(CHEN_JING),
        at=world.later(),
    )
    changes = {
        HistoryRow: {"actor_name": "别人"},
        StepResult: {"status": "pass"},
        TemplateVersion: {"body": {}},
        DeviceEvent: {"payload": {"forged": True}},
        Note: {"text": "钥匙不在前台"},
    }
    assert {model.__tablename__ for model in changes} <= set(append_only.TABLES)
    for model, values in changes.items():
        assert world.session.query(model).count() > 0
        for act, statement in (
            ("UPDATE", sa.update(model).values(**values)),
            ("DELETE", sa.delete(model)),
        ):
            with pytest.raises(sa.exc.IntegrityError) as refused:
                world.do(lambda current, statement=statement: current.execute(statement))
            assert f"{model.__tablename__} is append-only: {act} refused" in str(refused.value.orig)


@pytest.mark.postgres
def test_a_fact_is_not_truncated_either(world):
    if db.engine.dialect.name != "postgresql":
        return
    with pytest.raises(sa.exc.IntegrityError, match="TRUNCATE refused"):
        world.do(lambda current: current.execute(sa.text("TRUNCATE step_result CASCADE")))
