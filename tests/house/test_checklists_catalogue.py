"""Every condition, lock, loop and limit of the catalogue is touched by some golden vector."""

import pytest

from checklists.catalogue import across, for_category, load_catalogue
from checklists.golden import Vector, load_vectors
from checklists.template import Step, Template
from checklists.vocabulary import Kind

CATALOGUE = load_catalogue()
VECTORS = list(load_vectors())

SECTION_3_STEPS = {
    "CL-LAMP": 21,
    "CL-SWITCH": 14,
    "CL-TAP": 13,
    "CL-GWH": 23,
    "CL-STOVE": 21,
    "CL-WC": 16,
    "CL-AC": 24,
    "CL-PIPE": 18,
    "CL-GASEMG": 7,
}


def of(template: Template) -> list[Vector]:
    return [vector for vector in VECTORS if vector.template == template.code]


def answers_to(step: Step) -> list[Vector]:
    return [vector for vector in VECTORS if vector.answer and vector.answer["step"] == step.id]


EACH_TEMPLATE = pytest.mark.parametrize("template", CATALOGUE.values(), ids=CATALOGUE.keys())


def test_the_catalogue_has_the_nine_checklists_with_all_their_steps() -> None:
    assert {code: len(template.steps) for code, template in CATALOGUE.items()} == SECTION_3_STEPS


def test_the_catalogue_holds_together() -> None:
    assert across(CATALOGUE) == []


def test_every_repair_category_has_its_checklist() -> None:
    assert for_category("lamp") == "CL-LAMP"
    assert for_category("switch") == "CL-SWITCH"
    assert for_category("tap_valve") == "CL-TAP"
    assert for_category("gas_water_heater") == "CL-GWH"
    assert for_category("gas_stove") == "CL-STOVE"
    assert for_category("toilet_tank") == "CL-WC"
    assert for_category("air_conditioner") == "CL-AC"
    assert for_category("water_pipe_install") == "CL-PIPE"
    assert for_category("public_area") is None


def test_an_emergency_belongs_to_no_category_of_orders() -> None:
    assert [code for code, one in CATALOGUE.items() if one.category is None] == ["CL-GASEMG"]


def test_vector_names_are_unique_in_their_file() -> None:
    names = [(vector.file, vector.name) for vector in VECTORS]
    assert len(names) == len(set(names))


@EACH_TEMPLATE
def test_each_condition_is_seen_true_and_false(template: Template) -> None:
    lists = [v.expect["applicable"] for v in of(template) if "applicable" in v.expect]
    for step in template.steps:
        if step.when is not None:
            assert {step.id in names for names in lists} == {True, False}, step.id


@EACH_TEMPLATE
def test_each_lock_is_seen_closed(template: Template) -> None:
    closed = {
        (locker, name)
        for vector in of(template)
        for name, lockers in vector.expect.get("locked", {}).items()
        for locker in lockers
    }
    assert closed >= {(step.id, name) for step in template.steps for name in step.locks}


@EACH_TEMPLATE
def test_each_lock_out_that_ended_is_seen_to_lock_again(template: Template) -> None:
    for step in template.steps:
        after = [v for v in of(template) if any(e.get("step") == step.id for e in v.given)]
        for released in step.releases:
            assert any([released] in v.expect.get("locked", {}).values() for v in after), step.id


@EACH_TEMPLATE
def test_each_failure_is_seen_with_what_follows(template: Template) -> None:
    for step in template.steps:
        failures = [v.expect for v in answers_to(step) if v.expect.get("status") == "fail"]
        shown = {name for e in failures for name in (*e.get("next", ()), *e.get("applicable", ()))}
        again = {name for e in failures for name in e.get("redo", ())}
        follows = [e.get("consequence") for e in failures]
        on_fail = step.on_fail or {}
        assert shown >= set(step.remedies[:1]), step.id
        assert again >= set(step.back_to), step.id
        for kind in on_fail.keys() & {"hazard", "suspend"}:
            assert {"kind": kind, "value": on_fail[kind]} in follows, step.id


@EACH_TEMPLATE
def test_each_repeat_is_seen_demanded(template: Template) -> None:
    for step in template.steps:
        demanded = {
            name
            for vector in answers_to(step)
            for name, tag, code in vector.expect.get("missing", ())
            if (tag, code) == (None, "repeat")
        }
        assert demanded >= set(step.repeat), step.id


@EACH_TEMPLATE
def test_each_limit_is_seen_on_its_step(template: Template) -> None:
    for step in template.steps:
        limits = step.limits or {}
        expected = [vector.expect for vector in answers_to(step)]
        verdicts = {(expect.get("status"), expect.get("band")) for expect in expected}
        refusals = {code for expect in expected for code in expect.get("refused", ())}
        lines = (*limits.get("bands", ()), *limits.get("if_no", ()))
        assert verdicts >= {(line["status"], line.get("band")) for line in lines}, step.id
        wanted = {guard["refuse"] for guard in limits.get("guards", ())}
        wanted |= {"specification-differs"} if limits.get("same_spec") else set()
        wanted |= {"requirement-unmet"} if step.requires else set()
        wanted |= {"missing-key"} if any(f.get("required") for f in step.fields) else set()
        assert refusals >= wanted, step.id
        if limits.get("all_of"):
            assert verdicts >= {("pass", None), ("incomplete", None)}, step.id


@EACH_TEMPLATE
def test_each_choice_that_decides_is_seen_chosen(template: Template) -> None:
    for step in template.steps:
        judged = [v for v in answers_to(step) if v.answer and "status" in v.expect]
        chosen = {one for v in judged if v.answer for one in v.answer["answer"].get("choices", ())}
        assert chosen >= {one["id"] for one in step.choices if one.get("verdict")}, step.id


def test_what_the_wire_promises_of_a_template_is_there() -> None:
    for template in CATALOGUE.values():
        data = template.to_json()
        assert data.keys() >= {"code", "version", "title", "category", "steps"}
        for step in data["steps"]:
            assert step.keys() >= {
                "id", "seq", "kind", "text", "source", "provenance", "when", "photos", "locks",
                "on_fail",
            }  # fmt: skip


def test_figures_that_are_ours_are_never_shown_as_the_manuals() -> None:
    """P-12 to P-16 and the [E] figures say that they are ours."""
    ours = {"LAMP-03", "SW-08", "GWH-A1", "ST-T2", "WC-T2", "AC-20", "PIPE-16"}
    for template in CATALOGUE.values():
        for step in template.steps:
            if step.kind is Kind.READING and "bands" in (step.limits or {}):
                seed = (step.limits or {})["provenance"] == "seed"
                assert seed is (step.id not in ours), step.id
