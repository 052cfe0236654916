"""What assets, their warranty, proposals and preventive plans are called on the screen."""

from __future__ import annotations

from server.console.wording import marked

ALERT = {
    "clock.on_site_24h": marked("报修满 24 小时,还没有人到场"),
    "clock.stand_by": marked("报修满 48 小时未修复,请安排备用机"),
    "clock.repair_60d": marked("报修满 60 天未修复"),
    "clock.preventive": marked("保养计划到期"),
    "replacement.proposed": marked("建议更换设备,等待决定"),
    "preventive.call_due": marked("该给客户打回访电话了"),
}
KINDS = {
    "request.no_reply_owed": marked("按计划登记,无须答复"),
    "order.asset_linked": marked("关联设备"),
    "order.warranty_ruled": marked("保修认定"),
    "asset.registered": marked("登记设备"),
    "asset.changed": marked("更改设备资料"),
    "asset.retired": marked("设备停用"),
    "asset.document_added": marked("登记设备文件"),
    "asset.document_arrived": marked("补上设备文件"),
    "asset.trained": marked("培训操作人员"),
    "asset.operator_changed": marked("操作人员变动"),
    "asset.warranty_checked": marked("核对保修"),
    "warranty_class.made": marked("新的保修类别"),
    "warranty_class.changed": marked("更改保修类别"),
    "replacement.proposed": marked("建议更换"),
    "replacement.decided": marked("更换建议已有决定"),
    "preventive.planned": marked("新的保养计划"),
    "preventive.paused": marked("保养计划停用"),
    "preventive.resumed": marked("保养计划恢复"),
    "preventive.due": marked("保养计划到期"),
    "preventive.called": marked("已打回访电话"),
}
GROUND = {
    "first_use": marked("启用日期"),
    "factory": marked("出厂日期"),
    "acceptance": marked("验收日期"),
}
WHY_NOT = {
    "over": marked("保修已过期"),
    "not_begun": marked("保修还没有开始"),
    "no_date": marked("没有可以起算的日期"),
    "case": marked("现场认定须收费"),
}
FINDING = {
    "misuse": marked("使用不当(收费)"),
    "altered": marked("改动过(收费)"),
    "unused_return": marked("未使用,退换(免费)"),
    "transport_damage": marked("运输损坏(免费)"),
    "wrong_delivery": marked("发错货(免费)"),
    "confirmed": marked("服务人员确认免费"),
}
BASIS = {
    "either": marked("任一未过即免费"),
    "earliest": marked("先到期者为准"),
}
PLAN = {
    "call_back": marked("每月回访电话"),
    "maintenance": marked("每季保养"),
    "service": marked("每年检修"),
}
OUTCOME = {
    "done": marked("已完成"),
    "open": marked("待完成"),
    "missed": marked("未做"),
}
WHY_REPLACE = {
    "repeat_repair": marked("同一故障修过两次仍未修好"),
    "open_60_days": marked("报修满 60 天未修复"),
}
REPLACEMENT_DECISION = {
    "replace": marked("更换"),
    "repair_on": marked("继续维修"),
    "refund": marked("退款(由财务核算)"),
}
TABLES = {
    "ground": GROUND,
    "why_not": WHY_NOT,
    "finding": FINDING,
    "basis": BASIS,
    "plan": PLAN,
    "plan_outcome": OUTCOME,
    "why_replace": WHY_REPLACE,
    "replacement_decision": REPLACEMENT_DECISION,
}
