"""Names as they are typed in a hurry."""

from __future__ import annotations


def initials(name: str) -> str:
    """The first letters of a name's syllables: 王丽华 is wlh."""
    # Late: reading its dictionaries takes a quarter of a second, and most processes name nobody.
    from pypinyin import Style, lazy_pinyin

    parts = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=str.lower)
    return "".join(part for part in parts if part.isalnum())
