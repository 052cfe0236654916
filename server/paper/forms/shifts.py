"""F-21, an entry of the hand-over book, and F-22, what a technician did on a day."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from server.accounts.models import User
from server.accounts.queries import find_user
from server.checklist_runs.models import StepResult
from server.errors import NotFound
from server.handovers.models import Handover
from server.paper.document import Column, Document, Facts, Money, Prose, Table, Words
from server.paper.forms.parts import estate_name, people_of
from server.paper.periods import day_bounds
from server.paper.register import Asked, Form
from server.work_orders.models import Assignment, WorkOrder
from server.work_orders.states import IN_THE_FIELD

BOOK = Words("交接班记录", "Hand-over Book")
BRIEF = Words("维修技工日报", "Engineer's Daily Brief")
#: Beyond the limits, or close enough to be told.
OUT = ("fail", "warn")


def entry(asked: Asked, number: str) -> list[Document]:
    """F-21: what one shift left to the next, and who confirmed (X-014)."""
    found = asked.session.scalar(
        sa.select(Handover).where(Handover.estate_id == asked.estate_id, Handover.number == number)
    )
    if found is None:
        raise NotFound("no-such-handover", "没有这条交接。", "There is no such hand-over.")
    people = people_of(asked, found.confirmed_by)
    return [
        Document(
            form="F-21",
            title=BOOK,
            number=found.number,
            estate=estate_name(asked),
            blocks=(
                Facts(
                    rows=(
                        (Words("交班人", "Handed over by"), found.from_name),
                        (Words("交给", "To"), found.to_name),
                        (Words("交班时间", "At"), found.made_at),
                        (Words("接班人", "Confirmed by"), people.get(found.confirmed_by)),
                        (Words("接班时间", "Confirmed at"), found.confirmed_at),
                    )
                ),
                Prose(title=Words("交待事项", "Notes and promises"), text=found.note),
                Table(
                    title=Words("未完事项", "What is open"),
                    columns=(
                        Column(title=Words("编号", "No."), share=2),
                        Column(title=Words("状态", "State"), share=1.4),
                        Column(title=Words("事项", "What"), share=3),
                        Column(title=Words("栋房号", "Unit"), share=1.6),
                    ),
                    rows=tuple(
                        (
                            one.get("number"),
                            asked.named("order_state", one.get("state")),
                            one.get("what"),
                            one.get("unit"),
                        )
                        for one in found.open_orders
                    ),
                ),
                Table(
                    title=Words("未还材料工具", "Materials and tools out"),
                    columns=(
                        Column(title=Words("单号", "Line"), share=2),
                        Column(title=Words("物品", "Item"), share=2),
                        Column(title=Words("数量", "Qty"), right=True),
                        Column(title=Words("工单", "Order"), share=2),
                    ),
                    rows=tuple(
                        (one["line"], one["item"], one["qty"], one["order"])
                        for one in found.stock_out
                    ),
                ),
            ),
            made_at=asked.now,
        )
    ]


def brief(asked: Asked, key: str) -> list[Document]:
    """F-22: the orders of a technician on a day, readings beyond the limits, what is next (X-018).

    The key is user name and day, such as `liuqiang-2025-03-05`.
    """
    handle, day = key[:-11], key[-10:]
    technician = find_user(asked.session, asked.estate_id, handle)
    if technician is None:
        raise NotFound("no-such-user", f"没有 {handle}。", f"There is nobody called {handle}.")
    from_at, until_at = day_bounds(day, asked.settings.zone)
    mine = sa.select(Assignment.order_id).where(
        Assignment.technician_id == technician.id,
        Assignment.from_at < until_at,
        sa.or_(Assignment.until_at.is_(None), Assignment.until_at >= from_at),
        Assignment.from_at >= from_at,
    )
    arrived = sa.and_(
        WorkOrder.technician_id == technician.id,
        WorkOrder.arrived_at >= from_at,
        WorkOrder.arrived_at < until_at,
    )
    done = list(
        asked.session.scalars(
            sa.select(WorkOrder)
            .where(WorkOrder.estate_id == asked.estate_id, sa.or_(WorkOrder.id.in_(mine), arrived))
            .order_by(WorkOrder.dispatched_at, WorkOrder.id)
        )
    )
    return [
        Document(
            form="F-22",
            title=BRIEF,
            number=key,
            estate=estate_name(asked),
            blocks=(
                Facts(
                    rows=(
                        (Words("技工", "Technician"), technician.name),
                        (Words("日期", "Day"), from_at.astimezone(asked.settings.zone).date()),
                        (Words("工单数", "Orders"), len(done)),
                        (Words("已完工", "Finished"), sum(1 for one in done if one.finished_at)),
                    )
                ),
                _orders(asked, done, Words("当日工单", "Orders of the day")),
                _readings(asked, [one.id for one in done]),
                _orders(asked, _next(asked, technician), Words("接下来", "Next")),
            ),
            made_at=asked.now,
        )
    ]


def _next(asked: Asked, technician: User) -> list[WorkOrder]:
    return list(
        asked.session.scalars(
            sa.select(WorkOrder)
            .where(
                WorkOrder.technician_id == technician.id,
                WorkOrder.state.in_([state.value for state in IN_THE_FIELD]),
            )
            .order_by(WorkOrder.appointment_at, WorkOrder.id)
            .limit(50)
        )
    )


def _orders(asked: Asked, found: list[WorkOrder], title: Words) -> Table:
    return Table(
        title=title,
        columns=(
            Column(title=Words("工单号", "Order"), share=2),
            Column(title=Words("栋房号", "Unit"), share=1.8),
            Column(title=Words("类别", "Category"), share=1.4),
            Column(title=Words("预约", "Appointment"), share=2),
            Column(title=Words("到场", "Arrival"), share=2),
            Column(title=Words("完工", "End"), share=2),
            Column(title=Words("状态", "State"), share=1.2),
            Column(title=Words("费用", "Fee"), share=1.2, right=True),
        ),
        rows=tuple(
            (
                one.number,
                one.unit.code,
                asked.named("category", one.category),
                one.appointment_at,
                one.arrived_at,
                one.finished_at,
                asked.named("order_state", one.state),
                Money(one.charge_fen),
            )
            for one in found
        ),
    )


def _readings(asked: Asked, orders: list[uuid.UUID]) -> Table:
    rows = asked.session.execute(
        sa.select(StepResult, WorkOrder.number)
        .join(WorkOrder, WorkOrder.id == StepResult.order_id)
        .where(StepResult.order_id.in_(orders), StepResult.status.in_(OUT))
        .order_by(StepResult.device_at)
    )
    return Table(
        title=Words("超限与不合格", "Out of limits"),
        columns=(
            Column(title=Words("工单号", "Order"), share=2),
            Column(title=Words("步骤", "Step"), share=1.4),
            Column(title=Words("读数", "Reading"), share=1.6),
            Column(title=Words("结果", "Result"), share=1.2),
            Column(title=Words("说明", "Reason"), share=3),
        ),
        rows=tuple(
            (
                number,
                result.step,
                f"{result.answer.get('value', '')} {result.answer.get('unit') or ''}".strip(),
                asked.named("status", result.status),
                result.reason,
            )
            for result, number in rows
        ),
    )


FORMS = (
    Form(
        code="F-21",
        title=BOOK,
        permission="order.read",
        key=Words("交接编号", "number of a hand-over"),
        make=entry,
    ),
    Form(
        code="F-22",
        title=BRIEF,
        permission="order.read",
        key=Words("用户名-日期,如 liuqiang-2025-03-05", "user name and day, liuqiang-2025-03-05"),
        make=brief,
    ),
)
