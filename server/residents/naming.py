"""What a customer is told of the technician's name: enough to greet him by. Pure."""

from __future__ import annotations

import re

_CHINESE = re.compile(r"[\u3400-\u9fff]+")
#: surnames of two characters that are still met
_DOUBLE = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "夏侯",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "长孙",
        "宇文",
        "司空",
        "南宫",
        "端木",
    ]
)


def greeted_zh(name: str) -> str:
    """刘师傅 from 刘强; the first word of a name that is not Chinese."""
    return f"{_parts(name)[0]}师傅"


def greeted_en(name: str) -> str:
    """Qiang from 刘强; the first word of a name that is not Chinese."""
    surname, given = _parts(name)
    if not _CHINESE.fullmatch(surname):
        return surname
    from pypinyin import lazy_pinyin  # late: its dictionaries are slow to read

    return "".join(lazy_pinyin(given or surname)).capitalize()


def _parts(name: str) -> tuple[str, str]:
    """What comes first in a name, and what follows."""
    name = name.strip()
    if not _CHINESE.fullmatch(name):
        first, _, rest = name.partition(" ")
        return first, rest
    length = 2 if name[:2] in _DOUBLE and len(name) > 2 else 1  # noqa: PLR2004  # characters
    return name[:length], name[length:]
