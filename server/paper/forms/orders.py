"""F-02, the service work order in its three copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from checklists.template import Step
from server.checklist_runs import queries as runs
from server.evidence import queries as evidence
from server.evidence.models import Photo
from server.paper.document import (
    Block,
    Column,
    Document,
    Facts,
    Money,
    Picture,
    Pictures,
    Prose,
    QrCode,
    Signed,
    Table,
    Value,
    Words,
)
from server.paper.forms.parts import estate_name, people_of, thumbnail
from server.paper.register import Asked, Form
from server.return_visits.models import ReturnVisit
from server.stores import operations as stores
from server.work_orders import queries as orders
from server.work_orders.models import Quote, Signature, WorkOrder

#: One for the owner, one for the file, one for finance (R-073).
COPIES = (
    Words("第一联:业主", "Copy 1: owner"),
    Words("第二联:客服中心存档", "Copy 2: customer service file"),
    Words("第三联:财务", "Copy 3: finance"),
)
METHOD = {
    "on_site": Words("上门", "on site"),
    "phone": Words("电话", "by phone"),
    "other": Words("其他", "other"),
}
SATISFIED = {True: Words("满意", "satisfied"), False: Words("不满意", "not satisfied")}
MOST_PICTURES = 24


def work_order(asked: Asked, number: str) -> list[Document]:
    """F-02: three copies that differ in their label alone (R-073)."""
    order = orders.get_order(asked.session, asked.estate_id, number)
    blocks = tuple(_blocks(asked, order))
    return [
        Document(
            form="F-02",
            title=Words("服务工作单", "Service Work Order"),
            number=f"{order.number}/{place}",
            estate=estate_name(asked),
            copy=copy,
            blocks=blocks,
            made_at=asked.now,
        )
        for place, copy in enumerate(COPIES, 1)
    ]


def _blocks(asked: Asked, order: WorkOrder) -> Iterable[Block]:
    session, named = asked.session, asked.named
    people = people_of(asked, order.issued_by, order.written_off_by)
    if asked.proof is not None:
        yield QrCode(
            url=asked.proof(order.id, order.charge_fen),
            caption=Words("扫码核对此单", "scan to verify"),
        )
    yield Facts(
        rows=(
            (Words("客户", "Customer"), order.person.name),
            (Words("栋房号", "Unit"), order.unit.code),
            (Words("电话", "Phone"), order.person.phone),
            (Words("类别", "Category"), named("category", order.category)),
            (Words("性质", "Nature"), named("nature", order.nature)),
            (Words("缓急", "Urgency"), named("urgency", order.urgency)),
            (Words("预约时间", "Appointment"), order.appointment_at),
            (Words("开单", "Issued"), order.issued_at),
            (Words("开单人", "Issued by"), people.get(order.issued_by)),
            (Words("技工", "Technician"), order.technician.name if order.technician else None),
            (Words("接单时间", "Receipt"), order.acknowledged_at),
            (Words("到场", "Arrival"), order.arrived_at),
            (Words("开工", "Start"), order.started_at),
            (Words("完工", "End"), order.finished_at),
            (Words("状态", "State"), named("order_state", order.state)),
            (Words("返工轮次", "Rework rounds"), order.rework_round),
            (Words("服务内容", "Service content"), order.content),
            (Words("勘查", "Inspection"), order.inspection_note),
        )
    )
    yield from _checklist(asked, order)
    yield from _stock(asked, order)
    yield from _price(asked, order)
    photos = evidence.photos_of(session, order.id)
    yield from _photos(asked, photos)
    yield from _signatures(asked, order, {photo.sha256 for photo in photos})
    yield Facts(
        title=Words("收费与核销", "Charge and write-off"),
        rows=(
            (Words("确认费用", "Confirmed fee"), Money(order.total_fen)),
            (Words("实收费用", "Charge"), Money(order.charge_fen)),
            (Words("付款方式", "Payment"), asked.named("payment_method", order.payment_method)),
            (Words("保修", "Warranty"), asked.named("warranty", order.warranty_code)),
            (Words("核销", "Written off"), order.written_off_at),
            (Words("核销人", "Written off by"), people.get(order.written_off_by)),
        ),
    )
    visit = session.scalar(sa.select(ReturnVisit).where(ReturnVisit.order_id == order.id))
    by = people_of(asked, visit.recorded_by if visit else None)
    yield Facts(
        title=Words("回访", "Return visit"),
        rows=(
            (Words("方式", "Method"), METHOD.get(visit.method or "") if visit else None),
            (Words("回访人", "By"), by.get(visit.recorded_by) if visit else None),
            (Words("时间", "Time"), visit.done_at if visit else None),
            (
                Words("结果", "Result"),
                SATISFIED[visit.satisfied] if visit and visit.satisfied is not None else None,
            ),
            (Words("客户意见", "Customer's words"), visit.comment if visit else None),
        ),
    )


def _checklist(asked: Asked, order: WorkOrder) -> Iterable[Block]:
    results = runs.results_of(asked.session, order.id)
    if not results or order.checklist_code is None or order.checklist_version is None:
        return
    steps: dict[str, Step] = {}
    pinned = [(order.checklist_code, order.checklist_version), *order.checklist_children.items()]
    for code, version in pinned:
        steps |= runs.template(asked.session, order.estate_id, code, version).by_id
    rows: list[tuple[Value, ...]] = []
    for result in results:
        step = steps.get(result.step)
        text = Words(step.text["zh"], step.text.get("en", step.text["zh"])) if step else None
        value = result.answer.get("value")
        reading = f"{value} {result.answer.get('unit') or ''}".strip() if value is not None else ""
        rows.append(
            (
                result.step,
                result.attempt,
                text,
                reading,
                asked.named("status", result.status),
                result.reason,
                result.device_at,
            )
        )
    yield Table(
        title=Words("检修记录与读数", "Checklist and readings"),
        columns=(
            Column(title=Words("步骤", "Step"), share=1.5),
            Column(title=Words("次", "No."), share=0.6, right=True),
            Column(title=Words("内容", "What"), share=5),
            Column(title=Words("读数", "Reading"), share=1.6),
            Column(title=Words("结果", "Result"), share=1.2),
            Column(title=Words("说明", "Reason"), share=2),
            Column(title=Words("时间", "Time"), share=2.4),
        ),
        rows=tuple(rows),
    )


def _stock(asked: Asked, order: WorkOrder) -> Iterable[Block]:
    lines = stores.lines_of(asked.session, order.id)
    if not lines:
        return
    yield Table(
        title=Words("材料与工具", "Materials and tools"),
        columns=(
            Column(title=Words("单号", "No."), share=2.2),
            Column(title=Words("物品", "Item"), share=3),
            Column(title=Words("领", "Issued"), right=True),
            Column(title=Words("用", "Used"), right=True),
            Column(title=Words("退", "Returned"), right=True),
            Column(title=Words("失", "Lost"), right=True),
        ),
        rows=tuple(
            (
                line.number,
                line.item.name,
                line.issued_qty,
                line.used_qty,
                line.returned_qty,
                line.lost_qty,
            )
            for line in lines
        ),
    )


def _price(asked: Asked, order: WorkOrder) -> Iterable[Block]:
    quotes = orders.quotes_of(asked.session, order.id)
    if not quotes:
        return
    quote = _counting(quotes)
    yield Table(
        title=Words("费用明细(按收费标准)", "Price lines (from the price list)"),
        columns=(
            Column(title=Words("项目", "Item"), share=1.6),
            Column(title=Words("名称", "Description"), share=4),
            Column(title=Words("数量", "Qty"), right=True),
            Column(title=Words("单价", "Unit price"), share=1.6, right=True),
            Column(title=Words("金额", "Amount"), share=1.6, right=True),
        ),
        rows=tuple(
            (
                line.item,
                line.description,
                line.qty,
                Money(line.unit_price_fen),
                Words("业主自备", "owner supplied")
                if line.owner_supplied
                else Money(line.amount_fen),
            )
            for line in quote.lines
        ),
        total=(Words("合计", "Total"), None, None, None, Money(quote.total_fen)),
    )
    yield Facts(
        rows=(
            (Words("报价版次", "Quote revision"), quote.revision),
            (Words("收费标准版本", "Price list"), quote.price_list_version),
            (Words("客户确认", "Confirmed"), quote.confirmed_at),
            (Words("确认方式", "By way of"), asked.named("confirm_method", quote.method)),
        )
    )


def _counting(quotes: Sequence[Quote]) -> Quote:
    """The revision that was confirmed last; where none was, the newest."""
    confirmed = [quote for quote in quotes if quote.confirmed_at is not None]
    return (confirmed or quotes)[-1]


def _photos(asked: Asked, photos: Sequence[Photo]) -> Iterable[Block]:
    shown = [photo for photo in photos if not photo.is_signature][:MOST_PICTURES]
    if not shown or asked.store is None:
        return
    yield Pictures(
        title=Words("照片", "Photos"),
        pictures=tuple(
            Picture(
                read=thumbnail(asked, photo.sha256),
                caption=f"{photo.step} {photo.tag}".strip(),
                href=f"/api/v1/photos/{photo.sha256}/screen",
            )
            for photo in shown
        ),
    )


def _signatures(asked: Asked, order: WorkOrder, held: set[str]) -> Iterable[Block]:
    signed = orders.signatures_of(asked.session, order.id)
    prices = [one for one in signed if one.kind == "price"]
    if prices:
        yield _signature(asked, prices[-1], Words("客户确认价格", "Price agreed"), held)
    acceptance = orders.acceptance_of(asked.session, order.id)
    title = Words("客户验收签名", "Customer's signature")
    if acceptance is not None:
        yield _signature(asked, acceptance, title, held)
    elif order.unsigned_reason:
        reason = asked.named("unsigned", order.unsigned_reason)
        witness = order.unsigned_witness or ""
        yield Signed(
            title=title,
            missing=Words(f"{reason.zh} 见证人 {witness}", f"{reason.en}, witness {witness}"),
        )
    else:
        yield Signed(title=title)
    yield Prose(
        title=Words("客户意见及建议", "Comments and suggestions"), text=order.comment or "\n"
    )


def _signature(asked: Asked, one: Signature, title: Words, held: set[str]) -> Signed:
    picture = Picture(read=thumbnail(asked, one.sha256), caption="") if one.sha256 in held else None
    return Signed(
        title=title,
        name=one.signer_name,
        relation=asked.named("relation", one.relation) if one.relation else None,
        at=one.signed_at,
        picture=picture,
    )


FORMS = (
    Form(
        code="F-02",
        title=Words("服务工作单", "Service Work Order"),
        permission="order.read",
        key=Words("工单号", "number of an order"),
        make=work_order,
    ),
)
