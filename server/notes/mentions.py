"""Whom a note calls: `@` and a name or a user name. Pure."""

from __future__ import annotations

from collections.abc import Mapping


def called(text: str, people: Mapping[str, str]) -> list[str]:
    """User names of those whom `text` calls, each once, in the order called.

    `people`: user name -> name. Of two that fit the longer one is meant (@王丽华 is not @王丽), and a
    name that several have calls all of them: better one too many than the wrong one.
    """
    found: list[str] = []
    spoken = text.casefold()
    for place, sign in enumerate(spoken):
        if sign not in "@＠":
            continue
        behind = spoken[place + 1 :]
        fits: dict[str, int] = {}
        for username, name in people.items():
            lengths = [len(handle) for handle in (username, name) if _begins(behind, handle)]
            if lengths:
                fits[username] = max(lengths)
        longest = max(fits.values(), default=0)
        found += [username for username, length in fits.items() if length == longest]
    return list(dict.fromkeys(found))


def _begins(behind: str, handle: str) -> bool:
    folded = handle.casefold()
    if not folded or not behind.startswith(folded):
        return False
    # chen.jing is not meant by @chen.jinghua: a word of letters has to end there.
    rest = behind[len(folded) :].lstrip(".")[:1]
    return not (folded.isascii() and rest.isascii() and rest.isalnum())
