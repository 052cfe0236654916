"""Who was on duty all year and is for the next two weeks; who was away, and why."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

from uuid_utils.compat import uuid7

from demo.year.writing import Basis, By, Sheaf
from server.rosters.models import Absence, Shift
from server.rosters.operations import SUBJECT
from server.rosters.patterns import PATTERNS, Span, monday_of, shift_on, whole_days

AHEAD = dt.timedelta(days=14)
#: Two early, two late, a night and a day off: of six technicians one a night, two by day.
_TECHNICIANS = ("early", "early", "late", "late", "night", None)
#: The desk is never empty and changes each week: who has mornings, evenings, nights.
_DESK = ((dt.time(6), dt.time(14)), (dt.time(14), dt.time(22)), (dt.time(22), dt.time(6)))
_WEEK = dt.timedelta(days=7)
_DAY = dt.timedelta(days=1)
#: In which month somebody takes his leave: around the festival, and in the cool of the year.
_LEAVE_MONTHS = (2, 3, 10, 11, 5, 4)
_SICK_A_YEAR, _TRAINING_A_YEAR = 3, 2
_NOTES = {
    "sick": ("感冒发烧", "肠胃不适", "腰扭伤"),
    "training": ("燃气安全复训", "电工证复审", "客户沟通培训"),
    "leave": ("回老家", "年休假", "探亲"),
}


class Rosters:
    """The roster of one estate, from the first day of the year to two weeks ahead."""

    def __init__(
        self,
        technicians: Sequence[By],
        desk: Sequence[By],
        planner: By,
        basis: Basis,
        *,
        first: dt.date,
    ) -> None:
        self._technicians, self._desk, self._planner = technicians, desk, planner
        self._basis, self._dice, self._zone, self._now = basis, basis.dice, basis.zone, basis.now
        self._first = monday_of(first)
        self._last = monday_of(basis.day(basis.now)) + AHEAD
        self._away: dict[By, list[tuple[str, Span]]] = defaultdict(list)
        #: one at a time: what one can do there may be only one other for
        taken: list[Span] = []
        for one in technicians:
            self._away[one] += self._absences_of(one, taken)
        days = (self._last + _WEEK - self._first).days
        self._shifts = {
            day: list(self._beginning(day))
            for day in (self._first + number * _DAY for number in range(-1, days))
        }

    def write(self, sheaf: Sheaf) -> None:
        """Shifts, absences, and what the history of each person says of them."""
        for day, shifts in self._shifts.items():
            # A week is planned on the Friday before it.
            friday = self._basis.at(monday_of(day) - 3 * _DAY, 16)
            planned_at = min(friday, self._now - dt.timedelta(hours=1))
            for who, span in shifts:
                self._row(sheaf, Shift, who, span)
                self._basis.diary.note(
                    SUBJECT,
                    str(who.id),
                    ("shift.planned", planned_at, self._planner, {**_said(span), "copied": True}),
                )
        for who, absences in self._away.items():
            for reason, span in absences:
                noted_at = self._noted_at(reason, span)
                self._row(
                    sheaf,
                    Absence,
                    who,
                    span,
                    reason=reason,
                    note=self._dice.choice(_NOTES[reason]),
                    noted_by=self._planner.id,
                    cancelled_at=None,
                )
                self._basis.diary.note(
                    SUBJECT,
                    str(who.id),
                    ("absence.noted", noted_at, self._planner, {**_said(span), "absence": reason}),
                )

    def on_duty(self, among: Sequence[By], at: dt.datetime) -> list[By]:
        """Which of them had a shift at that moment and were there."""
        day = at.astimezone(self._zone).date()
        shifts = [*self._shifts.get(day - _DAY, ()), *self._shifts.get(day, ())]
        return [
            who
            for who, span in shifts
            if who in among and span.from_at <= at < span.until_at and self._there(who, at)
        ]

    def there(self, among: Sequence[By], at: dt.datetime) -> list[By]:
        """Which of them were not away at that moment."""
        return [one for one in among if self._there(one, at)]

    def _beginning(self, day: dt.date) -> Iterator[tuple[By, Span]]:
        """Everybody with a shift that begins on a day."""
        number = (day - self._first).days
        for place, who in enumerate(self._technicians):
            name = _TECHNICIANS[(number + place) % len(_TECHNICIANS)]
            if name is not None:
                yield who, shift_on(day, PATTERNS[name].begins, PATTERNS[name].ends, self._zone)
        week = number // 7
        for place, who in enumerate(self._desk):
            begins, ends = _DESK[(week + place) % len(_DESK)]
            yield who, shift_on(day, begins, ends, self._zone)

    def _there(self, who: By, at: dt.datetime) -> bool:
        return not any(span.from_at <= at < span.until_at for _reason, span in self._away[who])

    def _absences_of(self, who: By, taken: list[Span]) -> Iterator[tuple[str, Span]]:
        """A leave, some days of illness, some of training; none while somebody else is away."""
        dice = self._dice
        days = (self._last - self._first).days
        month = _LEAVE_MONTHS[self._technicians.index(who) % len(_LEAVE_MONTHS)]
        in_month = [
            day
            for day in (self._first + number * _DAY for number in range(days))
            if day.month == month
        ]
        wanted = [("leave", dice.choice(in_month or [self._first]), dice.randrange(6, 11))]
        for reason, times, longest in (
            ("sick", _SICK_A_YEAR, 4),
            ("training", _TRAINING_A_YEAR, 2),
        ):
            wanted += [
                (
                    reason,
                    self._first + dice.randrange(days) * _DAY,
                    1 + dice.randrange(longest),
                )
                for _ in range(times)
            ]
        for reason, first, length in wanted:
            span = whole_days(first, length, self._zone)
            known_ahead = reason != "sick" or span.from_at < self._now
            if known_ahead and not any(span.overlaps(other) for other in taken):
                taken.append(span)
                yield reason, span

    def _noted_at(self, reason: str, span: Span) -> dt.datetime:
        before = dt.timedelta(hours=-7) if reason == "sick" else 12 * _DAY
        return min(span.from_at - before, self._now - dt.timedelta(minutes=40))

    @staticmethod
    def _row(
        sheaf: Sheaf, model: type[Shift | Absence], who: By, span: Span, **values: object
    ) -> None:
        sheaf.add(
            model,
            id=uuid7(),
            estate_id=sheaf.estate_id,
            user_id=who.id,
            from_at=span.from_at,
            until_at=span.until_at,
            **values,
        )


def _said(span: Span) -> dict[str, str]:
    return {"from": span.from_at.isoformat(), "until": span.until_at.isoformat()}
