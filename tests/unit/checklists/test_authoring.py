"""An author who makes a mistake is told the file, the step, what is wrong and how to mend it."""

from pathlib import Path
from textwrap import dedent

import pytest

from checklists.authoring import AuthoringErrors, load_template, parse_template
from checklists.catalogue import across
from checklists.template import Template
from checklists.vocabulary import Kind

GOOD = """
code: CL-DOOR
version: 1
title: {zh: 门维修, en: Door repair}
category: household_other
source: E
steps:
  - id: DOOR-01
    kind: photo
    source: E
    zh: 拍照
    en: Take a picture
    photos: [before]
  - id: DOOR-02
    kind: reading
    source: E
    zh: 量缝隙
    en: Measure the gap
    unit: mm
    limits:
      bands:
        - {if: [{le: "3.0"}], status: pass}
        - {status: fail, band: wide}
    on_fail: {do: [DOOR-03]}
  - id: DOOR-03
    kind: action
    source: SVC 2.3.3
    zh: 调铰链
    en: Set the hinges
    when: {step: DOOR-02, is: fail}
    repeat: [DOOR-02]
  - id: DOOR-04
    kind: choice
    source: E
    zh: 颜色
    en: Colour
    choices:
      - {id: red, zh: 红, en: Red, verdict: pass}
      - {id: blue, zh: 蓝, en: Blue}
"""


def parse(text: str) -> Template:
    return parse_template(dedent(text), file="cl-door.yaml")


def mistakes(text: str) -> list[tuple[str | None, str]]:
    with pytest.raises(AuthoringErrors) as caught:
        parse(text)
    assert all(error.file == "cl-door.yaml" and error.remedy for error in caught.value.errors)
    return [(error.step, error.what) for error in caught.value.errors]


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def test_a_sound_template_is_read_as_it_was_meant() -> None:
    template = parse(GOOD)
    assert [(step.id, step.seq) for step in template.steps] == [
        ("DOOR-01", 1),
        ("DOOR-02", 2),
        ("DOOR-03", 3),
        ("DOOR-04", 4),
    ]
    assert template.step("DOOR-01").kind is Kind.PHOTO
    assert template.step("DOOR-01").photos[0].min == 1
    assert template.step("DOOR-02").text["en"] == "Measure the gap"
    assert template.step("DOOR-01").provenance == "engineering"
    assert template.step("DOOR-03").provenance == "seed"


def test_a_template_survives_its_wire_form() -> None:
    template = parse(GOOD)
    again = Template.from_json(template.to_json())
    assert again == template
    assert again.content_hash == template.content_hash


def test_the_content_hash_changes_with_any_word() -> None:
    assert parse(GOOD).content_hash != parse(changed("Set the hinges", "Set hinges")).content_hash


def test_a_template_is_loaded_from_a_file_and_errors_name_it(tmp_path: Path) -> None:
    path = tmp_path / "cl-broken.yaml"
    path.write_text(changed("unit: mm", "unit: mm\n    colour: red"), encoding="utf-8")
    with pytest.raises(AuthoringErrors) as caught:
        load_template(path)
    told = str(caught.value)
    assert told.startswith("cl-broken.yaml, step DOOR-02: unknown key `colour`")


