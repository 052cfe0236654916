"""Names of what a reviewer's desk shows: tabs of the queue, moments, findings that are counted."""

from __future__ import annotations

from server.console.wording import marked
from server.quality import suspicion
from server.work_orders.parts import Difference

#: one of the moments of an order that cannot be in this order
MOMENT = {
    "arrived_at": marked("到场"),
    "inspected_at": marked("勘查"),
    "quote_confirmed_at": marked("确认价格"),
    "finished_at": marked("完工"),
    "accepted_at": marked("验收"),
}
TAB = {
    "chosen": marked("要评审"),
    "waiting": marked("全部待评审"),
    "returned": marked("退回未补做"),
}
#: findings that say how often and at which steps
COUNTED = {
    suspicion.FAILED: marked("%(count)s 个读数超限:%(steps)s"),
    suspicion.WARNED: marked("%(count)s 个读数接近限值:%(steps)s"),
    suspicion.OVERRIDDEN: marked("%(count)s 处准许偏离:%(steps)s"),
    suspicion.DUPLICATE: marked("%(count)s 张照片像是重复使用:%(steps)s"),
    suspicion.BLURRED: marked("%(count)s 张照片模糊:%(steps)s"),
    suspicion.DARK: marked("%(count)s 张照片过暗:%(steps)s"),
    suspicion.BEFORE_ARRIVAL: marked("%(count)s 张照片早于到场:%(steps)s"),
    suspicion.AFTER_FINISH: marked("%(count)s 张照片晚于完工:%(steps)s"),
    suspicion.CAMERA_TIME: marked("%(count)s 张照片的相机时间不符:%(steps)s"),
    suspicion.UNREADABLE: marked("%(count)s 张照片无法处理:%(steps)s"),
    suspicion.BACKWARDS: marked("%(count)s 次记录时间倒退:%(steps)s"),
}
#: quote against what was drawn and used (ST3)
DIFFERENCES = {
    Difference.USED_NOT_BILLED: marked("用了的比报价的多"),
    Difference.BILLED_NOT_USED: marked("报价的比用了的多"),
    Difference.NOT_DRAWN: marked("报了价,没有领料记录"),
    Difference.STILL_OUT: marked("还没有退还"),
}
