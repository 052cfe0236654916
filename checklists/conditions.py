"""Whether a condition of the closed vocabulary holds for a run (`when`, `requires`, `if_no`)."""

from collections.abc import Iterator

from checklists.run import Run
from checklists.template import Json, Template
from checklists.vocabulary import Status


def as_list(value: object) -> list[object]:
    """One word or a list of words, as a list."""
    return value if isinstance(value, list) else [value]


def holds(condition: Json | None, run: Run) -> bool:
    """Tell whether a condition holds; it looks at the latest result of each step it names."""
    if condition is None:
        return True
    if "all" in condition:
        return all(holds(part, run) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, run) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], run)
    return _atom_holds(condition, run)


def _atom_holds(atom: Json, run: Run) -> bool:
    last = run.last(atom["step"])
    if last is None:
        return False
    if "chose" in atom:
        return atom["chose"] in last.answer.get("choices", ())
    if "field" in atom:
        return run.value_of(last.step, atom["field"]) in as_list(atom["is"])
    return str(last.status) in as_list(atom["is"])


def atoms(condition: Json | None) -> Iterator[Json]:
    """Every elementary condition inside a condition: those that name a step."""
    if condition is None:
        return
    if "step" in condition:
        yield condition
    for key in ("all", "any"):
        for part in condition.get(key, ()):
            yield from atoms(part)
    yield from atoms(condition.get("not"))


def is_remedial(template: Template, step_id: str) -> bool:
    """Tell whether a step can only exist because another one failed, however indirectly (A-49)."""
    step = template.by_id.get(step_id)
    return step is not None and _hangs_on_failure(template, step.when)


def _hangs_on_failure(template: Template, condition: Json | None) -> bool:
    if condition is None or "not" in condition:
        return False
    if "all" in condition:
        return any(_hangs_on_failure(template, part) for part in condition["all"])
    if "any" in condition:
        return all(_hangs_on_failure(template, part) for part in condition["any"])
    if condition.get("is") == Status.FAIL:
        return True
    return is_remedial(template, condition["step"])
