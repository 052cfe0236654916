"""Reads a template that an author wrote in YAML, and says plainly what is wrong with it."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from checklists.checks import findings
from checklists.template import Template


@dataclass(frozen=True, kw_only=True)
class AuthoringError:
    """One mistake: the file, the step (None: the file as a whole), what, and how to mend it."""

    file: str
    step: str | None
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}, step {self.step}" if self.step else self.file
        return f"{where}: {self.what}; {self.remedy}"


class AuthoringErrors(Exception):
    """A template that cannot be used; `errors` lists every mistake found."""

    def __init__(self, errors: list[AuthoringError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


class _Loader(yaml.SafeLoader):
    """Safe YAML that does not let a key written twice pass silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                continue
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def load_template(path: Path) -> Template:
    """Load one template. Raises AuthoringErrors with every mistake in it."""
    return parse_template(path.read_text(encoding="utf-8"), file=path.name)


def parse_template(text: str, *, file: str) -> Template:
    """Parse a template from YAML text; `file` is what errors call it. Raises AuthoringErrors."""
    try:
        # The loader is a SafeLoader: it builds plain values only.
        written = yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.YAMLError as problem:
        what = " ".join(str(problem).split())
        remedy = "mend the YAML; quote words that hold a colon or start with a special sign"
        raise AuthoringErrors(
            [AuthoringError(file=file, step=None, what=what, remedy=remedy)]
        ) from None
    data = _spelled_out(written)
    if found := findings(data):
        raise AuthoringErrors(
            [AuthoringError(file=file, step=f.step, what=f.what, remedy=f.remedy) for f in found]
        )
    return Template.from_json(data)


def _spelled_out(written: Any) -> Any:
    """Turn the author's short forms into the wire form, leaving what is not understood alone."""
    if not isinstance(written, dict) or not isinstance(written.get("steps"), list):
        return written
    steps = [_step(step, seq) for seq, step in enumerate(written["steps"], start=1)]
    return written | {"steps": steps}


def _step(step: Any, seq: int) -> Any:
    if not isinstance(step, dict):
        return step
    given = _with_text(step)
    engineering = given.get("source") == "E"
    given = {"seq": seq, "provenance": "engineering" if engineering else "seed"} | given
    photos = given.get("photos", [])
    if isinstance(photos, list):
        given["photos"] = [
            {"tag": need, "min": 1} if isinstance(need, str) else need for need in photos
        ]
    if isinstance(given.get("choices"), list):
        given["choices"] = [_with_text(choice) for choice in given["choices"]]
    return given


def _with_text(given: Any) -> Any:
    """`zh: …` and `en: …` beside the other keys stand for `text: {zh: …, en: …}`."""
    if not isinstance(given, dict) or not {"zh", "en"} & given.keys():
        return given
    rest = {key: value for key, value in given.items() if key not in ("zh", "en")}
    text = {key: given[key] for key in ("zh", "en") if key in given}
    return rest | {"text": rest.get("text", text)}
