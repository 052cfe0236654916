"""What a customer's signature covers, and when it no longer does (R-060, QA2). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol


class Recorded(Protocol):
    """What this page needs to know of a step's result."""

    @property
    def step(self) -> str: ...
    @property
    def answer(self) -> Mapping[str, Any]: ...
    @property
    def text(self) -> str | None: ...


def changed_since(covered: int, results: Sequence[Recorded]) -> tuple[str, ...]:
    """Steps that read otherwise than when the customer signed, in the order of recording.

    `results` are all results of the order, oldest first; the signature covers the first `covered`
    of them. A step counts as changed where its answer or its text differs from what stood there
    last, or where nothing did. Pictures and the reasons beside an answer were not signed for.
    """
    signed = {result.step: result for result in results[:covered]}
    now = {result.step: result for result in results[covered:]}
    return tuple(
        step for step, result in now.items() if step not in signed or _differs(signed[step], result)
    )


def _differs(signed: Recorded, now: Recorded) -> bool:
    return _plain(signed.answer) != _plain(now.answer) or _words(signed) != _words(now)


def _words(result: Recorded) -> str:
    return " ".join((result.text or "").split())


def _plain(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer in which 0.40 and 0.4 are one reading."""
    return {key: _value(value) for key, value in answer.items()}


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _plain(value)
    if isinstance(value, list):
        return sorted(map(str, value))
    if isinstance(value, str):
        try:
            return Decimal(value)
        except InvalidOperation:
            return value
    return value
