"""What the house itself once wrote down in its own words, for whoever reads it now.

How an alert was resolved and why an assignment ended are stored as they were put: a code, both
languages at once, or a sentence with a name in it. What people wrote is known by none of these and
is shown as it is.
"""

from __future__ import annotations

import re

from server.console import complaint_labels
from server.console.wording import gettext, marked

#: how an alert was resolved, where it is not a decision (`DECISION`, `CAPACITY_DECISION`)
RESOLUTION = {
    **complaint_labels.STATE,
    **complaint_labels.CLUSTER_OUTCOME,
    "done": marked("已办"),
    "dispatched": marked("已派工"),
    "resumed": marked("已恢复施工"),
    "decided": marked("已决定"),
    "changed": marked("内容有变,另行提醒"),
    "taken back": marked("已收回"),
    "refilled": marked("已补足"),
    "settled": marked("已了结"),
    "all paid": marked("已全部收款"),
    "submitted": marked("已提交"),
    "approved": marked("已批准"),
    "returned": marked("已退回"),
    "refused": marked("未批准"),
    "price approved": marked("价格已批准"),
    "clock right": marked("钟已准"),
    "raised": marked("已再上报"),
    "客户已验收签名 signed by the customer": marked("客户已验收签名"),
    "已到下一次 the next one is due": marked("已到下一次"),
    "计划已停用 the plan is paused": marked("计划已停用"),
}
#: why the house itself took an order back, or a request ended
REASON = {
    "撤销 undo": marked("撤销上一步"),
    "客户不接受新时间 new time refused": marked("客户不接受新时间"),
}
#: table -> sentences with a gap, as they are stored and as they are said
SENTENCES: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "resolution": (
        (re.compile("confirmed by (?P<name>.+)"), marked("%(name)s 已确认接班")),
        (re.compile("received by (?P<name>.+)"), marked("%(name)s 已签收")),
    ),
    "reason": (
        (re.compile("改派 reassigned: (?P<name>.+)"), marked("改派给 %(name)s")),
        (
            re.compile(r"(?P<count>\d+) 分钟未接单 not acknowledged within (?P=count) minutes"),
            marked("%(count)s 分钟未接单"),
        ),
        (re.compile("手持机遗失 handheld lost: (?P<name>.+)"), marked("手持机 %(name)s 遗失")),
    ),
}


def as_said(text: str, table: str) -> str:
    """A stored sentence in the reader's language; any other text as it is."""
    for stored, words in SENTENCES.get(table, ()):
        if found := stored.fullmatch(text):
            return gettext(words, **found.groupdict())
    return text
