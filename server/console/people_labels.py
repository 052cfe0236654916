"""What shifts, hand-overs, days and the audience of a notice are called."""

from __future__ import annotations

from server.console.wording import marked

SHIFT_PATTERN = {
    "early": marked("早班"),
    "late": marked("中班"),
    "night": marked("夜班"),
}
LEFT_OPEN = {
    "no_reply": marked("还没有回复客户"),
    "not_dispatched": marked("还没有派工"),
    "not_acknowledged": marked("技工还没有接单"),
    "hazard": marked("还没有排除的隐患"),
    "promise": marked("答应客户的上门时间"),
    "next_contact": marked("答应再联系客户"),
    "alert": marked("提醒"),
}
AUDIENCE = {
    "all": marked("全部手持机"),
    "licence": marked("持有某项资格的技工"),
    "chosen": marked("指定的技工"),
}
WEEKDAY = {
    "0": marked("周一"),
    "1": marked("周二"),
    "2": marked("周三"),
    "3": marked("周四"),
    "4": marked("周五"),
    "5": marked("周六"),
    "6": marked("周日"),
}
