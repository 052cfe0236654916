"""Which neighbour systems are called: origins that the installation lists, and nothing else. Pure.

Whoever may add a neighbour could otherwise name any machine that the server reaches.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

MOST_CHARACTERS = 500


def allowed(url: str, origins: Collection[str]) -> bool:
    """Whether an address lies at one of the listed origins, spelled without tricks."""
    if len(url) > MOST_CHARACTERS or not re.fullmatch(r"[!-~]+", url):
        return False
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" in origins and not parts.fragment
