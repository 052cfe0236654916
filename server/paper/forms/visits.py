"""F-16, the sheet of a return visit: what was asked and answered round by round, and spot checks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from server.paper.document import Block, Column, Document, Facts, Picture, Signed, Table, Words
from server.paper.forms.parts import estate_name, people_of, thumbnail
from server.paper.register import Asked, Form
from server.rectifications.models import Rectification
from server.rectifications.queries import rectifications_of
from server.return_visits import queries, spot_checks
from server.return_visits.models import SpotCheck, VisitResult
from server.return_visits.queries import Entry
from server.return_visits.states import SUBJECT

TITLE = Words("回访及抽查表", "Return-visit and spot-check sheet")
FIXED = Words("修好了吗", "Is it fixed")
SATISFIED = Words("满意吗", "Satisfied")
NO_SIGNATURE = Words("电话回访,由回访人记录", "by telephone, recorded by the visitor")
ASKED_WHOM = {
    "customer": Words("问了客户", "asked the customer"),
    "record": Words("查了记录", "read the record"),
}
Names = Mapping[uuid.UUID | None, str]


def sheet(asked: Asked, number: str) -> list[Document]:
    """F-16 of one visit. On site the customer's signature stands on it; by telephone who recorded
    it, and no signature (R-087, R-088, A-24)."""
    visit = queries.find_in(asked.session, asked.estate_id, number)
    (entry,) = queries.entries(asked.session, [visit])
    results = queries.results_of(asked.session, visit)
    corrections = rectifications_of(asked.session, SUBJECT, visit.number)
    checks = spot_checks.checks_of(asked.session, visit)
    people = people_of(
        asked,
        visit.assignee_id,
        *(one.owner_id for one in corrections),
        *(one.checker_id for one in checks),
    )
    blocks: list[Block] = [
        _facts(asked, entry, people),
        _rounds(asked, results),
        *_signatures(asked, results),
        _corrections(corrections, people),
        _checks(checks, people),
    ]
    return [
        Document(
            form="F-16",
            title=TITLE,
            number=visit.number,
            estate=estate_name(asked),
            blocks=tuple(blocks),
            made_at=asked.now,
        )
    ]


def _facts(asked: Asked, entry: Entry, people: Names) -> Facts:
    visit, about = entry.visit, entry.order or entry.complaint
    return Facts(
        rows=(
            (Words("工单号", "Order"), entry.order.number if entry.order else None),
            (Words("投诉号", "Complaint"), entry.complaint.number if entry.complaint else None),
            (Words("栋房号", "Unit"), about.unit.code if about else None),
            (Words("客户", "Customer"), about.person.name if about else None),
            (Words("电话", "Phone"), about.person.phone if about else None),
            (Words("目的", "Purpose"), asked.named("visit_purpose", visit.purpose)),
            (Words("应回访于", "Due"), visit.due_at),
            (Words("回访人", "Visitor"), people.get(visit.assignee_id)),
            (Words("状态", "State"), asked.named("visit_state", visit.state)),
        )
    )


def _rounds(asked: Asked, results: Sequence[VisitResult]) -> Table:
    return Table(
        title=Words("回访记录", "Visits"),
        columns=(
            Column(title=Words("轮", "Round"), share=0.7),
            Column(title=Words("方式", "Method"), share=1.2),
            Column(title=Words("时间", "Time"), share=2.2),
            Column(title=FIXED, share=1.1),
            Column(title=SATISFIED, share=1.1),
            Column(title=Words("客户意见", "Customer's words"), share=4),
            Column(title=Words("原因", "Cause"), share=1.2),
            Column(title=Words("记录人", "Recorded by"), share=1.4),
        ),
        rows=tuple(
            (
                one.round,
                asked.named("visit_method", one.method),
                one.at,
                one.fixed,
                one.satisfied,
                one.comment,
                asked.named("visit_cause", one.cause) if one.cause else None,
                one.recorded_by_name,
            )
            for one in results
        ),
    )


def _signatures(asked: Asked, results: Sequence[VisitResult]) -> list[Signed]:
    if not results:
        return [Signed(title=Words("客户签名", "Customer's signature"))]
    found = []
    for one in results:
        title = Words(f"客户签名(第 {one.round} 轮)", f"Customer's signature, round {one.round}")
        sha256 = one.customer_signature_sha256
        if sha256 is None:
            found.append(Signed(title=title, missing=NO_SIGNATURE))
            continue
        picture = Picture(
            read=thumbnail(asked, sha256),
            caption=one.signer_name or "",
            href=f"/api/v1/photos/{sha256}/screen",
        )
        found.append(Signed(title=title, name=one.signer_name, at=one.at, picture=picture))
    return found


def _corrections(corrections: Sequence[Rectification], people: Names) -> Table:
    return Table(
        title=Words("整改", "Corrections"),
        columns=(
            Column(title=Words("轮", "Round"), share=0.7),
            Column(title=Words("内容", "What"), share=4),
            Column(title=Words("责任人", "Owner"), share=1.4),
            Column(title=Words("期限", "Due"), share=1.6),
            Column(title=Words("完成", "Done"), share=2),
            Column(title=Words("做了什么", "What was done"), share=4),
        ),
        rows=tuple(
            (
                one.round,
                one.text,
                people.get(one.owner_id),
                one.due_on,
                one.done_at,
                one.done_text,
            )
            for one in corrections
        ),
    )


def _checks(checks: Sequence[SpotCheck], people: Names) -> Table:
    return Table(
        title=Words("抽查", "Spot checks"),
        columns=(
            Column(title=Words("抽查人", "Checked by"), share=1.4),
            Column(title=Words("时间", "Time"), share=2),
            Column(title=Words("方式", "How"), share=1.6),
            Column(title=Words("一致", "Agrees"), share=1),
            Column(title=Words("说明", "Note"), share=4),
        ),
        rows=tuple(
            (people.get(one.checker_id), one.at, ASKED_WHOM[one.asked], one.agrees, one.note)
            for one in checks
        ),
    )


FORMS = (
    Form(
        code="F-16",
        title=TITLE,
        permission="visit.make",
        key=Words("回访号", "number of a visit"),
        make=sheet,
    ),
)
