"""A handheld that lives on HTTP asks every few seconds; it is sent the list when that is another."""

import pytest
import sqlalchemy as sa

from server.assets.models import Asset
from server.db import db, transaction, utcnow
from server.devices.operations import command
from server.estate.models import Estate
from server.evidence.models import Photo
from server.evidence.uploads import take_in
from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, WANG_LIHUA
from tests.factories import acts, assets
from tests.factories.acts import order_in
from tests.factories.field_door import FieldDoor
from tests.factories.handheld import Handheld
from tests.factories.world import sha


@pytest.fixture
def door(web, world):
    """刘强's handheld at the HTTP door."""
    return FieldDoor(web=web, world=world, staff=LIU_QIANG)


def asked(door, known=None):
    """The answer to one question for the list; `known` is the ETag of the last one."""
    headers = {**door.headers, **({"If-None-Match": known} if known else {})}
    return door.web.test_client().get("/field/v1/orders", headers=headers)


def dispatched(world, order):
    acts.dispatch(world, world.issued())


def suspended(world, order):
    acts.suspend(world, order)


def taken_away(world, order):
    acts.hand_over(world, order)


def told(world, order):
    handheld = world.handheld(LIU_QIANG)
    world.do(command, handheld, "device.notice", text="停水", by=world.by(CHEN_JING), at=utcnow())


def opened(world, order):
    Handheld(world=world, staff=LIU_QIANG).does("order.opened", order)


def restored(world, order):
    with transaction() as current:
        current.get_one(Estate, world.estate_id).epoch = "another"


def photo_arrives(world, order):
    """By it the inspection is whole (R-054): the order's version stays as it was."""
    photo = Photo(
        estate_id=order.estate_id,
        sha256=sha("before"),
        order_id=order.id,
        order_number=order.number,
        step="",
        tag="before",
        device_id=LIU_QIANG.handheld,
        media_type="image/jpeg",
        size_bytes=1000,
        width_px=40,
        height_px=30,
        received_at=world.now,
        keep_place=False,
        due_at=world.now,
    )
    world.do(take_in, photo, by=world.by(LIU_QIANG), at=world.now)


def serial_number_put_right(world, order):
    """A matter of the asset alone: the order's version stays as it was."""
    world.session.refresh(order)
    assets.change(world, world.session.get_one(Asset, order.asset_id), serial="S-2")


CHANGES = [
    dispatched,
    suspended,
    taken_away,
    told,
    opened,
    restored,
    photo_arrives,
    serial_number_put_right,
]


@pytest.mark.parametrize("changed", CHANGES, ids=lambda change: change.__name__)
def test_what_shows_in_the_list_gives_it_another_tag(world, door, changed):
    order = order_in(world, State.ON_SITE)
    assets.link(world, order, assets.appliance(world, customer=WANG_LIHUA, kind=order.category))
    acts.inspect(world, order, tag="meter")
    before = asked(door)
    tag = before.headers["ETag"]
    again = asked(door, tag)
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", tag)

    changed(world, order)

    after = asked(door, tag)
    assert (after.status_code, after.headers["ETag"] == tag) == (200, False)
    assert shown(after) != shown(before), "the tag alone changed"


def shown(answer):
    """The list without the moment at which it was told."""
    return {name: part for name, part in answer.get_json().items() if name != "server_time"}


def test_a_proxy_that_compresses_makes_the_tag_a_weak_one_and_it_still_counts(world, door):
    order_in(world, State.DISPATCHED)
    tag = asked(door).headers["ETag"]
    assert not tag.startswith("W/")
    assert asked(door, f"W/{tag}").status_code == 304
    assert asked(door, '"of another time"').status_code == 200


def test_an_unchanged_list_costs_the_same_for_many_orders_as_for_one(world, door):
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    def statements():
        tag = asked(door).headers["ETag"]
        world.session.rollback()
        sent.clear()
        assert asked(door, tag).status_code == 304
        return len(sent)

    order_in(world, State.IN_PROGRESS)
    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        one = statements()
        for _ in range(4):
            order_in(world, State.IN_PROGRESS)
        assert statements() == one
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
