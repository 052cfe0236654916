"""The warehouse's book, everybody's ledger, minimum stock, tools overdue, counts and old parts."""

import datetime as dt
from decimal import Decimal

import pytest

from server.deadlines import timers
from server.errors import Conflict, Denied, Invalid
from server.paper.forms.stores import voucher
from server.paper.register import Asked
from server.stores import old_parts
from server.stores.counting import Counted
from server.work_orders.in_hand import asked_for, facts, in_hand
from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, QIAN_JIN, ZHANG_WEI
from tests.factories import acts
from tests.factories.acts import order_in
from tests.factories.field_door import FieldDoor
from tests.factories.stock import (
    MEGGER,
    PLUG,
    WC_SET,
    asks,
    brings,
    counts,
    draws,
    entries,
    hands_out,
    item,
    loses,
    moves,
    receives,
    scraps,
    takes_back,
    uses,
)

DAY = dt.timedelta(days=1)


@pytest.fixture
def order(world):
    """An order that 刘强 is working on."""
    return order_in(world, State.IN_PROGRESS)


def low(world, code):
    rows = world.alert_rows("stock_item", code)
    return [row.resolved_at is None for row in rows if row.kind == "stock.low"]


def test_whatever_goes_over_the_counter_stands_in_both_books(world, order):
    fitting, tool = draws(world, order, WC_SET, "3"), draws(world, order, MEGGER)
    uses(world, order, WC_SET, "2")
    takes_back(world, order, fitting)
    loses(world, order, MEGGER)
    # What the technician used or lost was out of the warehouse before.
    assert moves(world, WC_SET) == [("issue", -3, 7), ("return", 1, 8)]
    assert moves(world, MEGGER) == [("issue", -1, 1)]
    assert entries(world, LIU_QIANG) == [
        ("material", "issued", 3),
        ("tool", "issued", 1),
        ("material", "used", -2),
        ("material", "returned", -1),
        ("tool", "lost", -1),
    ]
    assert tool.lost_qty == 1


def test_whoever_drew_it_answers_for_it_when_the_order_goes_on(world, order):
    line = draws(world, order)
    acts.hand_over(world, order)
    assert [one.username for one in in_hand(world.session, world.estate_id)] == ["liu.qiang"]
    takes_back(world, order, line)
    assert [qty for _, _, qty in entries(world, LIU_QIANG)] == [1, -1]


def test_a_refused_issue_leaves_neither_book_touched(world, order):
    line = asks(world, order, PLUG, "4")
    with pytest.raises(Conflict) as refused:
        hands_out(world, order, line, "4")
    assert (refused.value.slug, refused.value.extra["stock_qty"]) == ("not-in-stock", "3.00")
    assert (moves(world, PLUG), entries(world, LIU_QIANG)) == ([], [])


def test_the_storekeeper_is_told_once_that_an_item_is_low_until_it_is_refilled(world, order):
    draws(world, order, PLUG, "2")
    assert low(world, PLUG) == [], "exactly at the minimum there is enough"
    line = draws(world, order, PLUG, "0.5")
    draws(world, order, PLUG, "0.5")
    assert low(world, PLUG) == [True]
    takes_back(world, order, line, "0.5")
    assert low(world, PLUG) == [True], "still below"
    receives(world, PLUG, "10")
    assert low(world, PLUG) == [False]
    scraps(world, PLUG, "10")
    assert low(world, PLUG) == [False, True], "it fell again"
    assert [reason for reason, *_ in moves(world, PLUG)][-2:] == ["receipt", "scrap"]


def test_scrapping_wants_a_reason_and_no_more_than_there_is(world):
    with pytest.raises(Invalid):
        scraps(world, PLUG, "1", reason=" ")
    with pytest.raises(Conflict):
        scraps(world, PLUG, "3.01")
    assert item(world, PLUG).stock_qty == 3


def test_a_tool_that_is_out_for_more_than_a_day_is_asked_for_until_it_is_back(world, order):
    line = draws(world, order, MEGGER)
    since = line.issued_at
    timers.run_once(since + DAY - dt.timedelta(seconds=1))
    assert "clock.tool_out" not in world.alerts(order)
    timers.run_once(since + DAY)
    (alert,) = [a for a in world.alert_rows("order", order.number) if a.kind == "clock.tool_out"]
    assert {"dispatch_duty", "storekeeper"} <= set(alert.audience)
    assert alert.data["items"] == ["500V摇表"]
    things = in_hand(world.session, world.estate_id)
    late = facts(things, since + DAY + dt.timedelta(seconds=1))
    assert (late.open_lines, late.tools_overdue) == (1, 1)
    takes_back(world, order, line, at=since + DAY + dt.timedelta(hours=1))
    assert "clock.tool_out" not in world.alerts(order)


def test_each_tool_has_its_day_also_where_the_first_one_comes_back_late(world, order):
    first = draws(world, order, MEGGER)
    second = draws(world, order, MEGGER, at=first.issued_at + dt.timedelta(hours=12))
    timers.run_once(first.issued_at + DAY)
    takes_back(world, order, first, at=first.issued_at + DAY)
    assert "clock.tool_out" not in world.alerts(order), "the second one still has time"
    timers.run_once(second.issued_at + DAY)
    assert "clock.tool_out" in world.alerts(order)


