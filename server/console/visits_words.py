"""Tables of words of return visits, for the tables of all labels."""

from __future__ import annotations

from server.console.wording import marked

STATE = {
    "pending": marked("待回访"),
    "assigned": marked("已安排"),
    "satisfied": marked("满意"),
    "dissatisfied": marked("不满意"),
    "unreachable": marked("联系不上"),
    "rectifying": marked("整改中"),
    "done": marked("完成"),
}
PURPOSE = {
    "service": marked("服务回访"),
    "complaint": marked("投诉回访"),
    "lost_contact": marked("失联客户回访"),
    "survey": marked("调查回访"),
}
METHOD = {
    "on_site": marked("上门"),
    "phone": marked("电话"),
    "other": marked("其他方式"),
}
CAUSE = {
    "speed": marked("速度"),
    "attitude": marked("态度"),
    "quality": marked("质量"),
    "price": marked("价格"),
    "time": marked("时间不便"),
    "other": marked("其他原因"),
}
ASKED = {
    "customer": marked("问了客户"),
    "record": marked("查了记录"),
}
TAB = {
    "mine": marked("归我的"),
    "all": marked("全部待访"),
    "on_site": marked("要上门的"),
    "rectifying": marked("整改中"),
    "unreachable": marked("联系不上"),
    "done": marked("已完成"),
}
GREETING = {
    "morning": marked("早上好!这里是客户服务中心,我是 …,想就最近的维修回访您,占用您两分钟,方便吗?"),
    "plain": marked("您好!这里是客户服务中心,我是 …,想就最近的维修回访您,占用您两分钟,方便吗?"),
    "new_year": marked(
        "新年好!这里是客户服务中心,我是 …,想就最近的维修回访您,占用您两分钟,方便吗?"
    ),
    "labour_day": marked(
        "劳动节快乐!这里是客户服务中心,我是 …,想就最近的维修回访您,占用您两分钟,方便吗?"
    ),
    "national_day": marked(
        "国庆快乐!这里是客户服务中心,我是 …,想就最近的维修回访您,占用您两分钟,方便吗?"
    ),
}
QUESTIONS = (
    marked("修的地方现在好用吗?有没有再出过毛病?"),
    marked("师傅来得及时吗?约的时间守了吗?"),
    marked("师傅的态度和现场清理您满意吗?"),
    marked("收费事先说清楚了吗?和签字的一样吗?"),
    marked("还有什么意见或要我们做的?"),
)

TABLES: dict[str, dict[str, str]] = {
    "visit_state": STATE,
    "visit_purpose": PURPOSE,
    "visit_method": METHOD,
    "visit_cause": CAUSE,
    "visit_asked": ASKED,
    "visit_tab": TAB,
}
