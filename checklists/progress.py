"""What a run still lacks, and what can be recorded next."""

from collections.abc import Iterator

from checklists.gates import holds_open, is_its_turn, lockers
from checklists.run import Context, Missing, Run
from checklists.standing import applies, is_open, trouble
from checklists.template import Step, Template
from checklists.vocabulary import Kind
from checklists.wording import missing as lacks


def missing(run: Run, context: Context) -> tuple[Missing, ...]:
    """Give everything that keeps the run from completion, in the order of the steps.

    The sign-off is the customer's and an emergency never counts. A photo is there once it is
    held; every step that was recorded owes its photos, whether or not it still applies.
    """
    found: list[Missing] = []
    for template in run.templates:
        if not template.emergency:
            if is_open(run, template, context):
                found += _missing_groups(run, template)
            for step in _recordable(template):
                found += _missing_of(run, step, context)
    return tuple(found)


def _recordable(template: Template) -> Iterator[Step]:
    return (step for step in template.steps if step.kind is not Kind.SIGNOFF)


def _missing_of(run: Run, step: Step, context: Context) -> Iterator[Missing]:
    due = _is_due(run, step, context)
    if due and (code := trouble(run, step, context)):
        yield lacks(code, step.id)
    if due or run.last(step.id):
        for need in step.photos:
            held = {
                sha256
                for step_id, tag, sha256 in context.held_photos
                if (step_id, tag) == (step.id, need.tag)
            }
            if len(held) < need.min:
                yield lacks("photo", step.id, need.tag)


def _is_due(run: Run, step: Step, context: Context) -> bool:
    if step.optional and run.last(step.id) is None:
        return False
    return applies(run, step, context)


def _missing_groups(run: Run, template: Template) -> Iterator[Missing]:
    for group in template.one_of:
        if not any(run.last(step_id) for step_id in group):
            yield lacks("one-of", group[0], group=", ".join(group))


def applicable(run: Run, context: Context | None = None) -> tuple[str, ...]:
    """The steps whose condition holds, sign-offs included; an open emergency comes first."""
    return tuple(
        step.id
        for template in _emergency_first(run)
        for step in template.steps
        if applies(run, step, context)
    )


def next_steps(run: Run, context: Context) -> tuple[str, ...]:
    """The steps to do next, in order; an open emergency comes first.

    All of them can be recorded now. A locking step whose photo alone is awaited is not among them.
    """
    found: list[str] = []
    for template in _emergency_first(run):
        wanted = [
            step for step in _recordable(template) if _is_wanted(run, template, step, context)
        ]
        names = {step.id for step in wanted}
        names |= {
            locker.id
            for step in wanted
            for locker in lockers(run, step, context)
            if not holds_open(run, locker, step, context)
        }
        found += [
            step.id
            for step in _recordable(template)
            if step.id in names and is_its_turn(run, step, context)
        ]
    return tuple(found)


def _is_wanted(run: Run, template: Template, step: Step, context: Context) -> bool:
    if not applies(run, step, context):
        return False
    if template.emergency:
        return run.last(step.id) is None
    if step.optional and run.last(step.id) is None:
        return any(
            step.id in group and not any(run.last(other) for other in group)
            for group in template.one_of
        )
    return trouble(run, step, context) not in (None, "remedy-open")


def locked(run: Run, context: Context) -> dict[str, tuple[str, ...]]:
    """The applicable steps that are locked, each with the safety steps that unlock it."""
    found = {}
    for template in run.templates:
        for step in _recordable(template):
            if applies(run, step, context) and (keys := lockers(run, step, context)):
                found[step.id] = tuple(key.id for key in keys)
    return found


def _emergency_first(run: Run) -> list[Template]:
    return sorted(run.templates, key=lambda template: not template.emergency)
