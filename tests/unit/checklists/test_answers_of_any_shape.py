"""Whatever a handheld sends, the engine judges it or refuses it; it never breaks."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists.catalogue import children_of, load_catalogue
from checklists.evaluate import (
    Answer,
    Context,
    Photo,
    Refused,
    Result,
    Run,
    Status,
    applicable,
    judge,
    locked,
    missing,
    next_steps,
)
from checklists.golden import load_vectors
from checklists.template import Step

CATALOGUE = load_catalogue()
LONG_VECTORS = [vector for vector in load_vectors() if len(vector.given) > 2]
KEYS = st.sampled_from(
    ["confirmed", "ok", "done", "value", "unit", "choices", "fields", "old_spec", "new_spec", "x"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["0.40", "3", "-1", "1e3", "NaN", "MPa", "V", "times", "bang", "R22", "500"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=6), inner, max_size=5)
    ),
    max_leaves=12,
)
CONTEXTS = st.builds(
    Context,
    price_confirmed=st.booleans(),
    hazard=st.booleans(),
    rework_steps=st.frozensets(st.sampled_from(["LAMP-03", "AC-18", "GWH-B1"]), max_size=2),
    overrides=st.frozensets(st.sampled_from(["LAMP-11", "AC-18"]), max_size=2),
)


def fresh(code: str) -> Run:
    template = CATALOGUE[code]
    return Run(template=template, children=children_of(template))


def outcome(run: Run, answer: Answer, context: Context) -> Result | Refused:
    try:
        return judge(run, answer, context)
    except Refused as refusal:
        return refusal


def step_ids() -> list[str]:
    return [step.id for template in CATALOGUE.values() for step in template.steps]


@settings(max_examples=300, deadline=None)
@given(
    code=st.sampled_from(sorted(CATALOGUE)),
    step=st.sampled_from(step_ids()) | st.text(max_size=5) | st.none() | st.just([]),
    attempt=st.integers(-1, 3) | st.none() | st.text(max_size=2),
    body=JSON,
    text=st.none() | st.text(max_size=5) | st.integers(),
    tag=st.sampled_from(["before", "selfie"]) | st.none(),
    context=CONTEXTS,
)
def test_any_answer_to_a_fresh_run_is_judged_or_refused(
    code: str, step: Any, attempt: Any, body: Any, text: Any, tag: Any, context: Context
) -> None:
    answer = Answer(
        step=step,
        attempt=attempt,
        answer=body,
        photos=(Photo(sha256="0" * 64, tag=tag),),
        text=text,
        reason=text,
    )
    said = outcome(fresh(code), answer, context)
    if isinstance(said, Refused):
        assert said.reasons
        assert all(reason.zh and reason.en and reason.code for reason in said.reasons)
    else:
        assert said.status in Status


@settings(max_examples=300, deadline=None)
@given(body=JSON, data=st.data())
def test_any_body_for_any_recordable_step_is_judged_or_refused(body: Any, data: Any) -> None:
    """Reaches the limits of every step: the walks of the golden vectors lead up to it."""
    vector = data.draw(st.sampled_from(LONG_VECTORS))
    run = fresh(vector.template)
    for entry in vector.given:
        if "step" in entry:
            run = run.with_result(plausible(run, entry))
    step = data.draw(
        st.sampled_from(sorted(next_steps(run, Context(price_confirmed=True)) or [""]))
    )
    last = run.last(step)
    answer = Answer(step=step, attempt=last.attempt + 1 if last else 1, answer=body)
    said = outcome(run, answer, Context(price_confirmed=True))
    if isinstance(said, Refused):
        assert said.reasons
    else:
        assert run.with_result(said).results[:-1] == run.results


def plausible(run: Run, entry: Any) -> Result:
    """The judged answer, or a failed result where only the order of steps stands against it."""
    last = run.last(entry["step"])
    attempt = last.attempt + 1 if last else 1
    answer = Answer(step=entry["step"], attempt=attempt, answer=entry["answer"])
    try:
        return judge(run, answer, Context(price_confirmed=True))
    except Refused:
        return Result(step=answer.step, attempt=attempt, status=Status.FAIL, answer=answer.answer)


def good(step: Step) -> dict[str, Any]:
    """An answer that no author would call a fault."""
    fields = {
        "rated_a": "10",
        "test_voltage_v": "500",
        "ambient_c": "30",
        "refrigerant": "R22",
        "rated_current_a": "5.2",
        "charged_g": "300",
        "leaks": "0",
        "hold_min": "10",
    }
    values = {
        "LAMP-03": "221",
        "LAMP-19": "2",
        "SW-02": "6",
        "SW-08": "2",
        "GWH-A1": "3.0",
        "GWH-T2": "4",
        "ST-T2": "4",
        "WC-T2": "10",
        "AC-02": "30",
        "AC-18": "0.52",
        "AC-19": "1.28",
        "AC-20": "5.0",
        "PIPE-05": "1",
        "PIPE-08": "1",
        "PIPE-09": "1",
        "PIPE-13": "1",
        "PIPE-14": "0",
        "PIPE-16": "0.6",
    }
    bodies: dict[str, dict[str, Any]] = {
        "safety": {"confirmed": True},
        "check": {"ok": True},
        "action": {"done": True},
        "photo": {},
        "reading": {"value": values.get(step.id), "unit": step.unit},
        "choice": {"choices": [choice["id"] for choice in step.choices]},
    }
    body = bodies[step.kind]
    if step.kind == "choice" and not step.multiple:
        body["choices"] = body["choices"][:1]
    if (step.limits or {}).get("same_spec"):
        body |= {"old_spec": "DN15", "new_spec": "dn 15"}
    wanted = {field["name"] for field in step.fields if field.get("required")}
    return body | ({"fields": {name: fields[name] for name in wanted}} if wanted else {})


def bad(step: Step) -> dict[str, Any]:
    """An answer that a careless or unlucky technician gives."""
    body = good(step)
    for key in ("confirmed", "ok"):
        if key in body:
            body[key] = False
    if step.kind == "reading" and step.id != "AC-02":
        body["value"] = {"AC-18": "0.36", "AC-19": "1.05", "PIPE-05": "2", "LAMP-19": "4"}.get(
            step.id, "0"
        )
    if step.kind == "choice":
        body["choices"] = [step.choices[-1]["id"]]
    return body


@pytest.mark.parametrize("code", sorted(CATALOGUE))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whoever_follows_what_comes_next_always_gets_to_the_end(code: str, data: Any) -> None:
    """However often things fail first, the run is never stuck, and what is next is accepted."""
    run = fresh(code)
    context = Context(price_confirmed=data.draw(st.booleans()))
    failures = data.draw(st.integers(0, 6))
    for _ in range(250):
        offered = next_steps(run, context)
        if not offered and not context.price_confirmed:
            context = Context(price_confirmed=True)
            continue
        if not offered:
            break
        assert set(offered) <= set(applicable(run, context))
        assert not set(offered) & set(locked(run, context))
        step_id = data.draw(st.sampled_from(offered))
        _, step = run.find(step_id)
        fails = failures > 0 and data.draw(st.booleans())
        failures -= fails
        last = run.last(step_id)
        answer = Answer(
            step=step_id,
            attempt=last.attempt + 1 if last else 1,
            answer=bad(step) if fails else good(step),
            photos=tuple(Photo(sha256="0" * 64, tag=need.tag) for need in step.photos),
            text="in words",
            reason="for a reason",
        )
        longer = run.with_result(judge(run, answer, context))
        assert longer.results[:-1] == run.results
        run = longer
    lacking = [lack for lack in missing(run, context) if lack.code != "photo"]
    assert lacking == []
    assert next_steps(run, context) == ()
