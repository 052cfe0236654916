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


def sent(world, *readers, title, wants_reply=False):
    return world.do(
        operations.send,
        title=title,
        text="今晚十点停水检修",
        kind="notice",
        wants_reply=wants_reply,
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


def test_an_answer_from_the_handheld_arrives_once_however_often_it_is_sent(world, handheld):
    """X-023"""
    asking = sent(world, LIU_QIANG, title="能来加班吗", wants_reply=True)
    (line,) = handheld.get("/messages").get_json()["items"]
    assert (line["sender"], line["wants_reply"], line["reply"]) == ("赵敏", True, None)
    assert handheld.post(f"/messages/{asking.id}/reply", {"text": ""}).status_code == 422
    for _ in range(2):
        assert handheld.post(f"/messages/{asking.id}/reply", {"text": "能来"}).status_code == 204
    refused = handheld.post(f"/messages/{asking.id}/reply", {"text": "来不了"})
    assert (refused.status_code, refused.get_json()["rule"]) == (409, "X-023")
    listed = handheld.get("/messages").get_json()
    assert (listed["items"][0]["reply"], listed["unread"]) == ("能来", 0)
    world.session.rollback()
    (receipt,) = queries.receipts(world.session, asking)
    assert (receipt.reply, receipt.read_on) == ("能来", "handheld")
    answers = queries.box(world.session, world.user(ZHAO_MIN).id, limit=9).rows
    assert [one.text for one in answers] == ["能来"]
    plain = sent(world, LIU_QIANG, title="停水")
    assert handheld.post(f"/messages/{plain.id}/reply", {"text": "好"}).status_code == 409
    other = sent(world, MA_CHAO, title="开会", wants_reply=True)
    assert handheld.post(f"/messages/{other.id}/reply", {"text": "好"}).status_code == 404
