"""F-13 damage report, F-14 public-area incident, F-15 escalation, F-20 capacity increase."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from server.accounts.permissions import Role, may
from server.errors import Denied
from server.evidence import queries as evidence
from server.evidence.models import Photo
from server.incidents import capacity, queries
from server.incidents.lifecycle import PARTS
from server.incidents.operations import get_incident, left_before_relieved
from server.paper.document import (
    Block,
    Document,
    Facts,
    Measured,
    Money,
    Picture,
    Pictures,
    Prose,
    Signed,
    Value,
    Words,
)
from server.paper.forms.parts import estate_name, people_of, thumbnail
from server.paper.register import Asked, Form
from server.work_orders import escalations
from server.work_orders import queries as orders
from server.work_orders.operations.escalating import AUDIENCE

DAMAGE = Words("财物损坏/丢失报告", "Damage / Loss Report")
INCIDENT = Words("公共区域事件记录", "Public-area Incident")
ESCALATION = Words("上报单", "Escalation")
CAPACITY = Words("增容申请", "Capacity-increase Application")
_PART = {
    "technology": Words("技术", "Technology"),
    "cost": Words("费用", "Cost"),
    "risk": Words("风险", "Risk"),
    "opinion": Words("意见", "Opinion"),
}
MOST_PICTURES = 12
TENTH = Decimal("0.1")
_TOLD = (Role.CS_MANAGER, Role.GPM)
# The handheld's and the desk's own words, where no list of the console's is at hand.
_EARLY = {True: Words("是:接手前离开", "yes, before being relieved"), False: Words("否", "no")}


def damage_report(asked: Asked, number: str) -> list[Document]:
    """F-13; what was claimed and agreed is the office's business alone (R-063)."""
    session = asked.session
    damage, order = queries.get_damage(session, asked.estate_id, number)
    people = people_of(asked, damage.settled_by, damage.negotiated_by)
    named = {str(photo.get("sha256")) for photo in damage.photos}
    pictures = [one for one in evidence.photos_of(session, order.id) if one.sha256 in named]
    analysis = damage.analysis or {}
    blocks: list[Block] = [
        Facts(
            rows=(
                (Words("工单", "Order"), order.number),
                (Words("客户", "Customer"), f"{order.person.name} {order.unit.code}"),
                (Words("性质", "Kind"), asked.named("damage_kind", damage.kind)),
                (Words("物品", "Item"), damage.item),
                (Words("情况", "Description"), damage.description),
                (Words("报告人", "Reported by"), damage.reported_by),
                (Words("报告给", "Reported to"), _roles(asked, _TOLD)),
                (Words("报告时间", "Reported at"), damage.reported_at),
                (Words("状态", "State"), asked.named("damage_state", damage.state)),
            )
        ),
        *_pictures(asked, pictures),
        Facts(
            title=Words("四方面分析", "Four-part analysis"),
            rows=tuple((_PART[part], analysis.get(part)) for part in PARTS),
        ),
        Facts(
            title=Words("客户要求与赔付", "Claim and settlement"),
            rows=(
                (Words("客户要求", "Customer's claim"), _money(damage.claim_fen)),
                (Words("协商人", "Negotiated by"), people.get(damage.negotiated_by)),
                (Words("赔付金额", "Amount agreed"), _money(damage.amount_fen)),
                (Words("办理人", "Settled by"), people.get(damage.settled_by)),
                (Words("谈妥时间", "Settled at"), damage.settled_at),
            ),
        ),
        Prose(title=Words("协议", "Agreement"), text=damage.agreement or "\n"),
        Signed(
            title=Words("客户签名", "Customer's signature"),
            name=damage.signer_name,
            at=damage.settled_at,
        ),
    ]
    return [_document(asked, "F-13", DAMAGE, damage.number, blocks)]


def incident(asked: Asked, number: str) -> list[Document]:
    """F-14, from who found it to what the superior decided."""
    if not may("incident.handle", asked.roles):
        raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")
    one = get_incident(asked.session, asked.estate_id, number)
    people = people_of(asked, one.found_by, one.reported_by, one.decided_by)
    blocks: list[Block] = [
        Facts(
            rows=(
                (Words("地点", "Place"), one.place),
                (Words("类别", "Category"), asked.named("incident_category", one.category)),
                (Words("程度", "Severity"), asked.named("incident_severity", one.severity)),
                (Words("情况", "What happened"), one.description),
                (Words("发现人", "Found by"), people.get(one.found_by)),
                (Words("发现时间", "Found at"), one.found_at),
                (Words("已通知", "Notified to"), _roles(asked, one.notified)),
                (Words("通知时间", "Notified at"), one.notified_at),
                (Words("应急处理", "Emergency action"), one.emergency_action),
                (Words("部门到场", "Department arrived"), one.dept_arrived_at),
                (Words("发现人离开", "Discoverer left"), one.left_at),
                (
                    Words("接手前离开", "Left before relieved"),
                    _EARLY[left_before_relieved(one)] if one.left_at else None,
                ),
                (Words("处置", "Handled"), one.handled_text),
                (Words("处置时间", "Handled at"), one.handled_at),
                (Words("状态", "State"), asked.named("incident_state", one.state)),
                (Words("开出的工单", "Order issued"), one.follow_up_number or one.order_number),
            )
        ),
        *_pictures(asked, evidence.photos_of_incident(asked.session, one.id)),
        Facts(
            title=Words("报告与决定", "Report and decision"),
            rows=(
                (Words("向上级报告", "Superior report"), one.superior_report),
                (Words("报告人", "Reported by"), people.get(one.reported_by)),
                (Words("报告时间", "Reported at"), one.reported_at),
                (Words("上级决定", "Decision"), one.decision),
                (Words("决定人", "Decided by"), people.get(one.decided_by)),
                (Words("再上报时间", "Raised at"), one.raised_at),
                (Words("关闭时间", "Closed at"), one.closed_at),
            ),
        ),
    ]
    return [_document(asked, "F-14", INCIDENT, one.number, blocks)]


