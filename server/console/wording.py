"""The console's two languages: Chinese stands in the source, English in catalogues beside it.

The catalogues (one for each part of the console) are read as they are written (`.po`) when first
needed, so a clean clone needs no build step. What they lack is shown in Chinese; a house test keeps
them complete.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from flask import g
from flask import session as cookie

from server.errors import Problem

CATALOGUES = Path(__file__).parents[1] / "translations" / "en" / "LC_MESSAGES"
LANGUAGES = {"zh": "中文", "en": "English"}
LANGUAGE_KEY = "language"


def language() -> str:
    """The language of this request: chosen in this browser, else the user's, else Chinese.

    A page for people without an account says itself which it is (`g.language`): it keeps no cookie.
    """
    known: str | None = g.get("language")
    if known not in LANGUAGES:
        known = _language()
        if g.get("user") is not None:  # nobody's may still become somebody's
            g.language = known
    return known


def _language() -> str:
    chosen = cookie.get(LANGUAGE_KEY)
    if chosen in LANGUAGES:
        return str(chosen)
    user = g.get("user")
    return user.language if user is not None and user.language in LANGUAGES else "zh"


def gettext(message: str, **values: Any) -> str:
    """`message` in the language of this request, with `%(name)s` filled in."""
    found = message if language() == "zh" else english().get(message, message)
    return found % values if values else found


def ngettext(one: str, many: str, count: int) -> str:
    """Chinese has no plural and the English catalogue avoids it; Jinja asks for the function."""
    return gettext(one if count == 1 else many)


def marked(message: str) -> str:
    """Mark a sentence for the catalogue where it is only shown later."""
    return message


def said(problem: Problem) -> str:
    """A refusal in the language of this request."""
    return problem.zh if language() == "zh" else problem.en


@cache
def english() -> dict[str, str]:
    """Chinese sentence -> English sentence."""
    found: dict[str, str] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            found |= {
                str(one.id): str(one.string) for one in read_po(file) if one.id and one.string
            }
    return found