@pytest.mark.parametrize(
    ("old", "new", "step", "what"),
    [
        ("code: CL-DOOR", "code: door", None, "code"),
        ("version: 1", "version: 0", None, "version"),
        ("version: 1", "version: true", None, "`version` is of the wrong type"),
        ("version: 1\n", "", None, "`version` is missing"),
        ("household_other", "garden", None, "unknown category"),
        ("title: {zh: 门维修, en: Door repair}", "title: {zh: 门维修}", None, "lacks the en"),
        ("source: E\nsteps", "source: E\nemergency: true\nsteps", None, "has a category"),
        ("en: Take a picture", "en: ''", "DOOR-01", "lacks the en words"),
        ("kind: photo", "kind: picture", "DOOR-01", "unknown kind"),
        ("kind: photo\n", "\n", "DOOR-01", "`kind` is missing"),
        ("[before]", "[selfie]", "DOOR-01", "unknown photo tag"),
        ("[before]", "[{tag: before, min: 0}]", "DOOR-01", "0 photos are no demand"),
        ("[before]", "[before, before]", "DOOR-01", "stands twice"),
        ("photos: [before]", "photos: []", "DOOR-01", "asks for none"),
        ("unit: mm\n", "\n", "DOOR-02", "no unit"),
        ('le: "3.0"', "le: 3.0", "DOOR-02", "not decimal text"),
        ('le: "3.0"', 'at_most: "3.0"', "DOOR-02", "unknown key `at_most` in `if`"),
        ('le: "3.0"', "le: {field: width}", "DOOR-02", "no field 'width'"),
        ('le: "3.0"', "le: {step: DOOR-99}", "DOOR-02", "no step 'DOOR-99'"),
        ("- {status: fail, band: wide}", "", "DOOR-02", "the last band has a condition"),
        ("status: pass}", "status: good}", "DOOR-02", "unknown status"),
        ("bands:", "bandes:", "DOOR-02", "unknown key `bandes` in `limits`"),
        ("do: [DOOR-03]", "do: [DOOR-30]", "DOOR-02", "names 'DOOR-30'"),
        ("do: [DOOR-03]", "do: DOOR-03", "DOOR-02", "`do` is of the wrong type"),
        ("do: [DOOR-03]", "back_to: [DOOR-03]", "DOOR-02", "leads forward"),
        ("do: [DOOR-03]", "suspend: bored", "DOOR-02", "unknown suspension"),
        ("do: [DOOR-03]", "hazard: fire", "DOOR-02", "`on_fail.hazard` is"),
        ("do: [DOOR-03]", "then: [DOOR-03]", "DOOR-02", "unknown key `then` in `on_fail`"),
        ("is: fail}", "is: broken}", "DOOR-03", "unknown status"),
        ("step: DOOR-02, is: fail", "step: DOOR-20, is: fail", "DOOR-03", "looks at 'DOOR-20'"),
        ("step: DOOR-02, is: fail", "step: DOOR-04, chose: green", "DOOR-03", "no choice 'green'"),
        ("step: DOOR-02, is: fail", "step: DOOR-02, field: x, is: a", "DOOR-03", "no field 'x'"),
        ("step: DOOR-02, is: fail", "all: []", "DOOR-03", "lists nothing"),
        (
            "step: DOOR-02, is: fail",
            "step: DOOR-02, was: fail",
            "DOOR-03",
            "unknown key `was` in `when`",
        ),
        ("step: DOOR-02, is: fail", "step: DOOR-02", "DOOR-03", "not a condition"),
        ('{le: "3.0"}', "{of: value}", "DOOR-02", "not a test"),
        ('{le: "3.0"}', "{of: {}, le: '3'}", "DOOR-02", "not a quantity"),
        ("repeat: [DOOR-02]", "limits: {bands: []}", "DOOR-03", "know no `bands`"),
        ("repeat: [DOOR-02]", "locks: [DOOR-02]", "DOOR-03", "has no use for `locks`"),
        ("repeat: [DOOR-02]", "child: door", "DOOR-03", "`child` is 'door'"),
        (
            "repeat: [DOOR-02]",
            "requires: [{if: {step: DOOR-01, is: pass}}]",
            "DOOR-03",
            "`text` is missing",
        ),
        ("repeat: [DOOR-02]", "rule: 164", "DOOR-03", "`rule` is of the wrong type"),
        ("repeat: [DOOR-02]", "rule: R164", "DOOR-03", "rule 'R164'"),
        ("{id: blue, zh", "{id: red, zh", "DOOR-04", "stands twice"),
        ("verdict: pass", "verdict: maybe", "DOOR-04", "verdict 'maybe'"),
        ("id: DOOR-04", "id: DOOR-03", "DOOR-03", "used 2 times"),
        ("id: DOOR-04", "id: door4", "door4", "malformed"),
        ("steps:", "one_of: [[DOOR-01]]\nsteps:", None, "`one_of` group"),
    ],
)
def test_a_mistake_is_told_with_its_step(old: str, new: str, step: str | None, what: str) -> None:
    found = mistakes(changed(old, new))
    assert any(where == step and what in told for where, told in found), found


def test_all_mistakes_are_told_at_once() -> None:
    text = changed("[before]", "[selfie]").replace("is: fail}", "is: broken}")
    assert {step for step, _ in mistakes(text)} == {"DOOR-01", "DOOR-03"}


def test_a_key_written_twice_is_not_passed_over() -> None:
    [(step, what)] = mistakes(changed("unit: mm", "unit: mm\n    unit: cm"))
    assert step is None
    assert "'unit' stands twice" in what


def test_broken_yaml_is_told_with_its_line() -> None:
    [(_, what)] = mistakes("code: [")
    assert "line" in what


def test_a_file_that_is_no_mapping_is_told() -> None:
    assert mistakes("- a") == [(None, "the file is not a mapping")]


def test_conditions_in_a_circle_are_told() -> None:
    text = changed("unit: mm", "unit: mm\n    when: {step: DOOR-03, is: done}")
    assert ("DOOR-02", "its condition depends on itself") in mistakes(text)


def test_yaml_cannot_make_anything_but_plain_values() -> None:
    [(_, what)] = mistakes("!!python/object/apply:os.getcwd []")
    assert "could not determine a constructor" in what


def test_two_templates_may_not_share_a_step_id() -> None:
    one = parse(GOOD)
    other = parse(changed("CL-DOOR", "CL-GATE"))
    told = across({one.code: one, other.code: other})
    assert {error.step for error in told} == {step.id for step in one.steps}


def test_a_child_that_does_not_exist_is_told() -> None:
    template = parse(changed("repeat: [DOOR-02]", "child: CL-LOCK"))
    [error] = across({template.code: template})
    assert "no checklist CL-LOCK" in error.what
