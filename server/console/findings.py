"""What speaks against an order's evidence, in sentences that a reviewer reads at a glance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.console.formats import money
from server.console.labels import label
from server.console.quality_labels import COUNTED, MOMENT
from server.console.wording import gettext
from server.quality import suspicion


def explain(finding: Mapping[str, Any]) -> str:
    """A stored finding as a sentence; a code that has no words yet is shown as it is."""
    code, values = str(finding["code"]), finding.get("values", {})
    if code in COUNTED:
        steps = gettext("、").join(values["steps"]) or gettext("整单")
        return gettext(COUNTED[code], count=values["count"], steps=steps)
    words = _WORDS.get(code)
    return words(values) if words else code


def _missing(values: Mapping[str, Any]) -> str:
    photos = gettext("、").join(_photo(name) for name in values["photos"])
    return gettext("缺 %(count)s 项证据:%(photos)s", count=values["count"], photos=photos)


def _photo(name: str) -> str:
    step, _, tag = name.rpartition("/")
    if tag == "signature":
        return gettext("签名")
    return f"{step} {label(tag, 'tag')}".strip()


def _disorder(values: Mapping[str, Any]) -> str:
    pairs = [
        gettext(
            "%(later)s早于%(earlier)s",
            later=gettext(MOMENT[later]),
            earlier=gettext(MOMENT[earlier]),
        )
        for earlier, later in values["pairs"]
    ]
    return gettext("时间顺序不对:%(pairs)s", pairs=gettext("、").join(pairs))


def _unsigned(values: Mapping[str, Any]) -> str:
    return gettext("没有客户签名:%(why)s", why=label(values["why"], "unsigned"))


def _charged(values: Mapping[str, Any]) -> str:
    return gettext(
        "%(checks)s 项检查全部合格,却收费 %(money)s",
        checks=values["checks"],
        money=money(values["charge_fen"]),
    )


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    suspicion.MISSING: _missing,
    suspicion.LATE: lambda values: gettext(
        "%(count)s 项证据迟到,最晚在完工后 %(hours)s 小时",
        count=values["count"],
        hours=values["hours"],
    ),
    suspicion.DISORDER: _disorder,
    suspicion.SKEW: lambda values: gettext("手持机的钟偏差 %(count)s 秒", count=values["seconds"]),
    suspicion.TOO_SHORT: lambda values: gettext(
        "现场只用 %(minutes)s 分钟,同类通常 %(usual)s 分钟",
        minutes=values["minutes"],
        usual=values["usual"],
    ),
    suspicion.NOTHING_FAILED: _charged,
    suspicion.STROKES: lambda values: gettext(
        "签名笔迹与 %(orders)s 上别人的相同", orders=gettext("、").join(values["orders"])
    ),
    suspicion.OWN_STROKES: lambda values: gettext(
        "签名笔迹与 %(orders)s 完全一样", orders=gettext("、").join(values["orders"])
    ),
    suspicion.UNSIGNED: _unsigned,
}
