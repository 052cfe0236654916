"""How suspicious the evidence of an order is: facts in, explained findings and a score out. Pure.

Every finding is a code with its weight and the values that explain it; the words are the desk's.
The score is the sum of the weights, at most 100, so one more finding never lowers it. A weak order
is one whose score reaches the setting `qa_weak_score` (40 unless changed): the weights say which
single finding is enough for that, and which are only so together (R-005, QA1).
"""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST = 100

#: Whole seconds of some clients, and a clock that is set right while somebody works, are no lie.
BACKWARDS_S = 60
#: A handheld may be offline for a whole shift (P-18); evidence that takes longer was not with it.
LATE_EVIDENCE_S = 12 * 3600
#: So many visits make a usual time, and a third of that leaves no room for the checklist.
USUAL_OF = 5
USUAL_PART = 3
#: Numbers of steps and the like that stand in one finding; the rest is only counted.
NAMED = 6

MISSING = "missing_evidence"
LATE = "late_evidence"
FAILED = "out_of_limit"
WARNED = "near_limit"
OVERRIDDEN = "limit_overridden"
DUPLICATE = "near_duplicate"
BLURRED = "blurred_photo"
DARK = "dark_photo"
BEFORE_ARRIVAL = "photo_before_arrival"
AFTER_FINISH = "photo_after_finish"
CAMERA_TIME = "camera_time_differs"
UNREADABLE = "photo_not_processed"
BACKWARDS = "times_backwards"
DISORDER = "times_out_of_order"
SKEW = "clock_skew"
TOO_SHORT = "time_on_site_short"
NOTHING_FAILED = "nothing_failed_yet_charged"
STROKES = "signature_reused"
OWN_STROKES = "signature_repeated"
UNSIGNED = "unsigned"


@dataclass(frozen=True, kw_only=True)
class Weight:
    """What each occurrence of a finding weighs, and all of them together at most."""

    each: int
    most: int


#: One that reaches 40 is looked at for itself alone.
WEIGHTS: Mapping[str, Weight] = {
    # forged evidence: the same picture or the same strokes for two jobs
    DUPLICATE: Weight(each=50, most=80),
    STROKES: Weight(each=60, most=60),
    OWN_STROKES: Weight(each=25, most=25),
    # money for work that the checks say was not needed
    NOTHING_FAILED: Weight(each=40, most=40),
    # evidence that is not there proves nothing: two pieces are enough
    MISSING: Weight(each=25, most=60),
    LATE: Weight(each=10, most=20),
    # the result itself: left outside its limit, or allowed to
    FAILED: Weight(each=40, most=60),
    WARNED: Weight(each=5, most=15),
    OVERRIDDEN: Weight(each=15, most=30),
    # times that cannot all be true
    DISORDER: Weight(each=30, most=50),
    BACKWARDS: Weight(each=15, most=30),
    BEFORE_ARRIVAL: Weight(each=20, most=40),
    AFTER_FINISH: Weight(each=15, most=30),
    CAMERA_TIME: Weight(each=15, most=30),
    SKEW: Weight(each=15, most=15),
    TOO_SHORT: Weight(each=30, most=30),
    # pictures on which nothing can be made out: one is bad luck, four are a habit
    BLURRED: Weight(each=10, most=40),
    DARK: Weight(each=10, most=40),
    UNREADABLE: Weight(each=10, most=20),
    # a manager has decided this one already
    UNSIGNED: Weight(each=15, most=15),
}
#: What a flag of a photo is as a finding (P-17).
OF_FLAG: Mapping[str, str] = {
    "near_duplicate": DUPLICATE,
    "blurred": BLURRED,
    "dark": DARK,
    "taken_before_arrival": BEFORE_ARRIVAL,
    "taken_after_finish": AFTER_FINISH,
    "exif_time_mismatch": CAMERA_TIME,
    "not_processed": UNREADABLE,
}


@dataclass(frozen=True, kw_only=True)
class StepFact:
    """One recorded answer, in the order of recording. `diagnosis`: its failing asks for a remedy;
    `last`: no later attempt at the same step."""

    step: str
    status: str
    device_at: dt.datetime
    reading: bool = False
    diagnosis: bool = False
    last: bool = True


@dataclass(frozen=True, kw_only=True)
class PhotoFact:
    """One picture that is held. `redone`: its step was sent back, so it may be late."""

    step: str
    tag: str
    received_at: dt.datetime
    flags: tuple[str, ...] = ()
    redone: bool = False


@dataclass(frozen=True, kw_only=True)
class Strokes:
    """A signature whose strokes were met on another order."""

    order: str
    #: signed by the same name in the same unit
    same_signer: bool


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of an order's evidence. Moments are aware; what did not happen is None."""

    arrived_at: dt.datetime | None = None
    inspected_at: dt.datetime | None = None
    quote_confirmed_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    accepted_at: dt.datetime | None = None
    steps: Sequence[StepFact] = ()
    photos: Sequence[PhotoFact] = ()
    #: (step, tag) of pictures that are demanded or were named, and are not held
    missing: Sequence[tuple[str, str]] = ()
    overrides: Sequence[str] = ()
    #: how far the clocks of the handhelds are off, the worst of them, and what is still right
    clock_skew_s: int = 0
    allowed_skew_s: int = 120
    #: minutes on site of the last accepted orders of the same kind
    usual_minutes: Sequence[float] = ()
    charge_fen: int = 0
    strokes: Sequence[Strokes] = ()
    unsigned_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that speaks against the evidence, and what it is explained by."""

    code: str
    weight: int
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is stored and goes over the wire."""
        return {"code": self.code, "weight": self.weight, "values": dict(self.values)}


