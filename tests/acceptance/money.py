"""Orders whose fee is there to be billed, and the month in which they were closed."""

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa

from server.work_orders.models import WorkOrder
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import Cast
from tests.acceptance.stack import House

TECHNICIAN = "liuqiang"
LAMP = (3000, "L-LAMP", "M-TUBE36", "M-STARTER")
SWITCH = (3300, "L-SW", "M-SW10A")


def repaired_and_closed(
    staff: Cast, handheld: Handheld, who: tuple[str, str, str], price: tuple[int, str, str]
) -> str:
    """An order without a checklist, from the call to the write-off: its number."""
    total_fen, *items = price
    request = staff.chenjing.registers(*who, "请来修一下")
    number = staff.chenjing.issues(request["number"], "household_other", items[0])
    staff.chenjing.dispatches(number, TECHNICIAN)
    handheld.holds(number)
    handheld.goes_there(number)
    handheld.inspects(number, "零件已坏")
    handheld.quotes(number, total_fen, *items)
    handheld.price_agreed(number, who[0])
    handheld.does("order.ready", number)
    handheld.signed_off(number, who[0])
    closed = staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")
    assert (closed["state"], closed["charge_fen"]) == ("closed", total_fen)
    return number


def were_closed_in(house: House, numbers: Collection[str], month: dt.date) -> None:
    """Another month than this one: each test settles one that no other test touches."""
    house.wait_for_reactions()
    with house.database() as current:
        for order in current.scalars(sa.select(WorkOrder).where(WorkOrder.number.in_(numbers))):
            order.closed_at = dt.datetime.combine(month, dt.time(4), dt.UTC)
            order.month = month
