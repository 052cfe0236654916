"""What a file tells of each row of a list, headed in the reader's language.

A column shows what the list's own page shows, so that a file needs no rights of its own. Where rows
hold ids of people, `names` is filled as the rows come (`exports.naming`).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from server.console import findings, visits_labels
from server.console.formats import qty
from server.console.labels import label
from server.console.sheets import MOMENT, MONEY, NUMBER, Column
from server.console.wording import gettext
from server.incidents.models import CapacityApplication
from server.incidents.operations import left_before_relieved

Names = Mapping[uuid.UUID, str]


def complaint_columns(names: Names) -> list[Column]:
    """Of a complaint; who reads the list reads no more in the file."""
    return [
        Column(title=gettext("投诉"), value=lambda row: row.number),
        Column(title=gettext("状态"), value=lambda row: label(row.state, "complaint_state")),
        Column(
            title=gettext("有效性"), value=lambda row: label(row.validity, "complaint_validity")
        ),
        Column(title=gettext("重大"), value=lambda row: yes(row.major)),
        Column(title=gettext("类别"), value=lambda row: label(row.category, "complaint_category")),
        Column(title=gettext("渠道"), value=lambda row: label(row.channel, "complaint_channel")),
        Column(title=gettext("针对"), value=lambda row: label(row.target, "target")),
        Column(title=gettext("房号"), value=lambda row: row.unit),
        Column(title=gettext("客户"), value=lambda row: row.person),
        Column(title=gettext("内容"), value=lambda row: row.content),
        Column(title=gettext("处理人"), value=lambda row: names.get(row.handler_id)),
        Column(title=gettext("登记于"), value=lambda row: row.recorded_at, kind=MOMENT),
        Column(title=gettext("上次告知"), value=lambda row: row.last_told_at, kind=MOMENT),
        Column(title=gettext("关闭"), value=lambda row: row.closed_at, kind=MOMENT),
    ]


def cluster_columns() -> list[Column]:
    """Of what many complain of."""
    return [
        Column(title=gettext("编号"), value=lambda row: row.number),
        Column(title=gettext("状态"), value=lambda row: label(row.state, "cluster_state")),
        Column(title=gettext("名称"), value=lambda row: row.title),
        Column(title=gettext("范围"), value=lambda row: row.scope),
        Column(title=gettext("类别"), value=lambda row: label(row.category, "complaint_category")),
        Column(title=gettext("投诉条数"), value=lambda row: row.complaints, kind=NUMBER),
        Column(title=gettext("立于"), value=lambda row: row.opened_at, kind=MOMENT),
        Column(
            title=gettext("结果"),
            value=lambda row: row.outcome and label(row.outcome, "cluster_outcome"),
        ),
        Column(title=gettext("关闭"), value=lambda row: row.closed_at, kind=MOMENT),
    ]


def incident_columns(names: Names) -> list[Column]:
    """Of an incident."""
    return [
        Column(title=gettext("编号"), value=lambda row: row[0].number),
        Column(title=gettext("状态"), value=lambda row: label(row[0].state, "incident_state")),
        Column(
            title=gettext("程度"), value=lambda row: label(row[0].severity, "incident_severity")
        ),
        Column(
            title=gettext("类别"), value=lambda row: label(row[0].category, "incident_category")
        ),
        Column(title=gettext("地点"), value=lambda row: row[0].place),
        Column(title=gettext("内容"), value=lambda row: row[0].description),
        Column(title=gettext("应急处理"), value=lambda row: row[0].emergency_action),
        Column(title=gettext("发现人"), value=lambda row: names.get(row[0].found_by)),
        Column(title=gettext("发现"), value=lambda row: row[0].found_at, kind=MOMENT),
        Column(title=gettext("部门到场"), value=lambda row: row[0].dept_arrived_at, kind=MOMENT),
        Column(title=gettext("发现人离开"), value=lambda row: row[0].left_at, kind=MOMENT),
        Column(title=gettext("接手前离开"), value=lambda row: yes(left_before_relieved(row[0]))),
        Column(title=gettext("处置"), value=lambda row: row[0].handled_text),
        Column(title=gettext("向上级报告"), value=lambda row: row[0].superior_report),
        Column(title=gettext("上级决定"), value=lambda row: row[0].decision),
        Column(title=gettext("关闭"), value=lambda row: row[0].closed_at, kind=MOMENT),
    ]


def damage_columns() -> list[Column]:
    """Of a damage report, with its order's number."""
    return [
        Column(title=gettext("编号"), value=lambda row: row[0].number),
        Column(title=gettext("状态"), value=lambda row: label(row[0].state, "damage_state")),
        Column(title=gettext("工单"), value=lambda row: row.order_number),
        Column(title=gettext("损坏或丢失"), value=lambda row: label(row[0].kind, "damage_kind")),
        Column(title=gettext("物品"), value=lambda row: row[0].item),
        Column(title=gettext("报告人"), value=lambda row: row[0].reported_by),
        Column(title=gettext("报告时间"), value=lambda row: row[0].reported_at, kind=MOMENT),
        Column(title=gettext("客户要求"), value=lambda row: row[0].claim_fen, kind=MONEY),
        Column(title=gettext("赔付"), value=lambda row: row[0].amount_fen, kind=MONEY),
    ]


