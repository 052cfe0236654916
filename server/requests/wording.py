"""Wording rules (R-030): phrases that sound like a refusal. Pure.

A hit warns and goes to the QA sample; it never blocks, because an explanation may need the word.
Only sending the customer to another department is no outcome of a request at all (R-023).
"""

from __future__ import annotations

import re

from server.errors import Invalid

#: Somebody is told to go, call or ask elsewhere: 请您去找其他部门, please go to another department.
_ELSEWHERE = re.compile(
    r"[去到找问打].{0,8}(?:其他|其它|别的|另外|另一个)(?:的)?(?:部门|单位|科室)"
    r"|自己去?找.{0,8}(?:部门|单位|科室)"
    r"|\b(?:go|goes|went|turn|refer(?:red)?|sent?|ask|call)\b.{0,20}"
    r"\b(?:the )?(?:other|another|different) (?:department|office|desk)",
    re.IGNORECASE,
)

SUSPECT_PHRASES = (
    "不行",
    "不能",
    "没有办法",
    "不归我们管",
    "不知道",
    "你自己去找",
    "不可能",
    "随便你",
)


def suspect_phrases(text: str) -> list[str]:
    """The phrases of the list that stand in a text written by staff (R-030)."""
    return [phrase for phrase in SUSPECT_PHRASES if phrase in text]


def sends_elsewhere(text: str) -> bool:
    """Whether a text closes a matter by sending the customer to another department (R-023)."""
    return _ELSEWHERE.search(text) is not None


def refuse_sending_away(field: str, text: str) -> None:
    """No request ends by sending the customer elsewhere (R-023). Raises Invalid."""
    if sends_elsewhere(text):
        raise Invalid(
            "sent-elsewhere",
            "不能让客户去找其他部门,请受理并转达。",
            "No customer is sent elsewhere; take it in and pass it on.",
            rule="R-023",
            errors={field: ["R-023"]},
        )
