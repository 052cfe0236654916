"""Whether a step may be recorded now: its condition, the price, the locks and the order."""

from collections.abc import Iterator
from dataclasses import replace

from checklists.conditions import holds, is_remedial
from checklists.run import Context, Reason, Run
from checklists.standing import applies, is_answered, is_stale, lockout_ended, trouble
from checklists.template import Step, Template
from checklists.vocabulary import Kind, Status
from checklists.wording import reason


def refusals(run: Run, step: Step, context: Context) -> tuple[Reason, ...]:
    """Give every reason why a step may not be recorded now; none when it may."""
    owner, _ = run.find(step.id)
    if not applies(run, step, context):
        return (reason("not-applicable", step.id, step.rule), *_price(owner, step, context))
    return (
        *_price(owner, step, context),
        *_locks(run, step, context),
        *_order(run, owner, step, context),
        *_requirements(run, step),
        *_child(run, step, context),
    )


def is_its_turn(run: Run, step: Step, context: Context) -> bool:
    """Tell whether a step may be recorded now and nothing else should rather be done first.

    While the price is open a later test may be recorded, but it is not what comes next; nor is
    the picture of finished work while work is left.
    """
    if refusals(run, step, context):
        return False
    owner, _ = run.find(step.id)
    settled_price = replace(context, price_confirmed=True)
    if step.kind is Kind.PHOTO:
        earlier = (other for other in owner.steps if other.seq < step.seq)
        return not any(is_wanting(run, other, context) for other in earlier)
    return not any(_order(run, owner, step, settled_price))


def is_wanting(run: Run, step: Step, context: Context) -> bool:
    """Tell whether a step must be recorded and is not settled; sign-offs are the customer's."""
    if step.kind is Kind.SIGNOFF or (step.optional and run.last(step.id) is None):
        return False
    return applies(run, step, context) and trouble(run, step, context) is not None


def lockers(run: Run, step: Step, context: Context) -> tuple[Step, ...]:
    """The safety steps that keep a step locked (R-164, R-167, R-169)."""
    owner, _ = run.find(step.id)
    return tuple(
        locker
        for locker in owner.steps
        if step.id in locker.locks
        and applies(run, locker, context)
        and not (
            holds_open(run, locker, step, context)
            and (not locker.lock_needs_photo or _is_pictured(run, locker, context))
        )
    )


def holds_open(run: Run, locker: Step, step: Step, context: Context) -> bool:
    """Tell whether a safety step is confirmed and still in force for a step it locks."""
    last = run.last(locker.id)
    if last is None or last.status is not Status.PASS or is_stale(run, locker, context):
        return False
    # A step that was sent back may only want a better picture; where hands go in again, the
    # safety step is sent back with it.
    return step.id in context.rework_steps or not lockout_ended(run, locker)


def _is_pictured(run: Run, locker: Step, context: Context) -> bool:
    last = run.last(locker.id)
    tags = {photo.tag for photo in last.photos} if last else set()
    tags |= {tag for step_id, tag, _ in context.held_photos if step_id == locker.id}
    return all(need.tag in tags for need in locker.photos)


def _price(owner: Template, step: Step, context: Context) -> Iterator[Reason]:
    """R-056: no action before the customer has confirmed the price; emergencies are exempt."""
    if step.kind is Kind.ACTION and not owner.emergency and not context.price_confirmed:
        yield reason("price-not-confirmed", step.id, "R-056")


def _locks(run: Run, step: Step, context: Context) -> Iterator[Reason]:
    for locker in lockers(run, step, context):
        yield reason("locked", step.id, locker.rule or step.rule, lockers=locker.id)


def _order(run: Run, owner: Template, step: Step, context: Context) -> Iterator[Reason]:
    """Steps run in order; what only inspects may go ahead of work that has to wait (A-49)."""
    if owner.emergency or step.any_time:
        return
    for earlier in owner.steps:
        if earlier.seq < step.seq and _holds_up(run, owner, earlier, step, context):
            yield reason("out-of-order", step.id, step.rule, earlier=earlier.id)
            return


def _holds_up(run: Run, owner: Template, earlier: Step, step: Step, context: Context) -> bool:
    if earlier.kind is Kind.SIGNOFF or not applies(run, earlier, context):
        return False
    if step.id in earlier.remedies or (earlier.optional and run.last(earlier.id) is None):
        return False
    if step.kind is not Kind.ACTION and is_remedial(owner, earlier.id):
        return False
    if earlier.kind is not Kind.ACTION:
        return not is_answered(run, earlier, context)
    if step.kind is not Kind.ACTION and not context.price_confirmed:
        return False
    return trouble(run, earlier, context) is not None


def _requirements(run: Run, step: Step) -> Iterator[Reason]:
    for required in step.requires:
        if not holds(required["if"], run):
            yield reason(
                "requirement-unmet", step.id, required.get("rule"), **dict(required["text"])
            )


def _child(run: Run, step: Step, context: Context) -> Iterator[Reason]:
    """A step that opens a child run is done once nothing of it is open; photos may come later."""
    if step.child is None:
        return
    child = run.children[step.child]
    waiting = [inner.id for inner in child.steps if is_wanting(run, inner, context)]
    if waiting:
        words = ", ".join(waiting)
        yield reason("child-run-open", step.id, step.rule, child=child.code, steps=words)
