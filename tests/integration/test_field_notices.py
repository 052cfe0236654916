"""What the desk lets a technician know reaches a handheld that only ever asks over HTTP."""

import datetime as dt

import pytest

from contracts.fields import format_time
from server.db import utcnow
from server.devices.operations import command
from tests.cast import CHEN_JING, LIU_QIANG, MA_CHAO
from tests.factories.field_door import FieldDoor


@pytest.fixture
def handheld(web, world):
    """刘强's handheld at the HTTP door."""
    return FieldDoor(web=web, world=world, staff=LIU_QIANG)


def told(world, text, *, kind="device.notice", to=LIU_QIANG, **ago):
    return world.do(
        command,
        world.handheld(to),
        kind,
        text=text,
        by=world.by(CHEN_JING),
        at=utcnow() - dt.timedelta(**ago),
    )


def test_the_notices_of_the_last_week_stand_beside_the_work_list(world, handheld):
    told(world, "上周的会", days=7, minutes=1)
    later = told(world, "下午停水", hours=1)
    first = told(world, "请交单", days=6)
    told(world, "", kind="device.sync", minutes=5)
    told(world, "给马超的", to=MA_CHAO, minutes=5)

    answer = handheld.get("/orders")
    assert answer.get_json()["notices"] == [
        {"id": str(row.id), "text": row.text, "at": format_time(row.created_at)}
        for row in (first, later)
    ]


def test_a_handheld_that_was_told_nothing_has_an_empty_list(handheld):
    assert handheld.get("/orders").get_json()["notices"] == []