def test_a_count_corrects_the_book_with_its_reason_and_tells_the_manager(world):
    found = counts(
        world,
        Counted(code=WC_SET, counted=Decimal(9), reason="破损一套"),
        Counted(code=PLUG, counted=Decimal(3)),
    )
    assert (found.number, found.differences) == ("PD-202503-0001", 1)
    assert found.lines[0] == {
        "item": WC_SET,
        "name": "水箱配件",
        "expected": "10.00",
        "counted": "9",
        "reason": "破损一套",
    }
    assert moves(world, WC_SET) == [("count", -1, 9)]
    assert moves(world, PLUG) == []
    (alert,) = world.alert_rows("stock_count", found.number)
    assert (alert.kind, alert.audience) == ("stock.count_differs", ["cs_manager"])
    same = counts(world, Counted(code=WC_SET, counted=Decimal(9)))
    assert world.alert_rows("stock_count", same.number) == []


def test_a_count_is_refused_whole_without_a_reason_and_where_stock_moved_meanwhile(world, order):
    right = Counted(code=WC_SET, counted=Decimal(8), reason="少两套")
    with pytest.raises(Invalid) as refused:
        counts(world, right, Counted(code=PLUG, counted=Decimal(2)))
    assert set(refused.value.errors) == {PLUG}
    for wrong in (
        Counted(code="M-GOLD", counted=Decimal(1)),
        Counted(code=PLUG, counted=Decimal(-1), reason="?"),
        right,
    ):
        with pytest.raises(Invalid):
            counts(world, right, wrong)
    draws(world, order, WC_SET)
    with pytest.raises(Conflict) as moved:
        counts(world, Counted(code=WC_SET, counted=Decimal(10), expected=Decimal(10)))
    assert moved.value.slug == "stock-moved-meanwhile"
    assert [reason for reason, *_ in moves(world, WC_SET)] == ["issue"]


def test_an_old_part_is_in_the_ledger_until_it_is_handed_in_with_its_fate(world, order):
    part = brings(world, order)
    assert [one.name for one in in_hand(world.session, world.estate_id)] == ["旧水箱配件"]
    hand_in = {"by": world.by(QIAN_JIN), "at": world.later()}
    with pytest.raises(Invalid):
        world.do(old_parts.hand_in, part, order.number, fate="sold", **hand_in)
    world.do(old_parts.hand_in, part, order.number, fate="kept", **hand_in)
    with pytest.raises(Conflict):
        world.do(old_parts.hand_in, part, order.number, fate="scrapped", **hand_in)
    assert part.fate == "kept"
    assert in_hand(world.session, world.estate_id) == []
    assert brings(world, order, fate="left_with_owner").handed_in_at is not None
    assert (
        entries(world, LIU_QIANG)
        == [
            ("old_part", "taken_out", 1),
            ("old_part", "handed_in", -1),
        ]
        * 2
    )
    with pytest.raises(Denied):
        brings(world, order, by=LIU_QIANG)


def test_the_counter_sees_only_what_can_still_be_handed_out(world, order):
    asks(world, order)
    gone = order_in(world, State.ACKNOWLEDGED)
    asks(world, gone, PLUG)
    acts.cancel(world, gone)
    waiting = [(one.order_number, one.qty) for one in asked_for(world.session, world.estate_id)]
    assert (order.number, 1) in waiting
    acts.write_off(world, gone)
    assert [one.order_number for one in asked_for(world.session, world.estate_id)] == [order.number]


def test_a_handheld_is_told_what_its_own_technician_has_in_hand_and_no_more(web, world, order):
    draws(world, order, MEGGER)
    other = world.issued()
    acts.dispatch(world, other, to=ZHANG_WEI)
    acts.acknowledge(world, other)
    draws(world, other, WC_SET)
    answer = FieldDoor(web=web, world=world, staff=LIU_QIANG).get("/custody").get_json()
    assert [(one["item"], one["qty"], one["order"]) for one in answer["items"]] == [
        (MEGGER, "1.00", order.number)
    ]
    # It was lent in March of 2025.
    assert (answer["items"][0]["overdue"], answer["items"][0]["kind"]) == (True, "tool")


def test_the_voucher_says_who_drew_what_from_whom_and_what_became_of_it(world, order):
    fitting = draws(world, order, WC_SET, "2")
    uses(world, order)
    takes_back(world, order, fitting)
    brings(world, order, fate="scrapped")
    (paper,) = voucher(
        Asked(
            session=world.session,
            settings=world.settings,
            estate_id=world.estate_id,
            user_id=world.user(CHEN_JING).id,
            roles=frozenset(CHEN_JING.roles),
            now=world.now,
        ),
        order.number,
    )
    drawn, moved, brought = paper.tables
    assert (paper.form, paper.number) == ("F-07", order.number)
    line = dict(zip((column.title.en for column in drawn.columns), drawn.rows[0], strict=True))
    assert (line["Issued by"], line["Issued to"]) == ("钱进", "刘强")
    assert (line["Issued"], line["Used"], line["Returned"], line["Lost"]) == (2, 1, 1, 0)
    assert line["Condition"] == "完好"
    assert [row[4] for row in moved.rows] == [2, 1]
    assert brought.rows[0][0] == "旧水箱配件"
