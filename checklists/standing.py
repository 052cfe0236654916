"""How each step stands: does it apply, does its latest result still hold, is it settled."""

from checklists.conditions import holds
from checklists.run import Context, Run
from checklists.template import Step, Template
from checklists.vocabulary import GOOD, Kind, Status

ACTED = (Status.PASS, Status.DONE, Status.WARN)


def hazard_raised(run: Run, context: Context | None) -> bool:
    """Tell whether the emergency is open: somebody raised it, or a gas check failed (R-027)."""
    if context is not None and context.hazard:
        return True
    return any(
        result.status is Status.FAIL and "hazard" in (run.find(result.step)[1].on_fail or {})
        for result in run.results
    )


def applies(run: Run, step: Step, context: Context | None = None) -> bool:
    """Tell whether a step may be recorded at all: its condition, and its template being open."""
    owner, _ = run.find(step.id)
    if context is not None and step.id in context.rework_steps and run.last(step.id):
        return True
    return is_open(run, owner, context) and holds(step.when, run)


def is_open(run: Run, owner: Template, context: Context | None = None) -> bool:
    """Tell whether a template's steps are in play: the main one always, a child by its parent."""
    if owner.code == run.template.code:
        return True
    if owner.emergency:
        return hazard_raised(run, context)
    return any(
        holds(parent.when, run) for parent in run.template.steps if parent.child == owner.code
    )


def redo(run: Run, from_step: str) -> frozenset[str]:
    """The steps to record anew once `from_step` has failed and sent the run back.

    They are the step itself, those it goes back to as far as they apply, and every test between.
    """
    owner, failed = run.find(from_step)
    targets = [owner.by_id[target] for target in failed.back_to]
    targets = [target for target in targets if holds(target.when, run)]
    again = {failed.id} | {target.id for target in targets}
    if targets:
        start = min(target.seq for target in targets)
        again |= {step.id for step in owner.steps if step.test and start < step.seq < failed.seq}
    return frozenset(again)


def is_stale(run: Run, step: Step, context: Context) -> bool:
    """Tell whether the latest result of a step has been overtaken and must be recorded anew.

    It is when the step was sent back; when work whose `repeat` names it was done later; when a
    later failure sent the run back past it; or when it belongs to an earlier round of a child run.
    """
    if step.id in context.rework_steps:
        return True
    recorded = run.at(step.id)
    owner, _ = run.find(step.id)
    return (
        any(
            step.id in other.repeat and run.at(other.id, *ACTED) > recorded for other in owner.steps
        )
        or any(
            run.at(other.id, Status.FAIL) > recorded and step.id in redo(run, other.id)
            for other in owner.steps
            if other.back_to
        )
        or _of_an_earlier_round(run, owner, recorded)
    )


def _of_an_earlier_round(run: Run, owner: Template, recorded: int) -> bool:
    for parent in run.template.steps:
        if parent.child == owner.code:
            closed = run.at(parent.id, *ACTED)
            if recorded < closed < _latest_call(run, run.template, parent):
                return True
    return False


def _latest_call(run: Run, owner: Template, remedy: Step) -> int:
    """Where the latest failure stands that still calls for this remedy; -1 when none does."""
    calls = [
        run.at(other.id)
        for other in owner.steps
        if remedy.id in other.remedies and _has_failed(run, other.id)
    ]
    return max(calls, default=-1)


def _has_failed(run: Run, step_id: str) -> bool:
    last = run.last(step_id)
    return last is not None and last.status is Status.FAIL


def lockout_ended(run: Run, locker: Step) -> bool:
    """Tell whether what a safety step had shut was opened again by a later step."""
    owner, _ = run.find(locker.id)
    confirmed = run.at(locker.id)
    return any(
        locker.id in other.releases and run.at(other.id, *ACTED) > confirmed
        for other in owner.steps
    )


def trouble(run: Run, step: Step, context: Context) -> str | None:
    """Say why a step is not settled, as a code of `wording.MISSING`; None when it is settled."""
    last = run.last(step.id)
    if last is None:
        return "not-recorded"
    if step.id in context.rework_steps:
        return "sent-back"
    if is_stale(run, step, context) or (last.status in GOOD and _is_called_again(run, step)):
        return "repeat"
    if last.status is Status.INCOMPLETE:
        return "incomplete"
    return _failure(run, step) if last.status is Status.FAIL else None


def _failure(run: Run, step: Step) -> str | None:
    """A failure is settled once all its remedies were done after it."""
    if not step.remedies:
        return "failed"
    failed = run.at(step.id)
    done = all(run.at(remedy, *ACTED) > failed for remedy in step.remedies)
    return None if done else "remedy-open"


def _is_called_again(run: Run, step: Step) -> bool:
    """Tell whether what was done is due again: a new failure, or a lock-out it has to lift."""
    owner, _ = run.find(step.id)
    done = run.at(step.id, *ACTED)
    if _latest_call(run, owner, step) > done:
        return True
    return any(run.at(locker, Status.PASS) > done for locker in step.releases)


def is_answered(run: Run, step: Step, context: Context) -> bool:
    """Tell whether later steps may be recorded: there is a valid result, and safety is given."""
    last = run.last(step.id)
    if last is None or is_stale(run, step, context):
        return False
    return step.kind is not Kind.SAFETY or last.status in GOOD
