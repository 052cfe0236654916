"""F-07, the stock voucher of an order: what was drawn, used, brought back and lost, and old parts."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from server.accounts.permissions import level
from server.errors import Denied
from server.paper.document import Column, Document, Facts, Signed, Table, Words
from server.paper.forms.parts import estate_name, people_of
from server.paper.register import Asked, Form
from server.stores import old_parts
from server.stores import operations as stores
from server.stores.models import OldPart, StockLine, StockMovement
from server.work_orders import queries as orders
from server.work_orders.models import WorkOrder

VOUCHER = Words("材料工具领用单", "Stock Voucher")


def voucher(asked: Asked, number: str) -> list[Document]:
    """F-07 of one order (R-058, R-072). Raises NotFound; Denied for another technician's."""
    order = orders.get_order(asked.session, asked.estate_id, number)
    own = asked.user_id in {order.technician_id, *_drew(asked, order)}
    if level("order.read", asked.roles) == "O" and not own:
        raise Denied("not-your-order", "这张单不是您的。", "This order is not yours.")
    lines = stores.lines_of(asked.session, order.id)
    brought = old_parts.parts_of(asked.session, order.id)
    people = people_of(
        asked,
        *(line.technician_id for line in lines),
        *(line.issued_by for line in lines),
        *(part.holder_id for part in brought),
        *(part.taken_by for part in brought),
    )
    return [
        Document(
            form="F-07",
            title=VOUCHER,
            number=order.number,
            estate=estate_name(asked),
            blocks=(
                Facts(
                    rows=(
                        (Words("工单编号", "Order no."), order.number),
                        (Words("栋房号", "Unit"), order.unit.code),
                        (
                            Words("维修技工", "Technician"),
                            order.technician.name if order.technician else None,
                        ),
                    )
                ),
                _lines(asked, lines, people),
                _moves(asked, lines),
                *([_old_parts(asked, brought, people)] if brought else []),
                Signed(title=Words("领用人签字", "Drawn by")),
                Signed(title=Words("仓库签字", "Storekeeper")),
            ),
            made_at=asked.now,
        )
    ]


def _drew(asked: Asked, order: WorkOrder) -> set[uuid.UUID]:
    """Who has drawn for this order, also where it went on to somebody else meanwhile."""
    return {line.technician_id for line in stores.lines_of(asked.session, order.id)}


def _lines(asked: Asked, lines: list[StockLine], people: dict[uuid.UUID | None, str]) -> Table:
    return Table(
        title=Words("领用、耗用与退还", "Drawn, used and returned"),
        columns=(
            Column(title=Words("单号", "Line"), share=1.8),
            Column(title=Words("物品", "Item"), share=2),
            Column(title=Words("类别", "Kind")),
            Column(title=Words("申请", "Asked"), share=0.8, right=True),
            Column(title=Words("领出", "Issued"), share=0.8, right=True),
            Column(title=Words("经手", "Issued by")),
            Column(title=Words("领用人", "Issued to")),
            Column(title=Words("领出时间", "Issued at"), share=1.6),
            Column(title=Words("耗用", "Used"), share=0.8, right=True),
            Column(title=Words("退还", "Returned"), share=0.8, right=True),
            Column(title=Words("完好情况", "Condition"), share=1.2),
            Column(title=Words("遗失", "Lost"), share=0.8, right=True),
        ),
        rows=tuple(
            (
                line.number,
                f"{line.item.code} {line.item.name}",
                asked.named("thing", line.item.kind),
                line.requested_qty,
                line.issued_qty,
                people.get(line.issued_by),
                people.get(line.technician_id),
                line.issued_at,
                line.used_qty,
                line.returned_qty,
                line.condition,
                line.lost_qty,
            )
            for line in lines
        ),
    )


def _moves(asked: Asked, lines: list[StockLine]) -> Table:
    """Each time that something went over the counter; the lines above have the sums."""
    numbers = {line.id: line for line in lines}
    rows = list(
        asked.session.scalars(
            sa.select(StockMovement)
            .where(
                StockMovement.item_id.in_({line.item_id for line in lines}),
                StockMovement.line_id.in_(numbers),
            )
            .order_by(StockMovement.at, StockMovement.id)
        )
    )
    people = people_of(asked, *(row.by_id for row in rows))
    return Table(
        title=Words("柜台经手", "Over the counter"),
        columns=(
            Column(title=Words("时间", "At"), share=1.6),
            Column(title=Words("单号", "Line"), share=1.8),
            Column(title=Words("物品", "Item"), share=2),
            Column(title=Words("变动", "Move")),
            Column(title=Words("数量", "Qty"), share=0.8, right=True),
            Column(title=Words("经手", "By")),
        ),
        rows=tuple(
            (
                row.at,
                numbers[row.line_id].number,
                numbers[row.line_id].item.name,
                asked.named("moved", row.reason),
                abs(row.qty),
                people.get(row.by_id),
            )
            for row in rows
            if row.line_id is not None
        ),
    )


def _old_parts(asked: Asked, brought: list[OldPart], people: dict[uuid.UUID | None, str]) -> Table:
    return Table(
        title=Words("带回的旧件", "Old parts brought back"),
        columns=(
            Column(title=Words("旧件", "Old part"), share=3),
            Column(title=Words("数量", "Qty"), share=0.8, right=True),
            Column(title=Words("带回人", "Brought by")),
            Column(title=Words("交回时间", "Handed in at"), share=1.6),
            Column(title=Words("收件人", "Taken by")),
            Column(title=Words("去向", "Fate")),
        ),
        rows=tuple(
            (
                part.description,
                part.qty,
                people.get(part.holder_id),
                part.handed_in_at,
                people.get(part.taken_by),
                asked.named("fate", part.fate),
            )
            for part in brought
        ),
    )


FORMS = (
    Form(
        code="F-07",
        title=VOUCHER,
        permission="order.read",
        key=Words("工单号", "number of an order"),
        make=voucher,
    ),
)
