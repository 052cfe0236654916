"""The handheld of these tests stands for somebody else's: it may not lean on this project."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ITS_OWN = {"tests.acceptance.handheld_line", "tests.acceptance.speaking_http"}
LIBRARIES = {"paho", "requests", "tusclient"}


def imported(file: Path) -> Iterator[str]:
    """Every module that a file names in an import."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


@pytest.mark.parametrize("name", ["handheld.py", "handheld_line.py", "speaking_http.py"])
def test_the_handheld_of_the_scenarios_imports_nothing_of_the_project(name: str) -> None:
    foreign = set(imported(HERE / name)) - ITS_OWN
    assert {one.split(".")[0] for one in foreign} - sys.stdlib_module_names <= LIBRARIES