def escalation(asked: Asked, number: str) -> list[Document]:
    """F-15: to whom, why, by when, and what was decided."""
    one, order = escalations.get_escalation(asked.session, asked.estate_id, number)
    people = people_of(asked, one.decided_by)
    rows: tuple[tuple[Words, Value], ...] = (
        (Words("工单", "Order"), order.number),
        (Words("级别", "Level"), asked.named("level", one.level)),
        (Words("原因", "Reason"), asked.named("reason", one.reason)),
        (Words("上报给", "To"), _roles(asked, AUDIENCE.get(one.level, ()))),
        (Words("上报时间", "At"), one.opened_at),
        (Words("决定期限", "Due"), one.due_at),
        (
            Words("决定", "Decision"),
            asked.named("decision", one.decision) if one.decision else None,
        ),
        (Words("理由", "In words"), one.decision_text),
        (Words("决定人", "By"), people.get(one.decided_by)),
        (Words("决定时间", "Decided at"), one.decided_at),
    )
    return [_document(asked, "F-15", ESCALATION, one.number, [Facts(rows=rows)])]


def capacity_application(asked: Asked, number: str) -> list[Document]:
    """F-20, by the number of the order that waits for it (R-163)."""
    order = orders.get_order(asked.session, asked.estate_id, number)
    one = capacity.find(asked.session, order)
    people = people_of(asked, one.applied_by, one.decided_by)
    rows: tuple[tuple[Words, Value], ...] = (
        (Words("栋房号", "Unit"), order.unit.code),
        (Words("客户", "Customer"), order.person.name),
        (Words("工单", "Order"), order.number),
        (Words("回路", "Circuit"), one.circuit),
        (Words("实测负荷", "Load"), Measured(one.load_a.quantize(TENTH), "A")),
        (Words("额定电流", "Rating"), Measured(one.rating_a.quantize(TENTH), "A")),
        (Words("客户的要求", "Wish"), one.wish),
        (Words("申请人", "Applied by"), people.get(one.applied_by)),
        (Words("申请时间", "Applied at"), one.applied_at),
        (
            Words("决定", "Decision"),
            asked.named("capacity_decision", one.decision) if one.decision else None,
        ),
        (Words("理由", "In words"), one.decision_text),
        (Words("决定人", "Decided by"), people.get(one.decided_by)),
        (Words("决定时间", "Decided at"), one.decided_at),
    )
    signed = Signed(title=Words("客户签名", "Customer's signature"))
    return [_document(asked, "F-20", CAPACITY, order.number, [Facts(rows=rows), signed])]


def _pictures(asked: Asked, photos: Sequence[Photo]) -> Iterable[Block]:
    if photos and asked.store is not None:
        yield Pictures(
            title=Words("照片", "Photos"),
            pictures=tuple(
                Picture(read=thumbnail(asked, photo.sha256), caption=photo.tag)
                for photo in photos[:MOST_PICTURES]
            ),
        )


def _roles(asked: Asked, roles: Iterable[str]) -> Words:
    called = [asked.named("role", str(role)) for role in roles]
    return Words("、".join(one.zh for one in called), ", ".join(one.en for one in called))


def _money(fen: int | None) -> Money | None:
    return None if fen is None else Money(fen)


def _document(
    asked: Asked, form: str, title: Words, number: str, blocks: Sequence[Block]
) -> Document:
    return Document(
        form=form,
        title=title,
        number=number,
        estate=estate_name(asked),
        blocks=tuple(blocks),
        made_at=asked.now,
    )


FORMS = (
    Form(
        code="F-13",
        title=DAMAGE,
        permission="damage.settle",
        key=Words("报损单号", "number of a damage report"),
        make=damage_report,
    ),
    Form(
        code="F-14",
        title=INCIDENT,
        permission="incident.handle",
        key=Words("事件编号", "number of an incident"),
        make=incident,
    ),
    Form(
        code="F-15",
        title=ESCALATION,
        permission="order.read",
        key=Words("上报单号", "number of an escalation"),
        make=escalation,
    ),
    Form(
        code="F-20",
        title=CAPACITY,
        permission="order.read",
        key=Words("工单号", "number of an order"),
        make=capacity_application,
    ),
)
