"""F-10, a public notice with who waited for it, and F-19, the decline and demand log of a month."""

from __future__ import annotations

from server.accounts.permissions import may_read
from server.errors import NotFound
from server.history import Actor
from server.paper.document import Column, Document, Facts, Prose, Table, Words
from server.paper.forms.parts import estate_name, people_of
from server.paper.periods import month_bounds
from server.paper.register import Asked, Form
from server.public_notices import demand, queries

NOTICE, LOG = Words("公告", "Public Notice"), Words("婉拒与需求记录", "Decline and Demand Log")
#: More than a month ever has; a log beyond it is read on the screen.
MOST = 2000


def notice(asked: Asked, number: str) -> list[Document]:
    """F-10: the words as they hang, where and since when, and the households that waited (R-032)."""
    by = Actor(estate_id=asked.estate_id, ref="paper", name="")
    row = queries.find(asked.session, number, by=by)
    if row.state != "published" and not may_read("public_notice.publish", asked.roles):
        raise NotFound("no-such-notice", "没有这份公告。", "There is no such notice.")
    people = people_of(asked, row.drafted_by, row.published_by)
    waited = queries.recipients(asked.session, row, limit=MOST)
    wanted, told = queries.counts(asked.session, row)
    waiting_list = Table(
        title=Words("等待告知的住户", "Waiting list"),
        columns=(
            Column(title=Words("栋房号", "Unit"), share=2),
            Column(title=Words("客户", "Customer"), share=1.5),
            Column(title=Words("登记单", "Request"), share=2),
            Column(title=Words("告知时间", "Told at"), share=2),
        ),
        rows=tuple((one.unit, one.person, one.request, one.told_at) for one in waited),
    )
    return [
        Document(
            form="F-10",
            title=NOTICE,
            number=row.number,
            estate=estate_name(asked),
            made_at=asked.now,
            blocks=(
                Facts(
                    rows=(
                        (Words("编号", "No."), row.number),
                        (Words("种类", "Kind"), asked.named("public_notice_kind", row.kind)),
                        (Words("张贴时间", "Posted at"), row.published_at),
                        (Words("张贴地点", "Places"), "、".join(row.places)),
                        (Words("张贴人", "Posted by"), people.get(row.published_by)),
                        (Words("名单户数", "Households on the list"), wanted),
                        (Words("已告知", "Informed"), told),
                    )
                ),
                Prose(title=Words(row.title, row.title), text=row.text),
                *((waiting_list,) if may_read("public_notice.publish", asked.roles) else ()),
            ),
        )
    ]


def log(asked: Asked, month: str) -> list[Document]:
    """F-19: every request of a month that was declined, what was tried, and the notice since."""
    since, until = month_bounds(month, asked.settings.zone)
    rows = demand.of_period(asked.session, asked.estate_id, since=since, until=until, most=MOST)
    told = demand.notices_of(asked.session, rows)
    lines = []
    for row in rows:
        known = told.get(row.number)
        lines.append(
            (
                row.number,
                row.registered_at,
                f"{row.unit} {row.person}",
                row.demand_item,
                "; ".join(row.attempts),
                row.apology,
                row.department_informed,
                known.number if known else None,
                known.told_at if known else None,
            )
        )
    return [
        Document(
            form="F-19",
            title=LOG,
            number=month,
            estate=estate_name(asked),
            made_at=asked.now,
            blocks=(
                Table(
                    columns=(
                        Column(title=Words("登记单", "Request"), share=1.8),
                        Column(title=Words("登记时间", "Registered at"), share=1.8),
                        Column(title=Words("客户", "Customer"), share=2),
                        Column(title=Words("想要的服务", "Item wanted"), share=1.8),
                        Column(title=Words("想过的办法", "Attempts"), share=3),
                        Column(title=Words("致歉", "Apology")),
                        Column(title=Words("已转告部门", "Department informed"), share=1.6),
                        Column(title=Words("公告", "Notice sent"), share=1.8),
                        Column(title=Words("告知时间", "Told at"), share=1.8),
                    ),
                    rows=tuple(lines),
                ),
            ),
        )
    ]


FORMS = (
    Form(
        code="F-10",
        title=NOTICE,
        permission="account.self",
        key=Words("公告编号,如 GG-202504-0001", "a notice, such as GG-202504-0001"),
        make=notice,
    ),
    Form(
        code="F-19",
        title=LOG,
        permission="request.read",
        key=Words("月份,如 2025-03", "a month, such as 2025-03"),
        make=log,
    ),
)
