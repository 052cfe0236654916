"""The console speaks both languages whole, and stays plain: small style, no inline script."""

import ast
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from checklists.vocabulary import Status
from contracts import vocabulary as words
from server.accounts.permissions import Role
from server.console import happenings, labels
from server.console.stored_words import SENTENCES
from server.console.wording import CATALOGUES, english
from server.deadlines.timers import CLOCKS
from server.requests.lifecycle import RequestState
from server.stores.lifecycle import LineState
from server.work_orders.operations.escalating import DECISIONS
from server.work_orders.qualifications import NEEDED
from server.work_orders.states import State

CONSOLE = Path(labels.__file__).parent
SERVER = CONSOLE.parent
TEMPLATES = sorted(CONSOLE.glob("templates/*.html"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def sentences() -> Iterator[str]:
    """Every sentence that the console can show."""
    for path in TEMPLATES:
        with path.open("rb") as file:
            yield from _firsts(babel_extract(file, ("_",), (), {}), 2)
    for path in sorted(CONSOLE.glob("*.py")):
        source = io.BytesIO(path.read_bytes())
        yield from _firsts(extract("python", source, {"gettext": None, "marked": None}), 1)
    yield from labels.ORDER_STATE.values()


def _firsts(found: Iterable[tuple], place: int) -> Iterator[str]:
    for row in found:
        message = row[place][0] if isinstance(row[place], tuple) else row[place]
        if message:
            yield message


def test_every_sentence_has_its_english_and_none_is_left_over() -> None:
    assert set(sentences()) == set(english())


def test_a_sentence_has_its_english_in_one_catalogue() -> None:
    known: dict[str, str] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file):
                if entry.id:
                    assert known.setdefault(str(entry.id), path.name) == path.name, entry.id


def test_the_english_is_english_and_keeps_its_gaps() -> None:
    for chinese, translated in english().items():
        assert not CHINESE.search(translated) or "3栋2单元1502" in translated
        gaps = re.compile(r"%\((\w+)\)s")
        assert set(gaps.findall(chinese)) == set(gaps.findall(translated))


def test_templates_say_nothing_that_cannot_be_translated() -> None:
    for path in TEMPLATES:
        text = re.sub(r"{[{%#].*?[}%#]}", "", path.read_text(), flags=re.DOTALL)
        assert CHINESE.findall(text.replace("3栋2单元1502", "")) == [], path.name


@pytest.mark.parametrize(
    ("table", "known"),
    [
        (labels.ORDER_STATE, State),
        (labels.REQUEST_STATE, RequestState),
        (labels.CATEGORY, words.Category),
        (labels.URGENCY, words.Urgency),
        (labels.CHANNEL, words.IntakeChannel),
        (labels.KIND, words.RequestKind),
        (labels.RELATION, words.Relation),
        (labels.NATURE, words.ServiceNature),
        (labels.SUSPENSION, words.Suspension),
        (labels.UNSIGNED, words.UnsignedReason),
        (labels.CONFIRM_METHOD, words.ConfirmMethod),
        (labels.STATUS, Status),
        (labels.ROLE, Role),
        (labels.LINE_STATE, LineState),
        (labels.DECISION, DECISIONS),
        (labels.TAG, words.PhotoTag),
        (labels.INCIDENT_CATEGORY, words.IncidentCategory),
        (labels.INCIDENT_SEVERITY, words.IncidentSeverity),
    ],
)
def test_every_word_of_the_trade_has_a_name(table: dict[str, str], known: Iterable[str]) -> None:
    assert set(table) == {str(word) for word in known}


def test_every_clock_and_every_licence_that_work_asks_for_has_a_name() -> None:
    assert {f"clock.{kind}" for kind in CLOCKS} <= set(labels.ALERT)
    assert {kind for kinds in NEEDED.values() for kind in kinds} <= set(labels.QUALIFICATION)


def _said_as(keyword: str) -> Iterator[str]:
    """What the rooms store under a keyword in words of their own, a gap of a sentence as 7."""
    rooms = (path for path in SERVER.rglob("*.py") if not path.is_relative_to(CONSOLE))
    for call in (node for path in rooms for node in ast.walk(ast.parse(path.read_text()))):
        for given in call.keywords if isinstance(call, ast.Call) else ():
            ways = [given.value]
            if isinstance(given.value, ast.IfExp):
                ways = [given.value.body, given.value.orelse]
            for way in ways if given.arg == keyword else ():
                if isinstance(way, ast.Constant) and isinstance(way.value, str):
                    yield way.value
                elif isinstance(way, ast.JoinedStr):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "7"
                        for part in way.values
                    )


def test_whatever_resolves_an_alert_is_said_in_the_readers_language() -> None:
    told = set(_said_as("how"))
    assert {"dispatched", "confirmed by 7", "taken back"} <= told
    known, sentences_stored = labels.TABLES["resolution"], SENTENCES["resolution"]
    assert {
        one
        for one in told - set(known)
        if not any(stored.fullmatch(one) for stored, _words in sentences_stored)
    } == set()


def _literals_of_history() -> Iterator[tuple[str, str]]:
    """What the rooms write into history as a literal: ("kind", …) and ("subject_kind", …)."""
    rooms = (path for path in SERVER.rglob("*.py") if not path.is_relative_to(CONSOLE))
    for call in (node for path in rooms for node in ast.walk(ast.parse(path.read_text()))):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func).rpartition(".")[2].strip("_")
        said = [*call.args, *(one.value for one in call.keywords)]
        for one in (part for value in said for part in ast.walk(value) if name == "record"):
            if isinstance(one, ast.Constant) and re.fullmatch(r"[a-z_]+\.[a-z_]+", str(one.value)):
                yield "kind", str(one.value)
        for keyword in call.keywords:
            if keyword.arg == "subject_kind" and isinstance(keyword.value, ast.Constant):
                yield "subject_kind", str(keyword.value.value)


def _subjects_of_rooms() -> Iterator[str]:
    """What rooms call their subject once and for all: `SUBJECT = "visit"`, `SUBJECT, RUN = …`."""
    rooms = (path for path in SERVER.rglob("*.py") if not path.is_relative_to(CONSOLE))
    for path in rooms:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign) and "SUBJECT" in ast.unparse(node.targets[0]):
                for part in ast.walk(node.value):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def test_the_audit_search_has_words_for_all_that_is_recorded() -> None:
    found = set(_literals_of_history())
    assert ("kind", "device.paired") in found
    assert ("subject_kind", "device") in found
    kinds = {word for what, word in found if what == "kind"}
    subjects = {word for what, word in found if what == "subject_kind"} | {*_subjects_of_rooms()}
    assert {"preventive_plan", "preventive_run"} <= subjects
    assert kinds - set(happenings.KINDS) == set()
    assert subjects - set(labels.TABLES["subject_kind"]) == set()


def test_style_and_scripts_are_small_and_nothing_stands_inline() -> None:
    for path in CONSOLE.glob("static/*"):
        assert path.stat().st_size < 20_000, path.name
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", text), path.name


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in (*TEMPLATES, *CONSOLE.glob("static/*")):
        assert "http://" not in path.read_text(), path.name
        assert "https://" not in path.read_text(), path.name