def visit_columns(names: Names) -> list[Column]:
    """Of a return visit and what it is about."""
    return [
        Column(title=gettext("回访"), value=lambda one: one.visit.number),
        Column(title=gettext("状态"), value=lambda one: label(one.visit.state, "visit_state")),
        Column(title=gettext("风险"), value=lambda one: 100 - one.visit.risk_place, kind=NUMBER),
        Column(
            title=gettext("为什么先访"),
            value=lambda one: "; ".join(map(visits_labels.explain, one.visit.risks or ())),
        ),
        Column(title=gettext("上门"), value=lambda one: yes(one.visit.on_site_wanted)),
        Column(title=gettext("客户"), value=lambda one: one.order and one.order.person.name),
        Column(title=gettext("电话"), value=lambda one: one.order and one.order.person.phone),
        Column(title=gettext("房号"), value=lambda one: one.order and one.order.unit.code),
        Column(title=gettext("来自"), value=lambda one: (one.order or one.complaint).number),
        Column(
            title=gettext("类别"),
            value=lambda one: one.order and label(one.order.category, "category"),
        ),
        Column(title=gettext("回访人"), value=lambda one: names.get(one.visit.assignee_id)),
        Column(title=gettext("最迟"), value=lambda one: one.visit.due_at, kind=MOMENT),
    ]


def queue_columns() -> list[Column]:
    """Of an order that waits for a reviewer."""
    return [
        Column(title=gettext("工单"), value=lambda one: one.order.number),
        Column(title=gettext("状态"), value=lambda one: label(one.order.state, "order_state")),
        Column(
            title=gettext("可疑度"),
            value=lambda one: one.assessment and one.assessment.score,
            kind=NUMBER,
        ),
        Column(
            title=gettext("疑点"),
            value=lambda one: (
                one.assessment and "; ".join(map(findings.explain, one.assessment.findings or ()))
            ),
        ),
        Column(title=gettext("房号"), value=lambda one: one.order.unit.code),
        Column(title=gettext("类别"), value=lambda one: label(one.order.category, "category")),
        Column(
            title=gettext("技工"),
            value=lambda one: one.order.technician and one.order.technician.name,
        ),
        Column(
            title=gettext("完工"),
            value=lambda one: one.order.finished_at or one.order.written_off_at,
            kind=MOMENT,
        ),
    ]


def asset_columns() -> list[Column]:
    """Of an asset."""
    return [
        Column(title=gettext("标签"), value=lambda row: row.asset.label),
        Column(title=gettext("类别"), value=lambda row: label(row.asset.kind, "category")),
        Column(title=gettext("品牌"), value=lambda row: row.asset.brand),
        Column(title=gettext("型号"), value=lambda row: row.asset.model),
        Column(title=gettext("序列号"), value=lambda row: row.asset.serial),
        Column(title=gettext("房号"), value=lambda row: row.unit_code),
        Column(title=gettext("位置"), value=lambda row: row.asset.place),
        Column(
            title=gettext("保修类别"),
            value=lambda row: row.warranty_class and row.warranty_class.code,
        ),
        Column(title=gettext("出厂日期"), value=lambda row: row.asset.factory_on),
        Column(title=gettext("启用日期"), value=lambda row: row.asset.first_use_on),
        Column(title=gettext("验收日期"), value=lambda row: row.asset.accepted_on),
        Column(title=gettext("培训到期"), value=lambda row: row.asset.retraining_since),
        Column(title=gettext("停用"), value=lambda row: row.asset.retired_at, kind=MOMENT),
    ]


def stock_columns() -> list[Column]:
    """Of an item of the warehouse."""
    return [
        Column(title=gettext("代码"), value=lambda item: item.code),
        Column(title=gettext("名称"), value=lambda item: item.name),
        Column(title=gettext("类别"), value=lambda item: label(item.kind, "thing")),
        Column(title=gettext("现有"), value=lambda item: _figure(item.stock_qty), kind=NUMBER),
        Column(title=gettext("单位"), value=lambda item: item.unit),
        Column(title=gettext("下限"), value=lambda item: _figure(item.minimum_qty), kind=NUMBER),
    ]


