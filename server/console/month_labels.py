"""What the steps, lists and counts of a month and week are called."""

from __future__ import annotations

from server.console.wording import marked

MONTH_STEP = {
    "slips": marked("移交全月工单"),
    "visits": marked("完成回访"),
    "finance_report": marked("做收费报表"),
    "review": marked("审核收费报表"),
    "notices": marked("出缴费通知"),
    "summary": marked("填统计汇总表"),
    "archive": marked("归档"),
}
MONTH_STEP_ABOUT = {
    "slips": marked("1 日前把全月工单整理好,连同缺号说明交给文员或财务。"),
    "visits": marked("10 日前回访完上月全部办结工单。"),
    "finance_report": marked("财务核对每张单的费用,做报表报总物业经理。"),
    "review": marked("总物业经理审核;通过以前不能出通知。"),
    "notices": marked("把费用连同单号列入各户的管理费通知。"),
    "summary": marked("统计服务和投诉,写明原因和措施,报总物业经理。"),
    "archive": marked("已回访、已结费的工单和已办结的投诉归档,只能查看。"),
}
STEP_COUNT = {
    "slips": marked("工单"),
    "gaps": marked("缺号"),
    "due": marked("应办"),
    "visited": marked("已回访"),
    "entered": marked("已入账"),
    "archived": marked("已归档工单"),
    "can_be_archived": marked("可归档工单"),
    "complaints": marked("待归档投诉"),
}
STEP_STATE = {
    "given": marked("已移交,等待签收"),
    "received": marked("已签收"),
    "draft": marked("草稿"),
    "submitted": marked("已提交"),
    "returned": marked("被退回"),
    "approved": marked("审核通过"),
    "made": marked("已生成,等待填写"),
    "read": marked("总物业经理已阅"),
}
STEP_BUTTON = {
    "slips": marked("移交"),
    "finance_report": marked("生成收费报表"),
    "notices": marked("发出缴费通知"),
    "summary": marked("生成汇总表"),
    "archive": marked("归档这个月"),
}
SLIP_GAP = {
    "cancelled": marked("客户取消"),
    "void": marked("开错作废"),
    "later": marked("以后的月份办结"),
    "created": marked("还没有派工"),
    "dispatched": marked("还没有接单"),
    "acknowledged": marked("还没有到场"),
    "on_site": marked("还在现场"),
    "quoted": marked("等待确认价格"),
    "in_progress": marked("还在施工"),
    "suspended": marked("暂停中"),
    "awaiting_acceptance": marked("等待客户验收"),
    "rework": marked("还在返工"),
    "escalated": marked("等待经理决定"),
    "accepted": marked("还没有核销"),
    "cancel_pending": marked("取消,还没有核销"),
}
WEEKLY_COUNT = {
    "registered": marked("登记诉求"),
    "judged": marked("判别诉求"),
    "replied": marked("回复诉求"),
    "issued": marked("开工单"),
    "dispatched": marked("派工次数"),
    "written_off": marked("核销工单"),
    "visits": marked("做回访"),
    "complaints": marked("办投诉"),
    "slips": marked("交接回单"),
}
VISIT_CAUSE = {
    "speed": marked("来得慢"),
    "attitude": marked("态度"),
    "quality": marked("质量"),
    "price": marked("价格"),
    "time": marked("时间不合适"),
    "other": marked("其他"),
}
COMPLAINT_VALIDITY = {
    "valid": marked("有效"),
    "invalid": marked("无效"),
    "undetermined": marked("未判定"),
}
COMPLAINT_CHANNEL = {
    "phone": marked("电话"),
    "visit": marked("来访"),
    "letter": marked("来信"),
    "online": marked("网络"),
    "petition": marked("上访"),
    "other": marked("其他"),
}
PAYMENT = {
    "monthly_notice": marked("随管理费通知"),
    "cash": marked("现金"),
    "transfer": marked("转账"),
    "mobile_pay": marked("手机支付"),
    "free_of_charge": marked("免费"),
}
#: what a figure of a month is counted by, and the list of names of its words
FIGURE_GROUP = {
    "satisfied_item": marked("满意最多的项目"),
    "dissatisfied_item": marked("不满意最多的项目"),
    "cause": marked("不满意的原因"),
    "channel": marked("按渠道"),
    "target": marked("按性质"),
    "validity": marked("按判定"),
    "category": marked("按类别"),
    "building": marked("按楼栋"),
    "payment_method": marked("按付款方式"),
}
WORDS_OF_GROUP = {
    "satisfied_item": "category",
    "dissatisfied_item": "category",
    "cause": "visit_cause",
    "channel": "complaint_channel",
    "target": "target",
    "validity": "complaint_validity",
    "category": "category",
    "building": "building",
    "payment_method": "payment",
}
FIGURE_GOAL = {
    "K-09": marked("目标:10 日前 100 %"),
    "K-10": marked("目标:当月办结数的 5 %,进一取整"),
    "K-11": marked("目标:客服经理和总物业经理各 3 次"),
    "K-12": marked("目标:客服经理 3 次,总物业经理 1 次"),
    "K-13": marked("目标:全部由客服经理上门"),
    "K-14": marked("只报告"),
    "K-15": marked("只报告数量"),
    "K-16": marked("目标:没有逾期的"),
    "K-17": marked("目标:每份都按时"),
    "K-18": marked("目标:通知与工单没有差额"),
    "K-19": marked("目标:没有,工具一天内归还"),
    "K-21": marked("目标:没有人提前离开"),
    "K-22": marked("只报告,没有目标"),
}

TABLES: dict[str, dict[str, str]] = {
    "month_step": MONTH_STEP,
    "month_step_about": MONTH_STEP_ABOUT,
    "step_count": STEP_COUNT,
    "step_state": STEP_STATE,
    "step_button": STEP_BUTTON,
    "slip_gap": SLIP_GAP,
    "weekly_count": WEEKLY_COUNT,
    "visit_cause": VISIT_CAUSE,
    "complaint_validity": COMPLAINT_VALIDITY,
    "complaint_channel": COMPLAINT_CHANNEL,
    "payment": PAYMENT,
    "figure_group": FIGURE_GROUP,
    "figure_goal": FIGURE_GOAL,
    "building": {},
}
