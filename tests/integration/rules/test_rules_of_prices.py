"""Versions of the price list: two pairs of eyes, never edited once published, told of once."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server import reactions
from server.deadlines import timers
from server.errors import Conflict, Denied, Invalid
from server.messages.models import Message
from server.prices import operations as prices
from server.prices import queries
from server.public_notices.models import NoticeRecipient, PublicNotice
from server.requests import operations as requests
from server.requests.models import Decline
from server.worker import exhaust
from tests.cast import (
    CHEN_JING,
    DEPARTMENT,
    HE_FANG,
    PRICE_LIST,
    SHANGHAI,
    SUN_QIAN,
    WANG_LIHUA,
    ZHAO_MIN,
    ZHOU_JIANGUO,
)

APRIL = dt.date(2025, 4, 15)
MOVE = {
    "name_zh": "钢琴搬运",
    "name_en": "Piano moving",
    "category": "household_other",
    "unit": "次",
    "labour_fen": 20000,
    "material_fen": 0,
    "warranty_months": 0,
}


def act(world, operation, *args, by, **words):
    return world.do(operation, *args, by=world.by(by), at=world.later(), **words)


def drafted(world, *, day=APRIL, by=HE_FANG):
    row = act(world, prices.draft, world.settings, valid_from=day, note=None, by=by)
    act(world, prices.set_item, row, code="L-MOVE", facts=MOVE, by=by)
    return row


def submitted(world, **how):
    row = drafted(world, **how)
    act(world, prices.submit, world.settings, row, by=how.get("by", HE_FANG))
    return row


def published(world, **how):
    row = submitted(world, **how)
    act(world, prices.approve, world.settings, row, by=ZHAO_MIN)
    return row


def on(world, day):
    """Version and codes of the list of a day."""
    items = queries.items_in_force(world.session, world.estate_id, day)
    return {item.list_version for item in items}, {item.code for item in items}


def test_a_draft_is_nobodys_price_until_another_has_approved_it(world):
    before = on(world, APRIL)
    row = drafted(world)
    assert on(world, APRIL) == before
    act(world, prices.submit, world.settings, row, by=HE_FANG)
    assert on(world, APRIL) == before
    act(world, prices.approve, world.settings, row, by=ZHAO_MIN)
    assert on(world, APRIL) == ({"PL-2025-04"}, before[1] | {"L-MOVE"})
    assert on(world, APRIL - dt.timedelta(days=1)) == before == ({PRICE_LIST}, before[1])


def test_whoever_had_a_hand_in_a_list_does_not_approve_it(world):
    row = drafted(world, by=SUN_QIAN)
    act(world, prices.set_item, row, code="L-MOVE", facts=MOVE, by=ZHAO_MIN)
    act(world, prices.submit, world.settings, row, by=HE_FANG)
    for maker in (SUN_QIAN, ZHAO_MIN, HE_FANG):
        with pytest.raises(Denied) as refused:
            act(world, prices.approve, world.settings, row, by=maker)
        assert (refused.value.slug, refused.value.rule) == ("own-price-list", "X-021")
    act(world, prices.approve, world.settings, row, by=ZHOU_JIANGUO)
    assert row.state == "published"


@pytest.mark.parametrize("state", ["submitted", "published"])
def test_what_was_handed_in_or_published_is_not_edited(world, state):
    row = submitted(world) if state == "submitted" else published(world)
    acts = (
        lambda: act(world, prices.set_item, row, code="L-LAMP", facts=MOVE, by=HE_FANG),
        lambda: act(world, prices.end_item, row, code="L-MOVE", by=HE_FANG),
        lambda: act(
            world, prices.redate, world.settings, row, valid_from=APRIL, note=None, by=HE_FANG
        ),
    )
    if state == "published":
        acts += (
            lambda: act(world, prices.withdraw, row, reason="写错了", by=HE_FANG),
            lambda: act(world, prices.approve, world.settings, row, by=ZHOU_JIANGUO),
        )
    for change in acts:
        with pytest.raises(Conflict) as refused:
            change()
        assert refused.value.rule == "R-021"
    (item,) = queries.new_on(world.session, row)
    assert item.price_fen == 20000


def test_a_list_neither_begins_today_nor_on_the_day_of_another(world):
    today = world.now.astimezone(SHANGHAI).date()
    with pytest.raises(Invalid) as refused:
        drafted(world, day=today)
    assert refused.value.slug == "price-list-too-early"
    published(world)
    second = submitted(world)
    with pytest.raises(Conflict) as clash:
        act(world, prices.approve, world.settings, second, by=ZHAO_MIN)
    assert clash.value.slug == "same-day-price-list"
    act(world, prices.hand_back, second, reason="同一天", by=ZHAO_MIN)
    assert second.state == "draft"


def test_a_list_put_between_two_ends_before_the_later_one(world):
    published(world, day=dt.date(2025, 5, 1))
    published(world, day=APRIL)
    names = [
        on(world, dt.date.fromisoformat(day))[0]
        for day in ("2025-04-14", "2025-04-15", "2025-04-30", "2025-05-01", "2026-01-01")
    ]
    assert names == [{PRICE_LIST}, {"PL-2025-04"}, {"PL-2025-04"}, {"PL-2025-05"}, {"PL-2025-05"}]


def declined(world, customer, item):
    request = world.register(customer, content="搬钢琴")
    act(
        world,
        requests.judge_declined,
        request,
        attempts=["联系合作单位,无法承接"],
        apology=True,
        notice_promised=True,
        department_informed=DEPARTMENT,
        demand_item=item,
        explanation="非常抱歉,开通后会公告通知您。",
        by=CHEN_JING,
    )
    return request


def test_who_was_declined_stands_on_the_notice_once_the_item_begins(world):
    by_name = declined(world, WANG_LIHUA, "钢琴搬运")
    by_code = declined(world, WANG_LIHUA, "L-MOVE")
    declined(world, WANG_LIHUA, "遛狗")
    published(world)
    midnight = dt.datetime(2025, 4, 15, tzinfo=SHANGHAI)
    timers.run_once(midnight - dt.timedelta(seconds=1))
    world.session.expire_all()
    assert world.session.scalars(sa.select(PublicNotice)).all() == []
    for moment in (midnight, midnight + dt.timedelta(days=1)):
        timers.run_once(moment)
        exhaust(lambda: reactions.run_once(world.settings, moment))  # noqa: B023  # used at once
    world.session.expire_all()
    (notice,) = world.session.scalars(sa.select(PublicNotice)).all()
    assert (notice.number, notice.state, notice.kind) == ("GG-202504-0001", "draft", "new_service")
    assert (notice.price_item, "200.00元" in notice.text) == ("L-MOVE", True)
    waiting = world.session.scalars(sa.select(NoticeRecipient)).all()
    assert {one.unit_id for one in waiting} == {by_name.unit_id}
    told = {
        row.demand_item: row.announced_at is not None
        for row in world.session.scalars(sa.select(Decline))
    }
    assert told == {"钢琴搬运": True, "L-MOVE": True, "遛狗": False}
    assert by_code.number != by_name.number
    (message,) = world.session.scalars(sa.select(Message)).all()
    assert (message.subject, message.kind) == (notice.number, "notice")
