"""Why a technician is offered for an order, or is not, in words."""

from __future__ import annotations

from server.console.formats import brief
from server.console.labels import label
from server.console.wording import gettext, marked
from server.work_orders.suggesting import Reason

_PLAIN = {
    "off_duty": marked("不当班"),
    "same_building": marked("正在同一栋"),
    "offline": marked("离线"),
    "qualified": marked("有资格"),
}


def spoken(reason: Reason) -> str:
    """One reason for or against a technician, as it is shown beside his name."""
    values = reason.values
    match reason.code:
        case "lacks_licence":
            kinds = (label(kind, "qualification") for kind in values["kinds"])
            return gettext("没有%(licences)s", licences=gettext("、").join(kinds))
        case "absent":
            return label(values["reason"], "absence")
        case "busy_then":
            at, number = brief(values["at"]), values["number"]
            return gettext("%(time)s 已约 %(number)s", time=at, number=number)
        case "load":
            return gettext("手上 %(count)s 单", count=values["count"])
    return gettext(_PLAIN[reason.code])
