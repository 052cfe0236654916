"""A technician's messages on the handheld: listed there, and read there."""

import uuid

import pytest

from server.messages import operations, queries
from tests.cast import LIU_QIANG, MA_CHAO, ZHAO_MIN
from tests.factories.field_door import FieldDoor


@pytest.fixture
def handheld(web, world):
    """刘强's handheld at the HTTP door."""
    return FieldDoor(web=web, world=world, staff=LIU_QIANG)


def sent(world, *readers, title):
    return world.do(
        operations.send,
        title=title,
        text="今晚十点停水检修",
        kind="notice",
        readers=[world.user(one).id for one in readers],
        by=world.by(ZHAO_MIN),
        at=world.later(),
    )


def test_what_is_read_on_the_handheld_is_read(world, handheld):
    mine, other = sent(world, LIU_QIANG, title="停水"), sent(world, MA_CHAO, title="开会")
    listed = handheld.get("/messages").get_json()
    assert [(one["title"], one["read_at"]) for one in listed["items"]] == [("停水", None)]
    assert (listed["unread"], listed["next_cursor"]) == (1, None)
    for _ in range(2):
        assert handheld.post(f"/messages/{mine.id}/read", {}).status_code == 204
    assert handheld.get("/messages").get_json()["unread"] == 0
    world.session.rollback()
    (receipt,) = queries.receipts(world.session, mine)
    assert (receipt.reader, receipt.read_on) == ("刘强", "handheld")
    for message_id in (other.id, uuid.uuid4()):
        assert handheld.post(f"/messages/{message_id}/read", {}).status_code == 404
