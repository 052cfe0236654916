"""The handheld of these tests stands for somebody else's: it may not lean on this project."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_handheld_of_the_scenarios_imports_nothing_of_the_project() -> None:
    tree = ast.parse(Path(__file__).with_name("handheld.py").read_text(encoding="utf-8"))
    named = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    foreign = named - sys.stdlib_module_names
    assert foreign == {"paho", "requests", "tusclient"}
    assert not [name for name in foreign if (ROOT / name).exists()]
