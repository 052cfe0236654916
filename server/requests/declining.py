"""How no is said (R-030…R-032, R-042): sorry, what was tried, the notice to come, who was told. Pure.

The parts are good wording to begin with; the desk changes them as the case wants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Takes the place of what the desk fills in: the attempts, the department.
GAP = "#"
_ENDS = "。.!?!?"


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The four parts of R-032 in their order; `#` stands for the attempts and the department."""

    sorry: str
    tried: str
    notice: str
    passed: str


#: To the customer, so in Chinese first; the desk reads out or rewrites what fits.
CHINESE = Wording(
    sorry="非常抱歉,您要的这项服务我们目前还没有开通,给您添麻烦了。",
    tried="我们已经为您想过办法:#。",
    notice="这项服务一旦开通,我们会公告通知,并首先告诉您。",
    passed="您的需要我们已记下,并转告#。",
)
ENGLISH = Wording(
    sorry="We are very sorry: we do not offer this service yet.",
    tried="This is what we have tried for you: #.",
    notice="As soon as it is offered there will be a public notice, and you will hear first.",
    passed="Your wish is on record and has been passed on to: #.",
)


def told(parts: Sequence[str]) -> str:
    """The text to the customer: the parts that say something, each a sentence of its own."""
    said = [part.strip() for part in parts if part.strip()]
    return "".join(part if part[-1] in _ENDS else f"{part}。" for part in said)
