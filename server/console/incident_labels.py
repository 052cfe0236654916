"""What alerts of this part, states of a damage report, and answers to an application are called."""

from __future__ import annotations

from server.console.wording import marked

ALERT = {
    "incident.keeps_technician": marked("技工留守事件现场,请与客户另约时间"),
    "incident.reported": marked("事件已报上级,等待决定"),
    "incident.raised": marked("事件已再上报,等待决定"),
    "capacity.applied": marked("增容申请,等待决定"),
    "capacity.decided": marked("增容申请已有决定,请告诉客户"),
}
TABLES: dict[str, dict[str, str]] = {
    "damage_state": {
        "reported": marked("已报损"),
        "assessing": marked("分析中"),
        "negotiating": marked("协商中"),
        "settled": marked("已谈妥"),
    },
    "damage_kind": {
        "damage": marked("损坏"),
        "loss": marked("丢失"),
    },
    "damage_part": {
        "technology": marked("技术"),
        "cost": marked("费用"),
        "risk": marked("风险"),
        "opinion": marked("意见"),
    },
    "capacity_decision": {
        "granted": marked("同意增容"),
        "refused": marked("不同意增容"),
    },
    "incident_outcome": {
        "closed": marked("关闭"),
        "raised": marked("再向上报"),
    },
}