def findings(facts: Facts) -> list[Finding]:
    """Everything that speaks against the evidence, heaviest first."""
    found = [one for rule in _RULES for one in rule(facts)]
    return sorted(found, key=lambda one: (-one.weight, one.code))


def score(found: Sequence[Finding]) -> int:
    """The suspicion of an order with these findings, 0 to 100."""
    return min(MOST, sum(one.weight for one in found))


def _found(code: str, times: int, **values: Any) -> Iterator[Finding]:
    if times:
        weight = WEIGHTS[code]
        yield Finding(code=code, weight=min(weight.most, weight.each * times), values=values)


def _listed(code: str, names: Sequence[str]) -> Iterator[Finding]:
    known = sorted({name for name in names if name})
    yield from _found(code, len(names), count=len(names), steps=known[:NAMED])


def _evidence(facts: Facts) -> Iterator[Finding]:
    missing = sorted(set(facts.missing))
    named = [f"{step}/{tag}" if step else tag for step, tag in missing]
    yield from _found(MISSING, len(missing), count=len(missing), photos=named[:NAMED])
    if facts.finished_at is not None:
        by_then = facts.finished_at + dt.timedelta(seconds=LATE_EVIDENCE_S)
        late = [one for one in facts.photos if one.received_at > by_then and not one.redone]
        if late:
            worst = max(one.received_at for one in late) - facts.finished_at
            hours = round(worst.total_seconds() / 3600)
            yield from _found(LATE, len(late), count=len(late), hours=hours)


def _readings(facts: Facts) -> Iterator[Finding]:
    final = [one for one in facts.steps if one.reading and one.last]
    # A reading that asked for a remedy and had it is a diagnosis, not a result.
    failed = [one.step for one in final if one.status == "fail" and not one.diagnosis]
    yield from _listed(FAILED, failed)
    yield from _listed(WARNED, [one.step for one in final if one.status == "warn"])
    yield from _listed(OVERRIDDEN, facts.overrides)


def _photos(facts: Facts) -> Iterator[Finding]:
    for flag, code in OF_FLAG.items():
        # What was demanded again after the end is taken after the end.
        excused = flag == "taken_after_finish"
        met = [one for one in facts.photos if flag in one.flags and not (excused and one.redone)]
        yield from _listed(code, [one.step for one in met])


def _order_of_times(facts: Facts) -> Iterator[Finding]:
    known = [
        (name, moment)
        for name in ("arrived_at", "quote_confirmed_at", "finished_at", "accepted_at")
        if (moment := getattr(facts, name)) is not None
    ]
    slack = dt.timedelta(seconds=BACKWARDS_S)
    wrong = [
        [earlier, later]
        for (earlier, before), (later, after) in itertools.pairwise(known)
        if after < before - slack
    ]
    if facts.inspected_at and facts.arrived_at and facts.inspected_at < facts.arrived_at - slack:
        wrong.append(["arrived_at", "inspected_at"])
    yield from _found(DISORDER, len(wrong), pairs=wrong)
    back = [
        later.step
        for earlier, later in itertools.pairwise(facts.steps)
        if later.device_at < earlier.device_at - slack
    ]
    yield from _listed(BACKWARDS, back)


def _clock(facts: Facts) -> Iterator[Finding]:
    # P-18: device times prove little where the clock is off.
    off = abs(facts.clock_skew_s) > facts.allowed_skew_s
    yield from _found(SKEW, int(off), seconds=facts.clock_skew_s)


def _time_on_site(facts: Facts) -> Iterator[Finding]:
    if facts.arrived_at is None or facts.finished_at is None:
        return
    if len(facts.usual_minutes) < USUAL_OF:
        return
    minutes = minutes_between(facts.arrived_at, facts.finished_at)
    usual = statistics.median(facts.usual_minutes)
    short = minutes * USUAL_PART < usual
    yield from _found(TOO_SHORT, int(short), minutes=round(minutes), usual=round(usual))


def _charge(facts: Facts) -> Iterator[Finding]:
    checked = [one for one in facts.steps if one.diagnosis]
    sound = bool(checked) and all(one.status not in {"fail", "warn"} for one in facts.steps)
    charged = sound and facts.charge_fen > 0
    yield from _found(
        NOTHING_FAILED, int(charged), checks=len(checked), charge_fen=facts.charge_fen
    )


def _signatures(facts: Facts) -> Iterator[Finding]:
    others = sorted(one.order for one in facts.strokes if not one.same_signer)
    own = sorted(one.order for one in facts.strokes if one.same_signer)
    yield from _found(STROKES, len(others), orders=others[:NAMED])
    yield from _found(OWN_STROKES, len(own), orders=own[:NAMED])
    yield from _found(UNSIGNED, int(facts.unsigned_reason is not None), why=facts.unsigned_reason)


def minutes_between(start: dt.datetime, end: dt.datetime) -> float:
    """Minutes from `start` to `end`, none where they are the wrong way round."""
    return max(0.0, (end - start).total_seconds() / 60)


_RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    _evidence,
    _readings,
    _photos,
    _order_of_times,
    _clock,
    _time_on_site,
    _charge,
    _signatures,
)
