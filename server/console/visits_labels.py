"""Words of return visits: states, ways, reasons, risks in sentences, and the caller's script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.console.formats import money
from server.console.labels import label
from server.console.visits_words import GREETING, QUESTIONS
from server.console.wording import gettext
from server.return_visits import risk


def explain(found: Mapping[str, Any]) -> str:
    """A stored risk as a sentence; a code that has no words yet is shown as it is."""
    code, values = str(found["code"]), found.get("values", {})
    words = _WORDS.get(code)
    return words(values) if words else code


def greeted(word: str) -> str:
    """The greeting in the reader's language."""
    return gettext(GREETING[word])


def questions() -> list[str]:
    """What is asked, in this order."""
    return [gettext(one) for one in QUESTIONS]


def _low_rating(values: Mapping[str, Any]) -> str:
    axis = label(values["axis"], "rating_axis")
    return gettext("客户给“%(axis)s”打了 %(stars)s 星", axis=axis, stars=values["stars"])


def _repeats(values: Mapping[str, Any]) -> str:
    return gettext(
        "这一户 %(days)s 天内同类已修过 %(count)s 次:%(orders)s",
        days=values["days"],
        count=values["count"],
        orders=gettext("、").join(values["orders"]),
    )


def _price(values: Mapping[str, Any]) -> str:
    return gettext(
        "收费 %(charge)s,同类一般 %(usual)s",
        charge=money(values["charge_fen"]),
        usual=money(values["usual_fen"]),
    )


def _unsigned(values: Mapping[str, Any]) -> str:
    by_decision = values["why"] == "decision"
    why = gettext("经理决定结单") if by_decision else label(values["why"], "unsigned")
    return gettext("没有客户签名:%(why)s", why=why)


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    risk.LOW_RATING: _low_rating,
    risk.REPEAT_FAULT: _repeats,
    risk.GAS: lambda _values: gettext("燃气作业"),
    risk.WEAK_EVIDENCE: lambda values: gettext("证据可疑度 %(score)s", score=values["score"]),
    risk.QA_FAILED: lambda _values: gettext("质量评审不合格"),
    risk.QA_RETURNED: lambda _values: gettext("证据曾退回补做"),
    risk.HIGH_PRICE: _price,
    risk.REWORK: lambda values: gettext("返工 %(rounds)s 次", rounds=values["rounds"]),
    risk.UNSIGNED: _unsigned,
}
