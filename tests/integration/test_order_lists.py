"""Lists of orders: every page of every question, and who has stood still for longest."""

from server.work_orders import queries
from server.work_orders.operations import dispatching
from tests.cast import CHEN_JING, ZHAO_MIN
from tests.factories.world import World


def _orders(world: World) -> list[str]:
    """Nine orders, oldest first: waiting, void and cancelled ones in turn."""
    numbers = []
    for place in range(9):
        order = world.issued()
        numbers.append(order.number)
        if place % 3 == 1:
            world.do(
                dispatching.void,
                world.settings,
                order,
                reason="开错",
                by=world.by(ZHAO_MIN),
                at=world.later(),
            )
        if place % 3 == 2:
            world.do(
                dispatching.cancel,
                world.settings,
                order,
                whom="客户",
                reason="不修了",
                by=world.by(CHEN_JING),
                at=world.later(),
            )
    return numbers


def _all_pages(world: World, **question) -> list[str]:
    found, cursor = [], None
    while True:
        page = queries.list_orders(
            world.session, world.estate_id, limit=2, cursor=cursor, **question
        )
        found += [order.number for order in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_pages_of_several_states_hold_each_order_once_last_changed_first(world):
    numbers = _orders(world)
    waiting_or_void = [number for place, number in enumerate(numbers) if place % 3 != 2]
    assert _all_pages(world, states=["created", "void"]) == waiting_or_void[::-1]
    assert _all_pages(world) == numbers[::-1]
    assert _all_pages(world, states=["void"]) == numbers[1::3][::-1]
    assert _all_pages(world, states=["archived", "closed"]) == []


def test_what_has_stood_still_for_longest_comes_first(world):
    numbers = _orders(world)
    standing = queries.standing_longest(
        world.session, world.estate_id, ["created", "void"], limit=3
    )
    assert [order.number for order in standing] == [numbers[0], numbers[1], numbers[3]]
    assert queries.standing_longest(world.session, world.estate_id, [], limit=3) == []
