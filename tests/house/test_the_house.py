"""The plan of the house, held to: who imports whom, how big a module is, what agrees with what."""

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.events import EVENT_TYPES
from server import history
from server.accounts.permissions import MATRIX
from server.app import create_app
from server.doors import route_permissions
from server.fieldwork.handlers import HANDLED
from server.reactions import REACTIONS
from server.settings import Settings
from server.work_orders.labels import LABELS_ZH
from server.work_orders.lifecycle import printable

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "server",
    "mqtt",
    "field_app_api",
    "contracts",
    "checklists",
    "reference_handheld",
    "demo",
)
MOST_LINES = 400
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "manager", "base", "common", "services"}


def modules(*packages):
    """Every module, migrations apart: their length is the tables'."""
    found = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    assert found
    return [path for path in found if "versions" not in path.parts]


def names(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def test_nobody_imports_from_above():
    told = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-4000:]
    assert "0 broken" in told.stdout


def test_every_module_can_be_read_at_one_sitting():
    long = {
        name: lines
        for path, name in ((path, names([path])[0]) for path in modules(*PACKAGES, "tests"))
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert long == {}


def test_every_module_says_what_it_is_responsible_for():
    silent = [
        path
        for path in modules(*PACKAGES, "tests")
        if path.read_text().strip() and not path.read_text().lstrip().startswith('"""')
    ]
    assert names(silent) == []


def test_no_module_has_a_name_that_says_nothing():
    vague = [path for path in modules(*PACKAGES, "tests") if path.stem in NAMES_THAT_SAY_NOTHING]
    assert names(vague) == []


def test_one_place_commits():
    # The reference handheld is an outsider with a store of its own.
    house = modules("server", "mqtt", "field_app_api", "contracts", "checklists", "demo")
    commits = [path for path in house if re.search(r"\.commit\(", path.read_text())]
    assert names(commits) == ["server/db.py"]


def test_every_route_says_who_may_use_it(tmp_path):
    said = route_permissions(create_app(Settings(home=tmp_path)))
    assert len(said) > 30
    assert [endpoint for endpoint, who in said.items() if who is None] == []
    kinds = ("public: ", "device: ")
    unknown = {who for who in said.values() if who not in MATRIX and not who.startswith(kinds)}
    assert unknown == set()


def test_everything_that_something_follows_from_has_its_reactions():
    assert set(REACTIONS) == history.REACTING
    assert all(REACTIONS.values())


def test_every_event_of_the_contract_is_handled_and_no_other():
    assert set(EVENT_TYPES) == HANDLED


@pytest.mark.parametrize("field", dataclasses.fields(Settings), ids=lambda field: field.name)
def test_every_setting_is_documented_with_its_default(field):
    page = (ROOT / "docs" / "settings.md").read_text()
    row = re.search(rf"^\| `PAIGONG_{field.name.upper()}` \| (.+?) \| (.+) \|$", page, re.MULTILINE)
    assert row is not None
    default = str(int(field.default)) if isinstance(field.default, bool) else str(field.default)
    assert row.group(1) == (f"`{default}`" if default else "empty")


def test_no_setting_is_documented_that_is_not_there():
    page = (ROOT / "docs" / "settings.md").read_text()
    known = {f"PAIGONG_{field.name.upper()}" for field in dataclasses.fields(Settings)}
    assert set(re.findall(r"PAIGONG_[A-Z0-9_]*[A-Z0-9]", page)) == known


def test_the_page_about_states_is_the_table():
    page = (ROOT / "docs" / "work-order-states.md").read_text()
    told = [line for line in page.splitlines() if re.match(r"\| (WO\d|P-\d|QA\d)", line)]
    assert told == [f"| {' | '.join(cell or '–' for cell in row)} |" for row in printable()]
    for state, label in LABELS_ZH.items():
        assert f"| `{state}` | {label} |" in page
