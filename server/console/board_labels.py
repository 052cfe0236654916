"""What the board calls its lanes and its views."""

from __future__ import annotations

from server.console.wording import marked

VIEW = {
    "lanes": marked("按状态"),
    "technicians": marked("按技工"),
    "day": marked("一天的预约"),
}
LANE = {
    "to_dispatch": marked("待派工"),
    "to_acknowledge": marked("待接单"),
    "on_the_way": marked("待到场"),
    "at_work": marked("现场施工"),
    "stuck": marked("暂停与上报"),
    "to_accept": marked("待客户验收"),
    "to_write_off": marked("待核销"),
}
ASSIGNMENT_MODE = {
    "by_hand": marked("指派"),
    "in_turn": marked("轮派"),
    "open_pool": marked("抢单"),
}
ABSENCE = {
    "leave": marked("休假"),
    "sick": marked("病假"),
    "training": marked("培训"),
    "other": marked("不在岗"),
}
