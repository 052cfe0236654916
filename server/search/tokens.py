"""How a text becomes tokens, and a query the tokens that it needs. Pure.

Chinese has no spaces: of a run of characters every pair is a token, and the single ones too. Words
and numbers are tokens whole; they are found by their beginning. A number of some length is also
found by its last four digits, as people say a telephone number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_TOKEN = 40
_LAST_DIGITS = 4
_LONG_NUMBER = 7
#: Fewer digits alone are no clear part of a number, more are more than any has.
_CLEAR_DIGITS = range(4, 7)
_WORD = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*|[\u3400-\u9fff\U00020000-\U0002ffff]+")
_UNIT = re.compile(r"(\d{1,3})\s*栋\s*(?:(\d{1,2})\s*单元)?\s*(\d{3,4})")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a query needs: tokens that must be there whole, and beginnings of tokens."""

    whole: tuple[str, ...]
    beginnings: tuple[str, ...]
    #: the folded words; each stands somewhere in the text of a hit
    words: tuple[str, ...]


def folded(text: str) -> str:
    """A text as it is compared: full-width forms as plain ones, small letters, 3栋2单元1502 as
    3-2-1502."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return _UNIT.sub(lambda unit: f" {'-'.join(part for part in unit.groups() if part)} ", plain)


def tokens(text: str) -> frozenset[str]:
    """Every token by which a text is found."""
    found: set[str] = set()
    for word in _WORD.findall(folded(text)):
        if word[0].isascii():
            found.add(word[:MAX_TOKEN])
            parts = re.split(r"[-_.]", word)
            found.update(part[:MAX_TOKEN] for part in parts)
            found.update(
                part[-_LAST_DIGITS:]
                for part in parts
                if part.isdigit() and len(part) >= _LONG_NUMBER
            )
        else:
            found.update(word)
            found.update(word[place : place + 2] for place in range(len(word) - 1))
    return frozenset(found)


def wanted(query: str) -> Wanted:
    """The tokens that everything a query means has."""
    whole: list[str] = []
    beginnings: list[str] = []
    words = _WORD.findall(folded(query))
    for word in words:
        if word[0].isascii():
            beginnings.append(word[:MAX_TOKEN])
        elif len(word) == 1:
            whole.append(word)
        else:
            whole += [word[place : place + 2] for place in range(len(word) - 1)]
    return Wanted(
        whole=tuple(dict.fromkeys(whole)),
        beginnings=tuple(dict.fromkeys(beginnings)),
        words=tuple(dict.fromkeys(words)),
    )


def fits(text: str, query: Wanted) -> bool:
    """Whether a folded text holds every word of the query: two pairs alone do not make a word."""
    return all(word in text for word in query.words)


def is_of_number(query: Wanted, prefix: str) -> bool:
    """Whether all words may stand in a number such as `gq-202503-0001`, whose prefix is `gq`.

    The prefix may be typed half, digits alone are four to six: year, month, or place in the month.
    """
    number = re.compile(rf"{prefix}(-\d{{1,6}}(-\d*)?)?")
    return all(
        (len(word) in _CLEAR_DIGITS if word.isdigit() else prefix.startswith(word))
        or number.fullmatch(word) is not None
        for word in query.words
    )
