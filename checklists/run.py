"""What has been recorded so far, what the engine is told about the order, and how it refuses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from checklists.template import Json, Step, Template
from checklists.vocabulary import Status


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A picture that an answer names: the sha256 of its bytes, in hex, and what it shows."""

    sha256: str
    tag: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the technician entered for one step, not yet judged."""

    step: str
    attempt: int
    answer: Json
    photos: tuple[Photo, ...] = ()
    text: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """A judged answer. Results are only ever added; a later attempt never replaces an earlier."""

    step: str
    attempt: int
    status: Status
    answer: Json
    photos: tuple[Photo, ...] = ()
    text: str | None = None
    reason: str | None = None
    band: str | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the engine must know of the order.

    `held_photos` are the pictures that the server holds and that count, as (step, tag, sha256):
    one that was sent back is not among them. `rework_steps` are sent back and not recorded since.
    `overrides` are the steps for which the supervisor allowed a deviation (R-162, P-24).
    """

    price_confirmed: bool
    held_photos: frozenset[tuple[str, str, str]] = frozenset()
    rework_steps: frozenset[str] = frozenset()
    overrides: frozenset[str] = frozenset()
    hazard: bool = False


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why an answer was refused: a stable code, the rule behind it, and words for both readers."""

    code: str
    rule: str | None
    step: str
    zh: str
    en: str


class Refused(Exception):
    """The answer may not be recorded; `reasons` says why, all of it at once."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__("; ".join(f"{reason.step}: {reason.en}" for reason in reasons))
        self.reasons = reasons


@dataclass(frozen=True, kw_only=True)
class Missing:
    """One thing that keeps the run from completion: a step, or a photo of it (`tag`)."""

    step: str
    tag: str | None
    code: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """A template with all results so far, oldest first; those of child runs stand among them."""

    template: Template
    children: Mapping[str, Template]
    results: tuple[Result, ...] = ()

    @property
    def templates(self) -> Iterator[Template]:
        """The template itself, then the ones it may open."""
        yield self.template
        yield from self.children.values()

    @cached_property
    def _steps(self) -> Mapping[str, tuple[Template, Step]]:
        return {step.id: (owner, step) for owner in self.templates for step in owner.steps}

    def find(self, step_id: str) -> tuple[Template, Step]:
        """Find a step and the template it belongs to. Raises KeyError."""
        return self._steps[step_id]

    @cached_property
    def _positions(self) -> Mapping[str, tuple[int, ...]]:
        positions: dict[str, tuple[int, ...]] = {}
        for position, result in enumerate(self.results):
            positions[result.step] = (*positions.get(result.step, ()), position)
        return positions

    def last(self, step_id: str) -> Result | None:
        """The latest result of a step."""
        positions = self._positions.get(step_id)
        return self.results[positions[-1]] if positions else None

    def at(self, step_id: str, *statuses: Status) -> int:
        """Where the latest result of a step stands, or its latest with one of `statuses`.

        A place in the order of recording; -1 when there is none.
        """
        for position in reversed(self._positions.get(step_id, ())):
            if not statuses or self.results[position].status in statuses:
                return position
        return -1

    def with_result(self, result: Result) -> "Run":
        """Give the run with one more result."""
        return Run(template=self.template, children=self.children, results=(*self.results, result))

    def value_of(self, step_id: str, field: str | None) -> Any:
        """The value, or a further quantity, that the latest result of a step carries."""
        result = self.last(step_id)
        if result is None:
            return None
        if field is None:
            return result.answer.get("value")
        return (result.answer.get("fields") or {}).get(field)
