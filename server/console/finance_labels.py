"""What the words of money are called on the screen."""

from __future__ import annotations

from server.console.wording import marked

ENTRY_STATE = {
    "unbilled": marked("未入账"),
    "registered": marked("已登记"),
    "reported": marked("已报审"),
    "approved": marked("已审核"),
    "noticed": marked("已列通知"),
    "paid": marked("已收"),
    "overdue": marked("催缴中"),
    "waived": marked("减免"),
}
REPORT_STATE = {
    "draft": marked("草稿"),
    "submitted": marked("已报审"),
    "returned": marked("已退回"),
    "approved": marked("已审核"),
}
PAYMENT_METHOD = {
    "monthly_notice": marked("月结"),
    "cash": marked("现金"),
    "transfer": marked("转账"),
    "mobile_pay": marked("移动支付"),
    "free_of_charge": marked("免费"),
}
PAID_BY = {key: PAYMENT_METHOD[key] for key in ("mobile_pay", "transfer", "cash")}
REMINDER = {
    "phone": marked("电话"),
    "visit": marked("上门"),
    "letter": marked("书面"),
    "other": marked("其他"),
}
DIFFERENCE = {
    "unregistered": marked("第三联未登记"),
    "held": marked("暂不入账,等经理决定或客户补签"),
    "waiver_undecided": marked("减免申请未决定"),
    "does_not_add_up": marked("人工加材料减去减免,不等于应收"),
    "order_says_otherwise": marked("工单上的应收与账上不同"),
    "month_not_over": marked("本月还没有结束,之后核销的工单计入下月"),
}
TABLES = {
    "entry_state": ENTRY_STATE,
    "report_state": REPORT_STATE,
    "payment_method": PAYMENT_METHOD,
    "paid_by": PAID_BY,
    "reminder": REMINDER,
    "difference": DIFFERENCE,
}
ALERT = {
    "finance_report.submitted": marked("财务收费报表待审核"),
    "finance_report.returned": marked("财务收费报表已退回"),
    "fee_notices.overdue": marked("缴费通知逾期未缴"),
    "billing.order_says_otherwise": marked("月报上报之后,工单的应收有变"),
    "waiver.asked": marked("减免申请,等待决定"),
    "clock.fee_due": marked("缴费期限已过"),
}
KINDS = {
    "billing.registered": marked("第三联登记"),
    "billing.corrected": marked("更正付款方式"),
    "waiver.asked": marked("申请减免"),
    "waiver.approved": marked("同意减免"),
    "waiver.refused": marked("不同意减免"),
    "report.made": marked("生成收费报表"),
    "report.submitted": marked("报表报审"),
    "report.approved": marked("报表审核通过"),
    "report.returned": marked("报表退回"),
    "report.notices_issued": marked("发出缴费通知"),
    "fee_notice.issued": marked("列入缴费通知"),
    "fee_notice.delivered": marked("通知送达"),
    "fee_notice.reminded": marked("催缴"),
    "fee_notice.paid": marked("收款"),
    "fee_notice.overdue": marked("逾期未缴"),
}
