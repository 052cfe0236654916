"""The door of the engine: judges one answer against a run, and says what follows from it."""

from dataclasses import dataclass

from checklists.gates import refusals
from checklists.limits import weigh
from checklists.progress import applicable, locked, missing, next_steps
from checklists.reading import read
from checklists.run import Answer, Context, Missing, Photo, Reason, Refused, Result, Run
from checklists.standing import redo
from checklists.template import Step
from checklists.vocabulary import Kind, Status
from checklists.wording import reason

__all__ = [
    "Answer",
    "Consequence",
    "Context",
    "Missing",
    "Photo",
    "Reason",
    "Refused",
    "Result",
    "Run",
    "Status",
    "applicable",
    "consequence",
    "judge",
    "locked",
    "missing",
    "next_steps",
    "redo",
]


def judge(run: Run, answer: Answer, context: Context) -> Result:
    """Judge an answer and give the result to add to the run; the run itself is not changed.

    Raises Refused, with every reason, where the answer may not be recorded: wrong attempt,
    condition not met, price not confirmed (R-056), locked, out of order, or not an answer.
    """
    try:
        _, step = run.find(answer.step)
    except (KeyError, TypeError):
        raise Refused((reason("unknown-step", str(answer.step)[:60]),)) from None
    if step.kind is Kind.SIGNOFF:
        raise Refused((reason("signoff-not-recorded", step.id, "R-060"),))
    _refuse_wrong_attempt(run, answer)
    if reasons := refusals(run, step, context) or read(step, answer):
        raise Refused(reasons)
    verdict = weigh(run, step, answer, context)
    if verdict.status in step.reason_required_on and not (answer.reason or "").strip():
        raise Refused((reason("reason-required", step.id, verdict.rule or step.rule),))
    return Result(
        step=step.id,
        attempt=answer.attempt,
        status=verdict.status,
        answer=answer.answer,
        photos=answer.photos,
        text=answer.text,
        reason=answer.reason,
        band=verdict.band,
    )


def _refuse_wrong_attempt(run: Run, answer: Answer) -> None:
    last = run.last(answer.step)
    expected = 1 if last is None else last.attempt + 1
    if type(answer.attempt) is not int or answer.attempt != expected:
        raise Refused((reason("wrong-attempt", answer.step, expected=expected),))


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """What a failure asks of the order: `hazard` (value: the emergency's code) or `suspend`."""

    kind: str
    value: str


def consequence(step: Step, result: Result) -> Consequence | None:
    """Say what a result means for the order beyond its checklist; None for most."""
    if result.status is not Status.FAIL or not step.on_fail:
        return None
    for kind in ("hazard", "suspend"):
        if kind in step.on_fail:
            return Consequence(kind=kind, value=step.on_fail[kind])
    return None
