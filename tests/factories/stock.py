"""Moves of the warehouse, each by whoever makes it, through the operations that the doors call."""

from decimal import Decimal

import sqlalchemy as sa

from server.db import transaction
from server.stores import counting, keeping, ledger
from server.stores import operations as stores
from server.stores.models import CustodyEntry, StockItem, StockLine, StockMovement
from server.work_orders.models import WorkOrder
from server.work_orders.operations import supplying
from tests.cast import QIAN_JIN, Staff
from tests.factories import acts
from tests.factories.world import World

WC_SET, PLUG, MEGGER = "M-WCSET", "M-WCPLUG", "T-MEGGER"


def asks(world: World, order: WorkOrder, code: str = WC_SET, qty: str = "1") -> StockLine:
    """ST1, by the technician who has the order."""
    words = {"wanted": [(code, Decimal(qty))], "by": world.by(acts.holder(world, order))}
    world.do(supplying.request_stock, world.settings, order, at=world.later(), **words)
    return stores.lines_of(world.session, order.id)[-1]


def hands_out(world: World, order: WorkOrder, line: StockLine, qty: str = "1", at=None) -> None:
    """ST2, by the storekeeper."""
    words = {"qty": Decimal(qty), "by": world.by(QIAN_JIN), "at": at or world.later()}
    world.do(supplying.issue_stock, order, line, **words)


def draws(world: World, order: WorkOrder, code: str = WC_SET, qty: str = "1", at=None) -> StockLine:
    """ST1 and ST2."""
    line = asks(world, order, code, qty)
    hands_out(world, order, line, qty, at)
    return line


def uses(world: World, order: WorkOrder, code: str = WC_SET, qty: str = "1") -> None:
    """ST3."""
    words = {"used": [(code, Decimal(qty))], "by": world.by(acts.holder(world, order))}
    world.do(supplying.use_stock, order, at=world.later(), **words)


def takes_back(world: World, order: WorkOrder, line: StockLine, qty: str = "1", at=None) -> None:
    """ST4."""
    words = {"qty": Decimal(qty), "condition": "完好", "by": world.by(QIAN_JIN)}
    world.do(supplying.take_back_stock, order, line, at=at or world.later(), **words)


def loses(world: World, order: WorkOrder, code: str = MEGGER, qty: str = "1") -> None:
    """ST5."""
    words = {
        "lost": [(code, Decimal(qty), "掉进井里")],
        "by": world.by(acts.holder(world, order)),
    }
    world.do(supplying.lose_stock, order, at=world.later(), **words)


def receives(world: World, code: str, qty: str) -> None:
    """New stock."""
    with transaction() as current:
        item = ledger.find_item(current, code, by=world.by(QIAN_JIN), lock=True)
        words = {"qty": Decimal(qty), "note": "补货", "by": world.by(QIAN_JIN)}
        keeping.receive(current, item, at=world.later(), **words)


def scraps(world: World, code: str, qty: str, reason: str = "过期") -> None:
    """Gone for good."""
    with transaction() as current:
        item = ledger.find_item(current, code, by=world.by(QIAN_JIN), lock=True)
        words = {"qty": Decimal(qty), "reason": reason, "by": world.by(QIAN_JIN)}
        keeping.scrap(current, item, at=world.later(), **words)


def counts(world: World, *counted: counting.Counted, by: Staff = QIAN_JIN):
    """The end of a shift."""
    words = {"counted": counted, "by": world.by(by), "at": world.later()}
    return world.do(counting.count, world.settings, **words)


def brings(world: World, order: WorkOrder, *, fate: str | None = None, by: Staff = QIAN_JIN):
    """An old part over the counter."""
    words = {"description": "旧水箱配件", "qty": Decimal(1), "fate": fate}
    return world.do(supplying.take_out_part, order, by=world.by(by), at=world.later(), **words)


def item(world: World, code: str) -> StockItem:
    """One item as it is now."""
    return world.session.scalars(sa.select(StockItem).where(StockItem.code == code)).one()


def moves(world: World, code: str) -> list[tuple[str, Decimal, Decimal]]:
    """Reason, quantity and balance of an item's movements, the first one first."""
    rows = world.session.scalars(
        sa.select(StockMovement)
        .where(StockMovement.item_id == item(world, code).id)
        .order_by(StockMovement.at, StockMovement.id)
    )
    return [(row.reason, row.qty, row.balance_qty) for row in rows]


def entries(world: World, staff: Staff) -> list[tuple[str, str, Decimal]]:
    """Kind, reason and quantity of a person's ledger, the first one first."""
    rows = world.session.scalars(
        sa.select(CustodyEntry)
        .where(CustodyEntry.holder_id == world.user(staff).id)
        .order_by(CustodyEntry.at, CustodyEntry.id)
    )
    return [(row.kind, row.reason, row.qty) for row in rows]
