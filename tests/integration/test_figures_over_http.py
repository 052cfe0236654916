"""The figures of days over the desk's API: for whoever may read the page, with what is behind."""

import datetime as dt

import pytest

from server.reports.figures import MEASURES
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    HE_FANG,
    HE_LI,
    LI_NA,
    LIU_QIANG,
    PASSWORD,
    SUN_QIAN,
    YANG_FAN,
    ZHAO_MIN,
    ZHOU_JIANGUO,
)
from tests.factories import acts
from tests.factories.acts import order_in

DAYS = "from=2025-03-01&to=2025-03-31"
FIGURE = {"kpi", "rule", "from", "to", "value", "unit", "counted", "missed", "waiting", "off"}


@pytest.fixture
def asks(web):
    """Somebody who asks the API for a figure."""
    known = {}

    def ask(staff, path, status=200):
        http = web.test_client()
        if staff.username not in known:
            told = {"username": staff.username, "password": PASSWORD}
            known[staff.username] = http.post("/api/v1/tokens", json=told).get_json()["token"]
        head = {"Authorization": f"Bearer {known[staff.username]}"}
        answer = http.get(f"/api/v1{path}", headers=head)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    return ask


def test_every_figure_of_the_page_is_told_over_the_api(asks, world):
    order_in(world, State.CLOSED)
    for code in MEASURES:
        days = "" if code == "K-23" else DAYS
        told = asks(ZHAO_MIN, f"/reports/days/{code}?{days}")
        assert told["kpi"] == code
        assert told.keys() >= FIGURE | {"target", "parts", "items", "next_cursor"}


def test_only_whoever_may_read_the_page_is_told(asks):
    for staff in (ZHAO_MIN, ZHOU_JIANGUO, SUN_QIAN, HE_LI, YANG_FAN):
        asks(staff, f"/reports/days/K-02?{DAYS}")
    for staff in (LIU_QIANG, CHEN_JING, LI_NA, HE_FANG):
        asks(staff, f"/reports/days/K-02?{DAYS}", 403)


def test_a_figure_leads_to_each_order_behind_it(asks, world):
    """K-05: one accepted at once, one after a rework, which is read where its link leads."""
    order_in(world, State.ACCEPTED)
    again = order_in(world, State.AWAITING_ACCEPTANCE)
    for act in (acts.reject, acts.ready, acts.accept):
        act(world, again)
    told = asks(ZHAO_MIN, f"/reports/days/K-05?{DAYS}&limit=1")
    assert (told["value"], told["counted"], told["case_unit"]) == (50, 2, "count")
    (case,) = told["items"]
    assert (case["number"], case["url"]) == (again.number, f"/api/v1/orders/{again.number}")
    assert asks(ZHAO_MIN, case["url"].removeprefix("/api/v1"))["number"] == again.number
    rest = asks(ZHAO_MIN, f"/reports/days/K-05?{DAYS}&limit=1&cursor={told['next_cursor']}")
    assert [one["number"] for one in rest["items"]] != [again.number]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    "path",
    [
        "/reports/days/K-02?from=2025-03-02&to=2025-03-01",
        "/reports/days/K-02?from=2024-01-01&to=2025-03-01",
        "/reports/days/K-02?from=gestern",
        "/reports/days/K-02?from=2999-01-01",
        "/reports/days/K-24?from=2025-03-01&to=2025-04-01",
        "/reports/days/K-23?from=2025-03-01&to=2025-03-02",
    ],
    ids=["backwards", "too many", "no day", "to come", "too many of K-24", "of the past"],
)
def test_days_that_cannot_be_told_are_refused(asks, path):
    asks(ZHAO_MIN, path, 422)


def test_a_figure_of_months_is_none_of_days(asks):
    asks(ZHAO_MIN, "/reports/days/K-09", 404)
    asks(ZHAO_MIN, f"/reports/months/K-09?month={dt.date(2025, 3, 1):%Y-%m}")


def test_it_stands_in_the_published_document(web):
    paths = web.test_client().get("/openapi.json").get_json()["paths"]
    get = paths["/api/v1/reports/days/{code}"]["get"]
    assert get["operationId"] == "getDayFigure"
    assert {one["name"] for one in get["parameters"]} >= {"from", "to", "limit", "cursor"}
