"""No spreadsheet runs what somebody wrote."""

import pytest

from server.console.sheets import guarded


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 139", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "　=1", "＝1"]
)
def test_what_begins_like_a_formula_is_written_as_text(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "客厅灯不亮", "3-2-1502", "a=b", "13900000001"])
def test_everything_else_stays_as_it_is(text):
    assert guarded(text) == text
