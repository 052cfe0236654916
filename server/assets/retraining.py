"""Who is trained on an asset, and when its people are to be trained again (X-008). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Training:
    """Who was shown how an asset is worked, on which day."""

    trained_on: dt.date
    operators: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Departure:
    """An operator who left, or whom somebody else replaced."""

    name: str
    left_on: dt.date


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How an asset stands after all that is known of its people."""

    #: who was trained and is still there, and on which day last
    operators: Mapping[str, dt.date]
    #: since when they are to be trained again; None while they are not
    due_since: dt.date | None


def standing(trainings: Iterable[Training], departures: Iterable[Departure]) -> Standing:
    """Due from the first day on which a trained operator left, until somebody is trained (X-008).

    An asset on which nobody was ever trained is not followed. Where the last trained operator is
    gone, training is due: he left after the last one. It does not matter in which order the facts
    are told, their days do; whoever was trained on the day on which he left, left afterwards.
    """
    trainings = list(trainings)
    attended = {(one.trained_on, name) for one in trainings for name in one.operators}
    facts: list[tuple[dt.date, int, Training | Departure]] = [
        (one.trained_on, 1, one) for one in trainings
    ]
    facts += [
        (one.left_on, 2 if (one.left_on, one.name) in attended else 0, one) for one in departures
    ]
    there: dict[str, dt.date] = {}
    due_since: dt.date | None = None
    for day, _turn, fact in sorted(facts, key=lambda one: one[:2]):
        if isinstance(fact, Training):
            there |= dict.fromkeys(fact.operators, day)
            due_since = None
        elif there.pop(fact.name, None) is not None:
            due_since = due_since or day
    return Standing(operators=there, due_since=due_since)
