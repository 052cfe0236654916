"""docs/rules.md is true: what it names exists, and what the code cites and must block is on it."""

import ast
import functools
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
CITED_IN = ("server", "mqtt", "field_app_api", "checklists", "contracts", "reference_handheld")
RULE = re.compile(r"\b(?:R-\d{3}|P-\d{2}|A-\d{2}|X-\d{3})\b")
#: Rules that the server refuses by, or times, in the life of a request and its order.
DEMANDED = re.findall(
    r"\S+",
    """
R-001 R-003 R-021 R-023 R-024 R-028 R-029 R-032 R-033 R-034 R-036 R-040 R-042 R-044 R-045
R-051 R-052 R-053 R-054 R-056 R-057 R-058 R-060 R-063 R-071 R-072 R-074 R-075 R-087 R-088
R-160 R-162 R-163 R-164 R-166 R-167 R-169 R-173 R-175 R-179 R-183
P-01 P-02 P-03 P-04 P-06 P-07 P-08 P-17 P-18 P-19 P-20 P-21 P-22 P-24
""",
)

rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "`" in line]
named = set(re.findall(r"`([^`\s]+)`", PAGE))
tests = sorted(name for name in named if "::" in name)
functions = sorted(
    name for name in named if re.fullmatch(r"(?:server|checklists|contracts)(?:\.\w+){2,}", name)
)


@functools.cache
def functions_of(path):
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def resolved(name):
    """Whatever a dotted name leads to: the longest module first, then its attributes."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = ".".join(parts[:length])
        try:
            found = importlib.import_module(module)
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            found = getattr(found, attribute, None)
        return found
    return None


@pytest.mark.parametrize("name", functions)
def test_what_enforces_a_rule_exists(name):
    assert resolved(name) is not None


@pytest.mark.parametrize("name", tests)
def test_the_test_of_a_rule_exists(name):
    path, _, test = name.partition("::")
    assert test in functions_of(path)


def test_every_row_names_a_place_and_a_test():
    for row in rows:
        names = re.findall(r"`([^`\s]+)`", row)
        assert any(name in functions for name in names), row
        assert any("::" in name for name in names), row


@pytest.mark.parametrize("rule", DEMANDED)
def test_every_rule_that_must_block_is_on_the_page(rule):
    assert f"| {rule} |" in PAGE


def test_every_rule_that_the_code_cites_is_on_the_page():
    known = {line.split("|")[1].strip() for line in rows} | set(RULE.findall(PAGE))
    cited = {}
    for package in CITED_IN:
        for path in (ROOT / package).rglob("*"):
            if path.suffix in {".py", ".yaml"}:
                for rule in RULE.findall(path.read_text(encoding="utf-8")):
                    cited.setdefault(rule, str(path.relative_to(ROOT)))
    assert {rule: where for rule, where in cited.items() if rule not in known} == {}
