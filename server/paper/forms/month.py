"""F-06 the month's summary, F-11 and F-12 lists of slips, F-18 the weekly report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from server.accounts.permissions import level
from server.accounts.queries import find_user
from server.errors import Denied, NotFound
from server.handovers import slip_queries, slips
from server.handovers.models import SlipHandover
from server.month_end import summary, weekly
from server.paper.document import Block, Column, Document, Facts, Prose, Signed, Table, Value, Words
from server.paper.forms.parts import estate_name, people_of
from server.paper.periods import day_of_key, month_of_key
from server.paper.register import Asked, Form

SUMMARY = Words("客户服务信息统计分析汇总表", "Customer Service Information Statistics Summary")
MONTH_LIST = Words("服务工作单月度移交清单", "Month Hand-over List of Work Orders")
DAY_LIST = Words("前台回单移交单(17:30)", "17:30 Front-desk Hand-over")
WEEKLY = Words("本周工作总结及下周工作计划", "Weekly Report: Summary and Plan")
HOW_MANY = Words("数量", "Count")
#: part of the figures -> heading, and the list of names of its words
COMPLAINT_PARTS: tuple[tuple[str, Words, str], ...] = (
    ("channel", Words("投诉渠道", "Channel"), "complaint_channel"),
    ("target", Words("投诉性质", "Nature"), "target"),
    ("validity", Words("判定", "Validity"), "complaint_validity"),
    ("category", Words("类别", "Category"), "category"),
    ("building", Words("楼栋", "Building"), "building"),
)


def statistics(asked: Asked, key: str) -> list[Document]:
    """F-06: the service part, the complaint part, K-09 to K-16, and what people say (R-095)."""
    found = summary.get(asked.session, asked.estate_id, month_of_key(key))
    figures: Mapping[str, Any] = found.figures
    service, complaints = figures["service"], figures["complaints"]
    people = people_of(asked, found.author_id, found.read_by)
    blocks: list[Block] = [
        Facts(
            rows=(
                (Words("月份", "Month"), key),
                (Words("办结工单", "Orders closed"), int(figures["orders"])),
                (Words("投诉", "Complaints"), int(complaints["recorded"])),
                (Words("已办结投诉", "Complaints closed"), int(complaints["closed"])),
                (Words("填表人", "Author"), people.get(found.author_id)),
                (Words("统计时间", "Counted at"), found.made_at),
                (Words("提交时间", "Submitted at"), found.submitted_at),
            )
        ),
        Table(
            title=Words("服务部分:项目数量与满意情况", "Services: items by count and satisfaction"),
            columns=(
                Column(title=Words("项目", "Item"), share=2),
                Column(title=HOW_MANY, right=True),
                Column(title=Words("满意", "Satisfied"), right=True),
                Column(title=Words("不满意", "Dissatisfied"), right=True),
                Column(title=Words("原因", "Causes"), share=3),
            ),
            rows=tuple(
                (
                    asked.named("category", one["item"]),
                    one["orders"],
                    one["satisfied"],
                    one["dissatisfied"],
                    _listed(asked, one["causes"], "visit_cause"),
                )
                for one in service["items"]
            ),
        ),
        _counted(
            asked,
            Words("主要满意项目", "Main satisfied items"),
            service["satisfied_items"],
            "category",
        ),
        Prose(title=Words("满意项目说明", "On the satisfied items"), text=found.satisfied_items),
        _counted(
            asked,
            Words("主要不满意项目", "Main dissatisfied items"),
            service["dissatisfied_items"],
            "category",
        ),
        Prose(
            title=Words("不满意项目说明", "On the dissatisfied items"),
            text=found.dissatisfied_items,
        ),
        _counted(asked, Words("不满意原因", "Causes"), service["causes"], "visit_cause"),
        Prose(title=Words("原因分析", "Analysis of the causes"), text=found.causes),
        *(
            _counted(asked, title, complaints.get(part, ()), table)
            for part, title, table in COMPLAINT_PARTS
        ),
        Prose(
            title=Words("投诉关注的主要问题", "Main concerns of the complaints"),
            text="\n".join([found.concerns, *(f"· {text}" for text in complaints["concerns"])]),
        ),
        _kpis(asked, figures["kpis"]),
        Prose(title=Words("改进措施", "Measures"), text=found.measures),
        Signed(
            title=Words("总物业经理批阅", "Read by the general property manager"),
            name=people.get(found.read_by),
            at=found.read_at,
        ),
    ]
    return [_document(asked, "F-06", SUMMARY, key, blocks)]


def month_list(asked: Asked, key: str) -> list[Document]:
    """F-11: every number of a month, gaps and voids explained; who gave and who received."""
    month = month_of_key(key)
    found = _list(asked, slips.MONTHLY, month)
    blocks = (
        Facts(
            rows=(
                (Words("月份", "Month"), key),
                (Words("移交编号", "Hand-over no."), found.number),
                (Words("移交份数", "Slips"), len(found.orders)),
                (Words("无单号码", "Numbers without a slip"), len(found.gaps)),
                (Words("应于", "Due"), found.due_at),
            )
        ),
        _numbers(Words("移交的工单", "Orders handed over"), found.orders),
        Table(
            title=Words("缺号与作废", "Gaps and voids"),
            columns=(
                Column(title=Words("工单号", "Order"), share=2),
                Column(title=Words("说明", "Why"), share=3),
            ),
            rows=tuple(
                (gap["number"], asked.named("slip_gap", gap["state"])) for gap in found.gaps
            ),
        ),
        *_hands(asked, found),
    )
    return [_document(asked, "F-11", MONTH_LIST, key, blocks)]


def day_list(asked: Asked, key: str) -> list[Document]:
    """F-12: the slips of a day at the front desk, those told by word of mouth marked (R-082)."""
    found = _list(asked, slips.DAILY, day_of_key(key))
    told = set(found.oral_reports)
    blocks = (
        Facts(
            rows=(
                (Words("日期", "Date"), found.period_on),
                (Words("移交编号", "Hand-over no."), found.number),
                (Words("移交份数", "Slips"), len(found.orders)),
                (Words("应于", "Due"), found.due_at),
            )
        ),
        Table(
            title=Words("回单", "Slips"),
            columns=(
                Column(title=Words("工单号", "Order"), share=2),
                Column(title=Words("已口头告知调度", "Dispatch was told orally"), share=2),
            ),
            rows=tuple((number, number in told) for number in found.orders),
        ),
        *_hands(asked, found),
    )
    return [_document(asked, "F-12", DAY_LIST, key, blocks)]


def weekly_report(asked: Asked, key: str) -> list[Document]:
    """F-18: what was done in a week and what is planned for the next (R-008).

    The key is user name and Monday, such as `yangfan-2025-03-03`.
    """
    author = find_user(asked.session, asked.estate_id, key[:-11])
    week_on = day_of_key(key[-10:])
    found = weekly.find(asked.session, author.id, week_on) if author else None
    if author is None or found is None:
        raise NotFound("no-such-report", "没有这份周报。", "There is no such report.")
    reads = level("weekly.read", asked.roles) is not None and found.submitted_at is not None
    if author.id != asked.user_id and not reads:
        raise Denied("not-yours", "这不是您的周报。", "This is not your report.", rule="R-008")
    people = people_of(asked, found.read_by)
    blocks = (
        Facts(
            rows=(
                (Words("报告人", "Author"), author.name),
                (Words("周(星期一)", "Week of (Monday)"), week_on),
                (Words("提交时间", "Handed in at"), found.submitted_at),
            )
        ),
        _counted(
            asked, Words("本周数量", "Counts of the week"), found.figures.items(), "weekly_count"
        ),
        Prose(title=Words("本周工作总结", "Summary of this week"), text=found.summary),
        Prose(title=Words("下周工作计划", "Plan for next week"), text=found.plan),
        Signed(
            title=Words("上级阅", "Read by the superior"),
            name=people.get(found.read_by),
            at=found.read_at,
        ),
    )
    return [_document(asked, "F-18", WEEKLY, key, blocks)]


def _list(asked: Asked, kind: str, period_on: dt.date) -> SlipHandover:
    if not slips.may_see(asked.roles):
        raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")
    found = slip_queries.find_list(asked.session, asked.estate_id, kind, period_on)
    if found is None:
        raise NotFound("no-such-list", "没有这份回单清单。", "There is no such list of slips.")
    return found


def _hands(asked: Asked, found: SlipHandover) -> tuple[Block, ...]:
    people = people_of(asked, found.given_by, found.received_by)
    return (
        Signed(
            title=Words("移交人", "Handed over by"),
            name=people.get(found.given_by),
            at=found.given_at,
        ),
        Signed(
            title=Words("接收人", "Received by"),
            name=people.get(found.received_by),
            at=found.received_at,
        ),
    )


def _numbers(title: Words, numbers: list[str]) -> Table:
    return Table(
        title=title,
        columns=(
            Column(title=Words("序号", "Place"), share=0.6, right=True),
            Column(title=Words("工单号", "Order"), share=3),
        ),
        rows=tuple((place, number) for place, number in enumerate(numbers, start=1)),
    )


def _counted(asked: Asked, title: Words, pairs: Iterable[Any], table: str) -> Table:
    return Table(
        title=title,
        columns=(
            Column(title=Words("项目", "Item"), share=3),
            Column(title=HOW_MANY, right=True),
        ),
        rows=tuple((asked.named(table, word), count) for word, count in pairs),
    )


def _kpis(asked: Asked, kpis: Mapping[str, Any]) -> Table:
    return Table(
        title=Words("指标", "Figures"),
        columns=(
            Column(title=Words("编号", "Code"), share=0.8),
            Column(title=Words("指标", "Figure"), share=3),
            Column(title=Words("数值", "Value"), right=True),
            Column(title=Words("件数", "Cases"), right=True),
            Column(title=Words("未达", "Missed"), right=True),
        ),
        rows=tuple(
            (code, asked.named("figure", code), _value(one), one["counted"], one["missed"])
            for code, one in sorted(kpis.items())
        ),
    )


def _value(one: Mapping[str, Any]) -> Value:
    if one["value"] is None:
        return None
    if one["unit"] == "percent":
        # Cut, so that a missed target never looks kept.
        return f"{int(one['value'] * 10) / 10:g} %"
    return int(one["value"])


def _listed(asked: Asked, pairs: Iterable[Any], table: str) -> Words:
    named = [(asked.named(table, word), count) for word, count in pairs]
    return Words(
        "、".join(f"{word.zh} {count}" for word, count in named),
        ", ".join(f"{word.en} {count}" for word, count in named),
    )


def _document(
    asked: Asked, form: str, title: Words, number: str, blocks: Iterable[Block]
) -> Document:
    return Document(
        form=form,
        title=title,
        number=number,
        estate=estate_name(asked),
        blocks=tuple(blocks),
        made_at=asked.now,
    )


_MONTH_KEY = Words("月份,如 2025-03", "a month, 2025-03")
FORMS = (
    Form(code="F-06", title=SUMMARY, permission="summary.write", key=_MONTH_KEY, make=statistics),
    # Who gives and who receives stands in two rows of the matrix: the form asks itself.
    Form(code="F-11", title=MONTH_LIST, permission="account.self", key=_MONTH_KEY, make=month_list),
    Form(
        code="F-12",
        title=DAY_LIST,
        permission="account.self",
        key=Words("日期,如 2025-03-05", "a day, 2025-03-05"),
        make=day_list,
    ),
    Form(
        code="F-18",
        title=WEEKLY,
        permission="weekly.write",
        key=Words(
            "用户名-星期一,如 yangfan-2025-03-03", "user name and Monday, yangfan-2025-03-03"
        ),
        make=weekly_report,
    ),
)
