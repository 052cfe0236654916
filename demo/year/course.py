"""How the work on an order goes: at once, again, or up to a manager who decides (WO13 to WO19)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from demo.year.writing import By, Event
from server.deadlines.policy import next_working_day_at

#: What is said where it is not right yet, by category.
STILL = {
    "lamp": "灯还是闪",
    "switch": "用了一会儿又跳闸",
    "tap_valve": "还是滴水",
    "gas_water_heater": "打三次才着",
    "gas_stove": "火苗还是偏红",
    "toilet_tank": "水箱还在流水",
    "air_conditioner": "还是不凉",
    "water_pipe_install": "接头有点渗",
    "household_other": "用起来还是费劲",
}
WITNESSES = ("保安罗兵", "管家杨帆", "邻居王先生")
_L1, _L2 = "L1_cs_manager", "L2_gpm"
_SIGNED = "客户已验收签名 signed by the customer"
#: Of a thousand orders: nobody signs, three times dissatisfied, twice, once.
_UNSIGNED, _THRICE, _TWICE, _ONCE = 7, 8, 10, 52
_THOUSAND = 1000
#: What managers decide, how often, and in which words.
_DECISIONS: Mapping[str, Mapping[str, tuple[int, str]]] = {
    _L1: {
        "accept": (74, "回看照片和检查单,维修合格,按原价结算"),
        "reduce": (16, "工时收一半,已与客户说明"),
        "waive": (10, "免收本次费用,客户接受"),
    },
    _L2: {
        "accept": (25, "现场复核合格,按原价结算"),
        "reduce": (35, "只收材料费,登门致歉"),
        "waive": (40, "三次返工,免收费用并登门致歉"),
    },
}


@dataclass(frozen=True, kw_only=True)
class Escalated:
    """One time that an order went up (F-15)."""

    level: str
    reason: str
    opened_at: dt.datetime
    due_at: dt.datetime | None
    #: what was decided, in which words, by whom (nobody: the customer has signed after all)
    decision: str
    text: str
    decided_by: By | None
    decided_at: dt.datetime

    def charge_fen(self, total_fen: int, labour_fen: int) -> int:
        """What is left to pay of what was agreed on (WO19)."""
        if self.decision == "accept":
            return total_fen
        if self.decision == "waive":
            return 0
        return total_fen - (labour_fen // 2 if self.level == _L1 else labour_fen)


@dataclass(frozen=True, kw_only=True)
class Course:
    """From the first "it is done" to the signature, or to the decision in its place."""

    #: when it was done, and each time when the customer was not satisfied: one less, or as many
    ready_at: tuple[dt.datetime, ...]
    rejected_at: tuple[dt.datetime, ...]
    still: str
    #: refused, absent or dispute, where nobody signs
    unsigned: str | None
    witness: str | None
    went_up: tuple[Escalated, ...]
    accepted_at: dt.datetime

    @property
    def rework_round(self) -> int:
        """How often it was done again."""
        return len(self.ready_at) - 1

    @property
    def decided(self) -> Escalated | None:
        """The decision that stands in the place of a signature."""
        return next((one for one in reversed(self.went_up) if one.decided_by is not None), None)

    def stops(self, up: Escalated) -> bool:
        """Whether the order waits for that decision; after a second rejection work goes on (A-14)."""
        return up.level == _L2 or self.unsigned is not None

    def events(self, technician: By, numbers: Mapping[dt.datetime, str]) -> Iterator[Event]:
        """What the history says of it. `numbers`: those of the escalations, by their moment."""
        for done, ready in enumerate(self.ready_at):
            yield ("order.ready", ready, technician, {})
            if done >= len(self.rejected_at):
                continue
            at, above = self.rejected_at[done], done == self.rework_round
            kind = "order.escalated" if above else "order.rework"
            yield (kind, at, technician, {"reason": self.still})
        for up in self.went_up:
            if self.unsigned is not None:
                said: dict[str, Any] = {
                    "reason": self.unsigned,
                    "witness": self.witness,
                    "photos": [],
                }
                yield ("order.escalated", up.opened_at, technician, said)
            told = {"level": up.level, "reason": up.reason, "escalation": numbers[up.opened_at]}
            yield ("order.escalated", up.opened_at, technician, told)
        last = self.decided
        if last is not None and last.decided_by is not None:
            words = {"decision": last.decision, "text": last.text}
            yield ("order.decided", last.decided_at, last.decided_by, words)
        else:
            yield ("order.accepted", self.accepted_at, technician, {"trial": "satisfied"})


def course(
    begun_at: dt.datetime,
    kind: str,
    *,
    manager: By,
    gpm: By,
    zone: ZoneInfo,
    dice: random.Random,
) -> Course:
    """How it goes with an order on which work begins at a moment: one in a hundred goes up."""

    def later(moment: dt.datetime, low: float, high: float) -> dt.datetime:
        return moment + dt.timedelta(seconds=int(60 * dice.uniform(low, high)))

    fate = dice.randrange(_THOUSAND)
    unsigned = fate < _UNSIGNED
    rejections = (
        0
        if unsigned
        else next(
            (times for times, limit in ((3, _THRICE), (2, _TWICE), (1, _ONCE)) if fate < limit), 0
        )
    )
    ready, rejected = [later(begun_at, 12, 60)], list[dt.datetime]()
    for _ in range(min(rejections, 2)):
        rejected.append(later(ready[-1], 2, 9))
        ready.append(later(rejected[-1], 20, 70))
    tried_at = later(ready[-1], 2, 9)
    if rejections == 3:  # noqa: PLR2004  # dissatisfied for the third time
        rejected.append(tried_at)
    still = STILL[kind]
    went_up = list[Escalated]()
    if unsigned:
        reason = dice.choices(("absent", "refused", "dispute"), (55, 30, 15))[0]
        went_up.append(_decided(_L1, reason, tried_at, manager, zone, dice))
    if rejections > 2:  # noqa: PLR2004  # above the manager
        went_up.append(_decided(_L2, still, tried_at, gpm, zone, dice))
    accepted_at = went_up[-1].decided_at if went_up else tried_at
    if rejections > 1:
        first = Escalated(
            level=_L1,
            reason=still,
            opened_at=rejected[1],
            due_at=None,
            # What the general manager decides settles what the manager had before.
            decision=went_up[-1].decision if went_up else "accept",
            text=went_up[-1].text if went_up else _SIGNED,
            decided_by=went_up[-1].decided_by if went_up else None,
            decided_at=accepted_at,
        )
        went_up.insert(0, first)
    return Course(
        ready_at=tuple(ready),
        rejected_at=tuple(rejected),
        still=still,
        unsigned=went_up[-1].reason if unsigned else None,
        witness=dice.choice(WITNESSES) if unsigned else None,
        went_up=tuple(went_up),
        accepted_at=accepted_at,
    )


def _decided(
    level: str, reason: str, at: dt.datetime, by: By, zone: ZoneInfo, dice: random.Random
) -> Escalated:
    """In the hours of the next working day; now and then a day later than it should be."""
    morning = next_working_day_at(at, zone, time=dt.time(8, 30))
    late = dice.random() < 0.06  # noqa: PLR2004  # few
    decided_at = morning + dt.timedelta(days=late, minutes=dice.randrange(9 * 60))
    known = _DECISIONS[level]
    decision = dice.choices(list(known), [weight for weight, _text in known.values()])[0]
    return Escalated(
        level=level,
        reason=reason,
        opened_at=at,
        # P-08 runs where nobody signed.
        due_at=next_working_day_at(at, zone) if level == _L1 else None,
        decision=decision,
        text=known[decision][1],
        decided_by=by,
        decided_at=decided_at,
    )


def row_of(up: Escalated, *, now: dt.datetime) -> dict[str, Any]:
    """An escalation as it stands now."""
    known = up.decided_at <= now
    return {
        "level": up.level,
        "reason": up.reason,
        "opened_at": up.opened_at,
        "due_at": up.due_at,
        "decision": up.decision if known else None,
        "decision_text": up.text if known else None,
        "decided_by": up.decided_by.id if known and up.decided_by else None,
        "decided_at": up.decided_at if known else None,
    }
