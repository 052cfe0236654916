"""What has to be true of a template before it may be published; one module per concern."""

from collections.abc import Callable, Iterator
from typing import Any

from checklists.checks import conditions, entries, evidence, identity, limits, references
from checklists.checks.finding import Finding
from checklists.checks.shape import shape

Check = Callable[[dict[str, Any]], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    identity.check,
    entries.check,
    conditions.check,
    limits.check,
    references.check,
    evidence.check,
)


def findings(data: dict[str, Any]) -> list[Finding]:
    """Give everything wrong with a template in its JSON form.

    Where its shape is wrong only that is told, for the other checks rely on it.
    """
    return list(shape(data)) or [found for check in CHECKS for found in check(data)]
