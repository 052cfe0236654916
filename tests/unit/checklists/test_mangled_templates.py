"""Whatever is mangled in a template, the author is told; the reading of it never breaks."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import checklists.catalogue
from checklists.authoring import AuthoringErrors, parse_template

SOUND = [
    yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(Path(checklists.catalogue.__file__).parent.glob("*.yaml"))
]
RUBBISH: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.floats(allow_nan=False)
    | st.text(alphabet="ab-0.", max_size=4)
    | st.just([])
    | st.just({})
    | st.just([None])
    | st.just({"step": None, "is": []})
    | st.just([{"if": {}}])
    | st.just([[]])
)


def mangle(data: st.DataObject, node: Any) -> Any:
    """Replace one thing somewhere inside a value."""
    if isinstance(node, dict) and node and data.draw(st.integers(0, 5)):
        key = data.draw(st.sampled_from(sorted(node)))
        return node | {key: mangle(data, node[key])}
    if isinstance(node, list) and node and data.draw(st.integers(0, 5)):
        position = data.draw(st.integers(0, len(node) - 1))
        return [*node[:position], mangle(data, node[position]), *node[position + 1 :]]
    return data.draw(RUBBISH)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_mangled_template_is_read_or_refused_with_reasons(data: st.DataObject) -> None:
    text = yaml.safe_dump(mangle(data, data.draw(st.sampled_from(SOUND))), allow_unicode=True)
    try:
        template = parse_template(text, file="mangled.yaml")
    except AuthoringErrors as refusal:
        told = refusal.errors
    else:
        told = []
        assert template.from_json(template.to_json()) == template
    assert all(error.what and error.remedy for error in told)


def test_limits_that_name_nothing_are_no_limits() -> None:
    found = next(one for one in SOUND if one["steps"][1]["id"] == "AC-02")
    first, second, *others = found["steps"]
    text = yaml.safe_dump(found | {"steps": [first, second | {"limits": {}}, *others]})
    template = parse_template(text, file="mangled.yaml")
    assert template.steps[1].limits is None
    assert template.from_json(template.to_json()) == template
