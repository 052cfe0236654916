"""Words of price lists, public notices and messages, in Chinese; the English stands in notices.po."""

from __future__ import annotations

from server.console.wording import marked

LIST_STATE = {
    "draft": marked("草稿"),
    "submitted": marked("待批准"),
    "published": marked("已发布"),
    "withdrawn": marked("已作废"),
}
PRICE_CHANGE = {
    "new": marked("新增"),
    "gone": marked("取消"),
    "dearer": marked("涨价"),
    "cheaper": marked("降价"),
    "reworded": marked("说明有变"),
}
PUBLIC_NOTICE_STATE = {
    "draft": marked("草稿"),
    "published": marked("已张贴"),
    "withdrawn": marked("已撤下"),
}
PUBLIC_NOTICE_KIND = {
    "new_service": marked("新服务开通"),
    "complaint_handling": marked("投诉处理情况"),
    "other": marked("其他公告"),
}
MESSAGE_KIND = {
    "notice": marked("来信"),
    "review_result": marked("评审结果"),
    "order": marked("工单消息"),
    "complaint": marked("投诉与整改"),
    "system": marked("系统消息"),
}
READ_ON = {
    "console": marked("电脑上"),
    "handheld": marked("手持机上"),
    "mail": marked("邮件里"),
}
TABLES = {
    "list_state": LIST_STATE,
    "price_change": PRICE_CHANGE,
    "public_notice_state": PUBLIC_NOTICE_STATE,
    "public_notice_kind": PUBLIC_NOTICE_KIND,
    "message_kind": MESSAGE_KIND,
    "read_on": READ_ON,
}
