"""Names and numbers: codes, ids, versions and categories that others can rely on."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from checklists.checks.finding import Finding, one_of
from checklists.vocabulary import CATEGORIES, PROVENANCES

CODE = re.compile(r"CL-[A-Z][A-Z0-9]{1,15}")
STEP_ID = re.compile(r"[A-Z]{2,6}-[A-Z]?[0-9]{1,2}")
RULE = re.compile(r"[RX]-[0-9]{3}")


def check(data: dict[str, Any]) -> Iterator[Finding]:
    """Find names that are malformed, unknown or used twice."""
    if not CODE.fullmatch(data["code"]):
        yield Finding(step=None, what=f"code {data['code']!r}", remedy="write it as CL-LAMP")
    if data["version"] < 1:
        yield Finding(step=None, what="version below 1", remedy="count versions from 1")
    if data.get("emergency"):
        if data["category"] is not None:
            yield Finding(
                step=None, what="an emergency has a category", remedy="write `category: null`"
            )
    elif data["category"] not in CATEGORIES:
        yield Finding(
            step=None, what=f"unknown category {data['category']!r}", remedy=one_of(CATEGORIES)
        )
    if not data["steps"]:
        yield Finding(step=None, what="there are no steps", remedy="list them under `steps:`")
    for step_id, times in Counter(step["id"] for step in data["steps"]).items():
        if times > 1:
            yield Finding(
                step=step_id, what=f"the id is used {times} times", remedy="give each step its own"
            )
        if not STEP_ID.fullmatch(step_id):
            yield Finding(step=step_id, what="the id is malformed", remedy="write it as LAMP-03")
    yield from _marks(data["steps"])


def _marks(steps: list[dict[str, Any]]) -> Iterator[Finding]:
    for step in steps:
        if step["provenance"] not in PROVENANCES:
            yield Finding(
                step=step["id"],
                what=f"unknown provenance {step['provenance']!r}",
                remedy=one_of(PROVENANCES),
            )
        if "rule" in step and not RULE.fullmatch(step["rule"]):
            yield Finding(
                step=step["id"], what=f"rule {step['rule']!r}", remedy="write it as R-164"
            )
