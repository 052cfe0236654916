"""Slips and the month's end in a browser: the front desk hands over, dispatch receives."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from server.db import utcnow
from server.estate.models import Estate
from server.work_orders.models import WorkOrder
from tests.acceptance.console.conftest import Windows
from tests.acceptance.stack import House
from tests.factories.months import orders_of_month

pytestmark = pytest.mark.browser
#: A month of this test's own, long before everybody else's.
JUNE = dt.date(2024, 6, 1)


@pytest.fixture
def slip(house: House) -> str:
    """A slip that has just come back at the front desk, of an order of that month."""
    with house.database() as current:
        estate_id = current.scalar(sa.select(Estate.id))
        assert estate_id is not None
        first, *_ = orders_of_month(
            current, estate_id, closed=3, cancelled=1, void=1, month=JUNE, return_point="front_desk"
        )
        order = current.get(WorkOrder, first.id)
        assert order is not None
        order.written_off_at = utcnow()
        return order.number


def test_the_front_desk_hands_over_and_dispatch_receives_and_the_month_goes_to_the_clerk(
    windows: Windows, slip: str
) -> None:
    """R-076, R-081, R-082."""
    front = windows.at("lina", "/slips")
    row = front.get_by_role("row").filter(has_text=slip)
    row.get_by_role("button", name=f"已告知 {slip}").press("Enter")
    told = front.get_by_role("row").filter(has_text=slip)
    expect(told.get_by_role("button")).to_have_count(0)
    front.get_by_role("button", name="移交调度").press("Enter")
    note = front.get_by_role("status")
    expect(note).to_contain_text("已移交")
    found = re.search(r"YJ-\d{6}-\d{4}", note.inner_text())
    assert found is not None
    number = found.group()

    dispatch = windows.at("chenjing", "/slips")
    dispatch.get_by_role("button", name=f"签收 {number}").first.press("Enter")
    expect(dispatch.get_by_role("status")).to_contain_text(f"已签收 {number}")

    key = f"{JUNE:%Y-%m}"
    head = windows.at("heli", f"/month-end?month={key}")
    head.locator("#s-slips").get_by_role("button", name="移交").press("Enter")
    expect(head.locator("#s-slips")).to_contain_text("等待签收")
    expect(head.locator("#s-slips")).to_contain_text("缺号 2")

    clerk = windows.at("fengxue", "/slips")
    of_month = clerk.get_by_role("row").filter(has_text=f"{JUNE.year}年{JUNE.month}月")
    of_month.get_by_role("button").press("Enter")
    expect(clerk.get_by_role("status")).to_contain_text("已签收")
    head.reload()
    expect(head.locator("#s-slips")).to_contain_text("已完成")
