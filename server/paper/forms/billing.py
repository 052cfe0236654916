"""F-08, the charge report of a month, and F-09, what a household owes for it (R-075, R-077)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.accounts.queries import names_of
from server.billing import queries
from server.billing.lifecycle import METHODS
from server.billing.models import FeeNotice
from server.errors import NotFound
from server.estate.models import Estate, Unit
from server.paper.document import Column, Document, Facts, Money, Prose, Signed, Table, Value, Words
from server.paper.register import Asked, Form

_REPORT = Words("财务收费报表", "Financial charge report")
_NOTICE = Words("缴费通知单", "Fee notice")
_SUMS = (
    Column(title=Words("张数", "Orders"), right=True),
    Column(title=Words("人工", "Labour"), right=True),
    Column(title=Words("材料", "Material"), right=True),
    Column(title=Words("减免", "Waived"), right=True),
    Column(title=Words("应收", "Charge"), right=True),
)


def charge_report(asked: Asked, key: str) -> list[Document]:
    """F-08 of a month as 2025-03. Raises Invalid, NotFound."""
    report = queries.get_report(asked.session, asked.estate_id, queries.read_month(key))
    people = {one for one in (report.author_id, report.reviewed_by) if one is not None}
    names = names_of(asked.session, people)
    totals: Mapping[str, Any] = report.totals
    methods = [word for word in METHODS if word in totals["by_method"]]
    blocks = (
        Facts(
            rows=(
                (Words("月份", "Month"), key),
                (Words("状态", "State"), asked.named("report_state", report.state)),
                (Words("编制人", "Author"), names.get(report.author_id)),
                (Words("编制时间", "Made"), report.made_at),
                (Words("报审时间", "Submitted"), report.submitted_at),
            )
        ),
        Table(
            title=Words("按付款方式", "By payment method"),
            columns=(Column(title=Words("付款方式", "Payment method"), share=2), *_SUMS),
            rows=tuple(
                (asked.named("payment_method", word), *_sums(totals["by_method"][word]))
                for word in methods
            ),
            total=(Words("合计", "Total"), *_sums(totals)),
        ),
        Table(
            title=Words("按类别", "By category"),
            columns=(Column(title=Words("类别", "Category"), share=2), *_SUMS),
            rows=tuple(
                (asked.named("category", word), *_sums(sums))
                for word, sums in totals["by_category"].items()
            ),
            total=(Words("合计", "Total"), *_sums(totals)),
        ),
        Table(
            title=Words("差异", "Differences"),
            columns=(
                Column(title=Words("事项", "What"), share=2),
                Column(title=Words("张数", "Orders"), right=True),
                Column(title=Words("金额", "Amount"), right=True),
                Column(title=Words("工单", "Orders"), share=3),
            ),
            rows=tuple(
                (
                    asked.named("difference", one["code"]),
                    one["count"],
                    Money(one["amount_fen"]),
                    "、".join(one["orders"]),
                )
                for one in totals["differences"]
            ),
        ),
        *((Prose(title=Words("说明", "Note"), text=report.note),) if report.note else ()),
        *(
            (Prose(title=Words("审核意见", "Reviewer's remark"), text=report.review_note),)
            if report.review_note
            else ()
        ),
        Signed(
            title=Words("总物业经理审核", "Reviewed by the general property manager"),
            name=names.get(report.reviewed_by) if report.reviewed_by else None,
            at=report.reviewed_at,
            missing=None if report.reviewed_at else Words("未审核", "not reviewed"),
        ),
    )
    return [
        Document(
            form="F-08",
            title=_REPORT,
            number=report.number,
            estate=_estate(asked),
            blocks=blocks,
            made_at=asked.now,
        )
    ]


def fee_notices(asked: Asked, key: str) -> list[Document]:
    """F-09: one notice by its number, or every notice of a month as 2025-03, one a sheet.

    Raises Invalid, NotFound.
    """
    if key.startswith("JF-"):
        notices = [queries.get_notice(asked.session, asked.estate_id, key)]
    else:
        month = queries.read_month(key)
        notices = queries.notices_of_month(asked.session, asked.estate_id, month)
    if not notices:
        raise NotFound("no-such-notice", "这个月没有缴费通知。", "No notices of that month.")
    estate = _estate(asked)
    return [_notice(asked, notice, estate) for notice in notices]


def _notice(asked: Asked, notice: FeeNotice, estate: str) -> Document:
    unit = asked.session.get_one(Unit, notice.unit_id)
    return Document(
        form="F-09",
        title=_NOTICE,
        number=notice.number,
        estate=estate,
        blocks=(
            Facts(
                rows=(
                    (Words("房号", "Unit"), unit.code),
                    (Words("月份", "Month"), f"{notice.month:%Y-%m}"),
                    (Words("缴费期限", "Due"), notice.due_on),
                    (Words("状态", "State"), asked.named("entry_state", notice.state)),
                    (Words("送达", "Handed out"), notice.delivered_at),
                    (Words("收款", "Paid"), notice.paid_at),
                )
            ),
            Table(
                title=Words("服务费用", "Service fees"),
                columns=(
                    Column(title=Words("工单号", "Order"), share=3),
                    Column(title=Words("金额", "Amount"), right=True),
                ),
                rows=tuple((line["order"], Money(line["amount_fen"])) for line in notice.lines),
                total=(Words("合计", "Total"), Money(notice.total_fen)),
            ),
        ),
        made_at=asked.now,
    )


def _sums(sums: Mapping[str, int]) -> tuple[Value, ...]:
    names = ("labour_fen", "material_fen", "waived_fen", "charge_fen")
    return (sums["orders"], *(Money(sums[name]) for name in names))


def _estate(asked: Asked) -> str:
    return asked.session.get_one(Estate, asked.estate_id).name


FORMS: tuple[Form, ...] = (
    Form(
        code="F-08",
        title=_REPORT,
        permission="billing.register",
        key=Words("月份,如 2025-03", "month, as 2025-03"),
        make=charge_report,
    ),
    Form(
        code="F-09",
        title=_NOTICE,
        permission="fee_notice.read",
        key=Words("通知号,或月份如 2025-03", "number of a notice, or month as 2025-03"),
        make=fee_notices,
    ),
)
