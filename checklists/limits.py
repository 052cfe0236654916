"""What a well-formed answer is worth: bands of readings, verdicts of choices, yes and no."""

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from checklists.conditions import as_list, holds
from checklists.reading import YES_NO_KEYS
from checklists.run import Answer, Context, Reason, Refused, Run
from checklists.template import Json, Step
from checklists.vocabulary import COMPARISONS, Kind, Status
from checklists.wording import reason


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A status, the name of the band where there is one, and the rule that drew the line."""

    status: Status
    band: str | None = None
    rule: str | None = None


def weigh(run: Run, step: Step, answer: Answer, context: Context) -> Verdict:
    """Judge an answer whose shape has been checked. Raises Refused where a guard or R-162 bites."""
    if step.kind in YES_NO_KEYS:
        if answer.answer[YES_NO_KEYS[step.kind]]:
            return _yes(step, answer, context)
        return _no(run, step)
    if step.kind is Kind.CHOICE:
        return _choice(step, answer)
    if step.kind is Kind.READING:
        return _reading(run, step, answer, context)
    return Verdict(status=Status.PASS)


def _yes(step: Step, answer: Answer, context: Context) -> Verdict:
    if step.kind is not Kind.ACTION:
        return Verdict(status=Status.PASS)
    if not (step.limits or {}).get("same_spec") or _same(answer.answer):
        return Verdict(status=Status.DONE)
    if step.id in context.overrides and answer.reason:
        return Verdict(status=Status.WARN, band="deviation", rule="R-162")
    raise Refused((reason("specification-differs", step.id, "R-162"),))


def _same(body: Json) -> bool:
    """Compare specifications as people write them: case, spaces and full width do not count."""

    def plain(spec: str) -> str:
        return "".join(unicodedata.normalize("NFKC", spec).casefold().split())

    return plain(body["old_spec"]) == plain(body["new_spec"])


def _no(run: Run, step: Step) -> Verdict:
    for line in (step.limits or {}).get("if_no", ()):
        if holds(line.get("when"), run):
            return Verdict(status=Status(line["status"]), band=line.get("band"))
    return Verdict(status=Status.FAIL)


def _choice(step: Step, answer: Answer) -> Verdict:
    chosen = [choice for choice in step.choices if choice["id"] in answer.answer["choices"]]
    if any(choice.get("text_required") for choice in chosen) and not (answer.text or "").strip():
        raise Refused((reason("text-required", step.id, step.rule),))
    if any(choice.get("verdict") == Status.FAIL for choice in chosen):
        return Verdict(status=Status.FAIL)
    ids = {choice["id"] for choice in chosen}
    if not ids.issuperset((step.limits or {}).get("all_of", ())):
        return Verdict(status=Status.INCOMPLETE)
    return Verdict(status=Status.PASS)


def _reading(run: Run, step: Step, answer: Answer, context: Context) -> Verdict:
    limits = step.limits or {}
    measured = Measured(run=run, body=answer.answer)
    refused: list[Reason] = [
        reason(guard["refuse"], step.id, guard.get("rule", step.rule), key="value")
        for guard in limits.get("guards", ())
        if measured.meets(guard["if"])
    ]
    if refused:
        raise Refused(tuple(refused[:1]))
    for band in limits.get("bands", ()):
        if measured.meets(band.get("if", ())):
            status = Status(band["status"])
            if band.get("overridable") and step.id in context.overrides and answer.reason:
                status = Status.WARN
            return Verdict(status=status, band=band.get("band"), rule=band.get("rule", step.rule))
    return Verdict(status=Status.PASS)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The numbers that the tests of a limit may speak of."""

    run: Run
    body: Json

    def meets(self, tests: Any) -> bool:
        return all(self._meets_one(test) for test in tests)

    def _meets_one(self, test: Json) -> bool:
        """Tell whether one test holds; a test that speaks of what is not there does not."""
        actual = self.resolve(test.get("of", "value"))
        if actual is None:
            return False
        if "is" in test:
            return actual in as_list(test["is"])
        number = Decimal(actual)
        if "within_percent" in test:
            nominal = self.resolve(test["within_percent"]["of"])
            if nominal is None:
                return False
            allowed = Decimal(test["within_percent"]["percent"]) * abs(Decimal(nominal))
            return abs(number - Decimal(nominal)) * 100 <= allowed
        return all(
            self._compare(number, comparison, test[comparison])
            for comparison in COMPARISONS
            if comparison in test
        )

    def _compare(self, number: Decimal, comparison: str, operand: Any) -> bool:
        bound = operand if isinstance(operand, str) else self.resolve(operand)
        if bound is None:
            return False
        limit = Decimal(bound)
        outcomes = {
            "lt": number < limit,
            "le": number <= limit,
            "gt": number > limit,
            "ge": number >= limit,
            "eq": number == limit,
            "ne": number != limit,
        }
        return outcomes[comparison]

    def resolve(self, quantity: Any) -> str | None:
        """Find a quantity: this value, a field of this answer, or one of another step's."""
        found: Any
        if quantity == "value":
            found = self.body.get("value")
        elif "step" in quantity:
            found = self.run.value_of(quantity["step"], quantity.get("field"))
        else:
            found = (self.body.get("fields") or {}).get(quantity["field"])
        return None if found is None else str(found)
