"""Notices on the board and messages in people's boxes: who is told, who has read, what is answered."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server import reactions
from server.devices.models import DeviceCommand
from server.errors import Conflict, Invalid, NotFound
from server.messages import operations as messages
from server.messages import queries as boxes
from server.messages.models import Message
from server.month_end import summary
from server.public_notices import operations as notices
from server.public_notices import queries as board
from server.quality import operations as quality
from server.work_orders.states import State
from server.worker import exhaust
from tests.cast import (
    CHEN_JING,
    HE_FANG,
    HE_LI,
    LIU_QIANG,
    SUN_QIAN,
    YANG_FAN,
    ZHAO_MIN,
    ZHOU_JIANGUO,
)
from tests.factories import money
from tests.factories.acts import order_in


def act(world, operation, *args, by, **words):
    return world.do(operation, *args, by=world.by(by), at=world.later(), **words)


def sent(world, *readers, by=ZHAO_MIN, **words):
    told = {"title": "停水", "text": "今晚十点停水检修", "kind": "notice", **words}
    ids = [world.user(one).id for one in readers]
    return act(world, messages.send, readers=ids, by=by, **told)


def drafted(world, **words):
    told = {"kind": "other", "title": "停水", "text": "今晚十点停水检修", **words}
    return act(world, notices.draft_notice, world.settings, by=YANG_FAN, **told)


def test_a_message_is_read_once_on_the_screen_where_it_was_opened_first(world):
    message = sent(world, CHEN_JING, LIU_QIANG)
    chen = world.user(CHEN_JING)
    assert boxes.unread(world.session, chen.id) == 1
    act(world, messages.mark_read, message.id, on="console", by=CHEN_JING)
    first = boxes.receipts(world.session, message)
    act(world, messages.mark_read, message.id, on="handheld", by=CHEN_JING)
    assert boxes.receipts(world.session, message) == first
    read = {row.reader: (row.read_on, row.read_at is not None) for row in first}
    assert read == {"陈静": ("console", True), "刘强": (None, False)}
    assert boxes.unread(world.session, chen.id) == 0


def test_a_message_to_a_technician_rings_on_his_handheld(world):
    sent(world, LIU_QIANG)
    (command,) = world.session.scalars(sa.select(DeviceCommand)).all()
    assert (command.device_id, command.kind) == (LIU_QIANG.handheld, "device.notice")
    assert command.text == "停水\n今晚十点停水检修"


def test_nobody_reads_what_was_not_sent_to_them(world):
    message = sent(world, CHEN_JING)
    with pytest.raises(NotFound):
        act(world, messages.mark_read, message.id, on="console", by=SUN_QIAN)
    with pytest.raises(NotFound):
        boxes.find(world.session, message.id, by=world.by(SUN_QIAN))
    with pytest.raises(Invalid):
        sent(world)


def test_an_answer_is_given_once_where_it_was_asked_for_and_reaches_who_asked(world):
    plain = sent(world, CHEN_JING)
    with pytest.raises(Conflict):
        act(world, messages.reply, plain.id, text="好", on="console", by=CHEN_JING)
    asking = sent(world, CHEN_JING, wants_reply=True)
    act(world, messages.reply, asking.id, text="明白", on="console", by=CHEN_JING)
    with pytest.raises(Conflict):
        act(world, messages.reply, asking.id, text="明白了", on="console", by=CHEN_JING)
    (row,) = boxes.box(world.session, world.user(ZHAO_MIN).id, limit=10).rows
    assert (row.title, row.text) == ("陈静: 停水", "明白")


def test_what_qa_sends_back_is_said_to_the_technician_once(world):
    order = order_in(world, State.AWAITING_ACCEPTANCE)
    world.do(
        quality.review,
        world.settings,
        order,
        outcome="failed",
        steps={"S01": "照片不清楚"},
        note=None,
        correction="重拍",
        due_on=world.now.date(),
        by=world.by(SUN_QIAN),
        at=world.later(),
    )
    exhaust(lambda: reactions.run_once(world.settings, world.later()))
    (message,) = world.session.scalars(sa.select(Message)).all()
    assert (message.kind, message.subject, message.text) == (
        "review_result",
        order.number,
        "S01: 照片不清楚",
    )
    again = act(
        world,
        messages.send,
        title="again",
        text="again",
        kind="system",
        readers=[world.user(LIU_QIANG).id],
        cause=message.cause,
        by=SUN_QIAN,
    )
    assert again.id == message.id


def test_who_wrote_a_report_or_a_summary_hears_what_became_of_it(world):
    """R-075, R-129: returned with its reason, and read."""
    money.register(world, money.repaired(world))
    money.month_end(world)
    money.make(world)
    money.submit(world)
    money.give_back(world, reason="请核对减免")
    world.now += dt.timedelta(days=1)
    march = (world.session, world.settings, money.MARCH)
    act(world, lambda _session, **words: summary.make_summary(*march, **words), by=HE_LI)

    def write(session, **words):
        found = summary.get(session, world.estate_id, money.MARCH, lock=True)
        said = {"causes": "配件不齐", "measures": "周一备料"}
        summary.comment(session, found, said, expected_version=None, **words)
        summary.submit(session, found, **words)

    def read(session, **words):
        found = summary.get(session, world.estate_id, money.MARCH, lock=True)
        summary.mark_read(session, found, **words)

    act(world, write, by=HE_LI)
    act(world, read, by=ZHOU_JIANGUO)
    exhaust(lambda: reactions.run_once(world.settings, world.later()))
    (returned,) = boxes.box(world.session, world.user(HE_FANG).id, limit=10).rows
    assert (returned.kind, returned.subject_kind) == ("review_result", "finance_report")
    assert "请核对减免" in returned.text
    (told,) = boxes.box(world.session, world.user(HE_LI).id, limit=10).rows
    assert (told.subject_kind, told.subject, told.text) == ("summary", "2025-03", "周建国")


def test_a_notice_is_told_of_only_once_it_hangs_and_hangs_only_with_a_place(world):
    notice = drafted(world)
    act(world, notices.address_units, notice, building=3, by=YANG_FAN)
    with pytest.raises(Conflict):
        act(world, notices.tell, notice, recipients=None, by=YANG_FAN)
    with pytest.raises(Invalid) as refused:
        act(world, notices.publish, notice, places=[" "], by=YANG_FAN)
    assert refused.value.rule == "R-004"
    act(world, notices.publish, notice, places=["3栋公告栏"], by=YANG_FAN)
    with pytest.raises(Conflict):
        act(world, notices.edit, notice, title="改", text="改", by=YANG_FAN)
    assert [one.number for one in board.on_the_board(world.session, world.estate_id)] == [
        notice.number
    ]
    wanted, _ = board.counts(world.session, notice)
    first, *others = board.recipients(world.session, notice)
    assert act(world, notices.tell, notice, recipients=[first.id], by=YANG_FAN) == 1
    assert act(world, notices.tell, notice, recipients=None, by=YANG_FAN) == len(others)
    assert act(world, notices.tell, notice, recipients=None, by=YANG_FAN) == 0
    assert board.counts(world.session, notice) == (wanted, wanted)
    act(world, notices.withdraw, notice, reason="已恢复供水", by=YANG_FAN)
    assert board.on_the_board(world.session, world.estate_id) == []


def test_a_unit_is_put_on_the_list_once(world):
    notice = drafted(world)
    some = act(world, notices.address_units, notice, building=3, by=YANG_FAN)
    rest = act(world, notices.address_units, notice, building=None, by=YANG_FAN)
    assert some >= 1
    assert board.counts(world.session, notice) == (some + rest, 0)