def plan_columns() -> list[Column]:
    """Of a preventive plan."""
    return [
        Column(title=gettext("计划"), value=lambda row: label(row.plan.kind, "plan")),
        Column(title=gettext("设备"), value=lambda row: row.asset.label),
        Column(title=gettext("房号"), value=lambda row: row.unit_code),
        Column(title=gettext("客户"), value=lambda row: row.person.name),
        Column(title=gettext("电话"), value=lambda row: row.person.phone),
        Column(title=gettext("内容"), value=lambda row: row.plan.content),
        Column(title=gettext("下次"), value=lambda row: row.plan.next_on),
    ]


def notice_columns() -> list[Column]:
    """Of a public notice."""
    return [
        Column(title=gettext("编号"), value=lambda row: row.number),
        Column(title=gettext("状态"), value=lambda row: label(row.state, "public_notice_state")),
        Column(title=gettext("种类"), value=lambda row: label(row.kind, "public_notice_kind")),
        Column(title=gettext("标题"), value=lambda row: row.title),
        Column(title=gettext("拟稿"), value=lambda row: row.drafted_at, kind=MOMENT),
        Column(title=gettext("张贴"), value=lambda row: row.published_at, kind=MOMENT),
        Column(title=gettext("要告知的住户"), value=lambda row: row.wanted, kind=NUMBER),
        Column(title=gettext("已告知"), value=lambda row: row.told, kind=NUMBER),
    ]


def decline_columns() -> list[Column]:
    """Of a declined request."""
    return [
        Column(title=gettext("登记号"), value=lambda row: row.number),
        Column(title=gettext("登记时间"), value=lambda row: row.registered_at, kind=MOMENT),
        Column(title=gettext("房号"), value=lambda row: row.unit),
        Column(title=gettext("客户"), value=lambda row: row.person),
        Column(title=gettext("电话"), value=lambda row: row.phone),
        Column(title=gettext("内容"), value=lambda row: row.content),
        Column(title=gettext("需要什么"), value=lambda row: row.demand_item),
        Column(title=gettext("试过什么"), value=lambda row: "; ".join(row.attempts)),
        Column(title=gettext("转告部门"), value=lambda row: row.department_informed),
        Column(title=gettext("已公告"), value=lambda row: row.announced_at, kind=MOMENT),
    ]


def escalation_columns(names: Names) -> list[Column]:
    """Of something that went up, with its order's number."""
    return [
        Column(title=gettext("编号"), value=lambda row: row[0].number),
        Column(title=gettext("工单"), value=lambda row: row.order_number),
        Column(title=gettext("上报给"), value=lambda row: label(row[0].level, "level")),
        Column(title=gettext("原因"), value=lambda row: label(row[0].reason, "reason")),
        Column(title=gettext("上报时间"), value=lambda row: row[0].opened_at, kind=MOMENT),
        Column(title=gettext("决定期限"), value=lambda row: row[0].due_at, kind=MOMENT),
        Column(
            title=gettext("决定"),
            value=lambda row: row[0].decision and label(row[0].decision, "decision"),
        ),
        Column(title=gettext("理由"), value=lambda row: row[0].decision_text),
        Column(title=gettext("决定人"), value=lambda row: names.get(row[0].decided_by)),
        Column(title=gettext("决定时间"), value=lambda row: row[0].decided_at, kind=MOMENT),
    ]


def capacity_columns() -> list[Column]:
    """Of an application for a stronger supply, with its order's number."""
    return [
        Column(title=gettext("工单"), value=lambda row: row.order_number),
        Column(title=gettext("回路"), value=lambda row: row[0].circuit),
        Column(title=gettext("负荷 / 额定(A)"), value=lambda row: _loads(row[0])),
        Column(title=gettext("客户的要求"), value=lambda row: row[0].wish),
        Column(title=gettext("申请时间"), value=lambda row: row[0].applied_at, kind=MOMENT),
        Column(
            title=gettext("决定"),
            value=lambda row: row[0].decision and label(row[0].decision, "capacity_decision"),
        ),
        Column(title=gettext("理由"), value=lambda row: row[0].decision_text),
    ]


def alert_columns() -> list[Column]:
    """Of a row of `server.alerts.listing`."""
    return [
        Column(title=gettext("提醒"), value=lambda row: label(row[0].kind, "alert")),
        Column(title=gettext("种类"), value=lambda row: label(row[0].subject_kind, "subject_kind")),
        Column(title=gettext("编号"), value=lambda row: row[0].subject),
        Column(title=gettext("地点"), value=lambda row: row[0].data.get("place")),
        Column(title=gettext("技工"), value=lambda row: row[0].data.get("technician")),
        Column(title=gettext("发出时间"), value=lambda row: row[0].raised_at, kind=MOMENT),
    ]


def yes(value: object) -> str | None:
    """Yes, or an empty cell."""
    return gettext("是") if value else None


def _loads(one: CapacityApplication) -> str:
    return f"{qty(one.load_a)} / {qty(one.rating_a)}"


def _figure(value: Any) -> Any:
    return float(qty(value))
