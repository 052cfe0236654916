"""What the manager's figures are called, and what each of them counts."""

from __future__ import annotations

from server.console.wording import marked

FIGURE = {
    "K-01": marked("按时回复"),
    "K-02": marked("派工用时"),
    "K-03": marked("接单用时"),
    "K-04": marked("按约到场"),
    "K-05": marked("一次验收合格"),
    "K-06": marked("返工与上报"),
    "K-07": marked("取消与核销"),
    "K-08": marked("婉拒的需求"),
    "K-20": marked("证据一次通过"),
    "K-23": marked("尚无结果"),
    "K-24": marked("同步延迟"),
}
FIGURE_ABOUT = {
    "K-01": marked("当日登记的诉求中,在时限内回复客户的比例;刚好到时限算按时。"),
    "K-02": marked("当日开的工单,从登记到第一次派工:九成在此时间内。"),
    "K-03": marked("当日派出的工单,从派工到技工接单:九成在此时间内。"),
    "K-04": marked("当日到场且有预约的工单,不晚于预约到场的比例;因公区事件迟到的不计。"),
    "K-05": marked("当日验收的工单中,没有返工的比例。"),
    "K-06": marked("当日验收的工单,每百单返工的次数,以及上报的比例。"),
    "K-07": marked("当日取消的工单占当日开单的比例;取消的单应当天核销。"),
    "K-08": marked("当日登记的诉求中,未能提供而婉拒的比例。"),
    "K-20": marked("当日首次评审的工单中,一次通过的比例;旁边是当日验收工单的证据问题。"),
    "K-23": marked("到当日结束仍没有结果的诉求、工单和公区事件。"),
    "K-24": marked("当日收到的现场记录,从手持机到服务器:95% 在此时间内。"),
}
FIGURE_PART = {
    "median": marked("中位"),
    "excused": marked("因故迟到,不计"),
    "rounds": marked("返工次数"),
    "level_1": marked("上报客服经理"),
    "level_2": marked("上报总物业经理"),
    "cancelled": marked("取消数"),
    "same_day": marked("当天核销"),
    "out_of_limit": marked("读数超限"),
    "duplicate_photo": marked("近似照片"),
    "no_isolation": marked("缺隔离照片"),
    "older": marked("超过 30 天"),
    "longest": marked("最长"),
}
FIGURE_NOTE = {
    "passed": marked("一次通过"),
    "returned": marked("已退回补做"),
    "failed": marked("评审不合格"),
    "out_of_limit": marked("读数超限"),
    "duplicate_photo": marked("近似照片"),
    "no_isolation": marked("缺隔离照片"),
    "incident": marked("在处理公区事件"),
    "by_decision": marked("经理决定结单"),
    "L1": marked("上报客服经理"),
    "L2": marked("上报总物业经理"),
    "L1+L2": marked("先后上报客服经理和总物业经理"),
}
FIGURE_VERDICT = {
    "missed": marked("未达"),
    "waiting": marked("还在时限内"),
    "counted": marked("计入"),
    "excused": marked("因故,不计"),
    "met": marked("达到"),
}
#: what the value beside an order is
FIGURE_VALUE = {
    "K-01": marked("登记到回复"),
    "K-02": marked("登记到派工"),
    "K-03": marked("派工到接单"),
    "K-04": marked("早于或晚于预约"),
    "K-05": marked("返工次数"),
    "K-06": marked("返工次数"),
    "K-07": marked("取消到核销"),
    "K-20": marked("个数"),
    "K-23": marked("已开"),
    "K-24": marked("最长延迟"),
}
SUBJECT = {
    "request": marked("诉求"),
    "order": marked("工单"),
    "incident": marked("公区事件"),
}
AGE = {
    "today": marked("当天"),
    "days_3": marked("3 天内"),
    "days_7": marked("7 天内"),
    "days_30": marked("30 天内"),
    "older": marked("超过 30 天"),
}

FIGURE_TABLES = {
    "figure": FIGURE,
    "figure_about": FIGURE_ABOUT,
    "figure_part": FIGURE_PART,
    "figure_note": FIGURE_NOTE,
    "figure_verdict": FIGURE_VERDICT,
    "figure_value": FIGURE_VALUE,
    "figure_subject": SUBJECT,
    "figure_age": AGE,
}
