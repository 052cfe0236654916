"""F-17, what QA judged of an order's evidence and what follows from it."""

from __future__ import annotations

import sqlalchemy as sa

from server.evidence import queries as evidence
from server.paper.document import Block, Column, Document, Facts, Picture, Pictures, Table, Words
from server.paper.forms.parts import estate_name, people_of, thumbnail
from server.paper.register import Asked, Form
from server.quality.models import CorrectiveAction
from server.quality.operations import reviews_of
from server.work_orders import queries as orders

TITLE = Words("质量检查表", "QA Sheet")


def sheet(asked: Asked, number: str) -> list[Document]:
    """F-17 of one order: every review with its findings, the photos they speak of, corrections."""
    order = orders.get_order(asked.session, asked.estate_id, number)
    reviews = reviews_of(asked.session, order.id)
    actions = list(
        asked.session.scalars(
            sa.select(CorrectiveAction)
            .where(CorrectiveAction.order_id == order.id)
            .order_by(CorrectiveAction.due_on, CorrectiveAction.id)
        )
    )
    people = people_of(
        asked,
        *(review.reviewer_id for review in reviews),
        *(one.owner_id for one in actions),
        *(one.verified_by for one in actions),
    )
    named_steps = {finding["step"] for review in reviews for finding in review.findings}
    photos = [
        photo
        for photo in evidence.photos_of(asked.session, order.id)
        if photo.step in named_steps and asked.store is not None
    ]
    blocks: list[Block] = [
        Facts(
            rows=(
                (Words("工单号", "Order"), order.number),
                (Words("栋房号", "Unit"), order.unit.code),
                (Words("类别", "Category"), asked.named("category", order.category)),
                (Words("技工", "Technician"), order.technician.name if order.technician else None),
                (Words("结果", "Result"), asked.named("qa", order.qa_state)),
                (Words("核销", "Written off"), order.written_off_at),
            )
        ),
        Table(
            title=Words("检查", "Reviews"),
            columns=(
                Column(title=Words("编号", "No."), share=2),
                Column(title=Words("检查人", "Reviewer"), share=1.3),
                Column(title=Words("时间", "Time"), share=2),
                Column(title=Words("结果", "Result"), share=1.3),
                Column(title=Words("步骤", "Step"), share=1.3),
                Column(title=Words("问题", "Finding"), share=4),
            ),
            rows=tuple(
                (
                    review.number,
                    people.get(review.reviewer_id),
                    review.reviewed_at,
                    asked.named("qa", review.outcome),
                    finding.get("step"),
                    finding.get("reason") or review.note,
                )
                for review in reviews
                for finding in (review.findings or [{}])
            ),
        ),
        Table(
            title=Words("整改", "Corrections"),
            columns=(
                Column(title=Words("措施", "Measure"), share=5),
                Column(title=Words("责任人", "Owner"), share=1.4),
                Column(title=Words("期限", "Due"), share=1.6),
                Column(title=Words("完成", "Done"), share=2),
                Column(title=Words("验证人", "Verified by"), share=1.4),
            ),
            rows=tuple(
                (
                    one.text,
                    people.get(one.owner_id),
                    one.due_on,
                    one.done_at,
                    people.get(one.verified_by),
                )
                for one in actions
            ),
        ),
    ]
    pictures = Pictures(
        title=Words("证据", "Evidence"),
        pictures=tuple(
            Picture(
                read=thumbnail(asked, photo.sha256),
                caption=f"{photo.step} {photo.tag}",
                href=f"/api/v1/photos/{photo.sha256}/screen",
            )
            for photo in photos
        ),
    )
    return [
        Document(
            form="F-17",
            title=TITLE,
            number=order.number,
            estate=estate_name(asked),
            blocks=(*blocks, *([pictures] if photos else [])),
            made_at=asked.now,
        )
    ]


FORMS = (
    Form(
        code="F-17",
        title=TITLE,
        permission="quality.review",
        key=Words("工单号", "number of an order"),
        make=sheet,
    ),
)
