"""F-03, the price list of one version: what is offered, for how much, and since when."""

from __future__ import annotations

from server.history import Actor
from server.paper.document import Column, Document, Facts, Money, Table, Words
from server.paper.forms.parts import estate_name, people_of
from server.paper.register import Asked, Form
from server.prices import queries

TITLE = Words("有偿服务收费标准", "Paid Service Price List")


def price_list(asked: Asked, version: str) -> list[Document]:
    """F-03: every item of a version. Raises NotFound for one that is not there."""
    by = Actor(estate_id=asked.estate_id, ref="paper", name="")
    row = queries.find(asked.session, version, by=by)
    items = queries.items_of(asked.session, asked.estate_id, version)
    people = people_of(asked, row.drafted_by, row.approved_by)
    last_days = {item.valid_until for item in items}
    return [
        Document(
            form="F-03",
            title=TITLE,
            number=row.version,
            estate=estate_name(asked),
            made_at=asked.now,
            blocks=(
                Facts(
                    rows=(
                        (Words("版本", "Version"), row.version),
                        (Words("状态", "State"), asked.named("list_state", row.state)),
                        (Words("生效日", "Valid from"), row.valid_from),
                        (
                            Words("截止日", "Valid until"),
                            last_days.pop() if len(last_days) == 1 else None,
                        ),
                        (Words("编制", "Drafted by"), people.get(row.drafted_by)),
                        (Words("批准", "Approved by"), people.get(row.approved_by)),
                        (Words("批准时间", "Approved at"), row.approved_at),
                    )
                ),
                Table(
                    columns=(
                        Column(title=Words("代码", "Code"), share=1.6),
                        Column(title=Words("项目", "Item"), share=3.4),
                        Column(title=Words("类别", "Category"), share=1.8),
                        Column(title=Words("单位", "Unit")),
                        Column(title=Words("人工", "Labour"), share=1.4, right=True),
                        Column(title=Words("材料", "Material"), share=1.4, right=True),
                        Column(title=Words("质保(月)", "Warranty (months)"), right=True),
                        Column(title=Words("有效至", "Valid until"), share=1.6),
                    ),
                    rows=tuple(
                        (
                            item.code,
                            Words(item.name_zh, item.name_en),
                            asked.named("category", item.category),
                            item.unit,
                            Money(item.labour_fen),
                            Money(item.material_fen),
                            item.warranty_months,
                            item.valid_until,
                        )
                        for item in items
                    ),
                ),
            ),
        )
    ]


FORMS = (
    Form(
        code="F-03",
        title=TITLE,
        permission="order.read",
        key=Words("版本,如 PL-2025-01", "a version, such as PL-2025-01"),
        make=price_list,
    ),
)
