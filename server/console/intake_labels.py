"""Words of the intake: what hangs on a riser, and what is often said to customers."""

from __future__ import annotations

from server.console.wording import gettext, marked

SUPPLY = {
    "water": marked("供水"),
    "electric": marked("供电"),
    "lift": marked("电梯"),
}
WARRANTY = {
    "paid": marked("收费"),
    "in_warranty": marked("保修期内"),
    "misuse": marked("使用不当"),
    "expired": marked("已过保修期"),
    "altered": marked("改动过"),
    "goodwill": marked("优惠免费"),
}
#: Said to customers every day; put into the field, then changed as the case wants.
CANNED_REPLIES = (
    marked("您报的事已登记,我们正在安排师傅,稍后给您回电确认时间。"),
    marked("师傅已安排好,会在约定的时间前到,请家里留人。"),
    marked("这一片的同类故障已在集中抢修,修好后马上告诉您。"),
    marked("请先关好阀门,人离开现场,不要碰开关;师傅马上就到。"),
    marked("让您久等了,非常抱歉;我马上再催一次。"),
)


def canned_replies() -> list[str]:
    """The texts in the language of this request."""
    return [gettext(text) for text in CANNED_REPLIES]
