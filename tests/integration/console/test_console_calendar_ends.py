"""Days and months of an address at the calendar's ends are refused in words; no page breaks."""

import pytest

from tests.cast import ZHAO_MIN

DAYS = (
    "/?view=day&day={}",
    "/board?view=day&day={}",
    "/roster?week={}",
    "/weekly?week={}",
    "/figures?day={}",
    "/figures?from={0}&to={0}",
    "/figures/K-01?day={}",
    "/orders?from={0}&to={0}",
    "/requests?from={0}&to={0}",
    "/complaints?from={0}&to={0}",
    "/audit?from={0}&to={0}",
    "/incidents?from={0}&to={0}",
)
MONTHS = (
    "/month-end?month={}",
    "/figures/month?month={}",
    "/figures/month/K-17?month={}",
    "/finance?month={}",
    "/finance/entries?month={}",
    "/finance/notices?month={}",
    "/return-visits?month={}",
    "/paper/F-01/{}",
    "/paper/F-19/{}",
    "/api/v1/month-ends/{}",
    "/api/v1/reply-in-time?month={}",
    "/api/v1/return-visits/cohort?month={}",
)
ENDS = [*(page.format(day) for page in DAYS for day in ("0001-01-01", "9999-12-31"))]
ENDS += [page.format(month) for page in MONTHS for month in ("0001-01", "9999-12")]


def test_no_page_breaks_at_the_ends_of_the_calendar(at_desk, today):
    desk = at_desk(ZHAO_MIN)
    broken = [path for path in ENDS if desk.get(path).status_code not in {200, 303, 404, 422}]
    assert broken == []


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31", "heute"])
def test_the_board_shows_no_day_that_nobody_plans(at_desk, today, day):
    desk = at_desk(ZHAO_MIN)
    for page in ("/", "/board"):
        assert desk.get(f"{page}?view=day&day={day}").status_code == 422
