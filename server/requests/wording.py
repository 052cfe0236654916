"""Wording rules (domain.md 2.4, R-030): phrases that sound like a refusal. Pure.

A hit warns and goes to the QA sample; it never blocks, because an explanation may need the word.
"""

from __future__ import annotations

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
