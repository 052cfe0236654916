"""S-18: the end of March, over the API, with its 51 numbers; what is charged is told elsewhere."""

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from server.accounts.models import User
from server.deadlines.policy import return_visit_due
from server.estate.models import Estate
from server.handovers.models import SlipHandover
from server.return_visits.models import ReturnVisit, SpotCheck
from server.work_orders.models import WorkOrder
from tests.acceptance.desk import moment
from tests.acceptance.people import Cast, cast_of
from tests.acceptance.stack import House, running_house
from tests.cast import SHANGHAI
from tests.factories.months import billed, complaint_closed, orders_of_month, visits_of

MARCH = "2025-03"


def at(day: int, *time: int, month: int = 3) -> dt.datetime:
    return dt.datetime(2025, month, day, *time, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house of its own: the archive is nothing to do to the one that others work in."""
    with running_house(tmp_path_factory.mktemp("month")) as running:
        yield running


@pytest.fixture(scope="module")
def staff(house: House) -> Iterator[Cast]:
    with cast_of(house) as people:
        yield people


@pytest.fixture(scope="module")
def march(house: House) -> list[str]:
    """47 closed, 3 cancelled, 1 void: their numbers."""
    with house.database() as current:
        estate_id = current.scalar(sa.select(Estate.id))
        orders = orders_of_month(current, estate_id)
        complaint_closed(current, estate_id, at=at(20, 10), number="TS-202503-0001")
        return [order.number for order in orders]


def user_id(house: House, username: str) -> object:
    (found,) = house.ask(sa.select(User.id).where(User.username == username))
    return found


def figure(staff: Cast, code: str) -> dict:
    return dict(staff.zhaomin.get(f"/reports/months/{code}", month=MARCH))


def closed(current: object, march: list[str]) -> list[WorkOrder]:
    query = sa.select(WorkOrder).where(WorkOrder.number.in_(march[:47])).order_by(WorkOrder.number)
    return list(current.scalars(query))


def test_a_slip_at_17_42_is_in_the_next_days_list(
    house: House, staff: Cast, march: list[str]
) -> None:
    with house.database() as current:
        for number, returned_at in zip(march[:2], (at(5, 17, 29), at(5, 17, 42)), strict=True):
            order = current.scalar(sa.select(WorkOrder).filter_by(number=number))
            order.return_point, order.written_off_at = "front_desk", returned_at
    for day, number in (("2025-03-05", march[0]), ("2025-03-06", march[1])):
        told = staff.lina.post(f"/orders/{number}/oral-report")
        assert moment(told["oral_report_at"])
        given = staff.lina.post("/slip-handovers", kind="daily", period_on=day)
        assert given["orders"] == given["oral_reports"] == [number]
    staff.lina.is_refused(f"/slip-handovers/{given['number']}/receipt", 403, "R-081")
    received = staff.heli.post(f"/slip-handovers/{given['number']}/receipt")
    assert received["received_by"] == str(user_id(house, "heli"))


def test_the_month_goes_from_dispatch_to_the_clerk_with_its_gaps_explained(
    house: House, staff: Cast, march: list[str]
) -> None:
    staff.fengxue.is_refused("/slip-handovers", 403, kind="monthly", period_on="2025-03-01")
    given = staff.heli.post("/slip-handovers", kind="monthly", period_on="2025-03-01")
    assert sorted(given["orders"]) == march[:47]
    assert sorted(gap["state"] for gap in given["gaps"]) == ["cancelled"] * 3 + ["void"]
    assert moment(given["due_at"]) == at(1, 23, 59, 59, month=4)
    staff.fengxue.post(f"/slip-handovers/{given['number']}/receipt")
    with house.database() as current:
        row = current.scalar(sa.select(SlipHandover).filter_by(number=given["number"]))
        row.given_at = at(1, 20, 0, month=4)
    by_period = {one["number"]: one["verdict"] for one in figure(staff, "K-17")["items"]}
    assert by_period == {"2025-03-05": "missed", "2025-03-06": "missed", MARCH: "met"}


def test_a_visit_at_midnight_of_the_eleventh_is_late_and_three_of_47_are_enough(
    house: House, staff: Cast, march: list[str]
) -> None:
    visitor = user_id(house, "yangfan")
    with house.database() as current:
        orders = closed(current, march)
        due = return_visit_due(orders[0].closed_at, SHANGHAI)
        assert due == at(10, 23, 59, 59, month=4)
        visits_of(current, orders[:46], at=due, by=visitor, on_site=2)
        visits_of(current, orders[46:], at=at(11, 0, 0, month=4), by=visitor)
    tenth = figure(staff, "K-09")
    assert (tenth["missed"], tenth["off"]) == (1, True)
    assert tenth["items"][0]["number"] == march[46]
    assert figure(staff, "K-10")["off"] is True
    with house.database() as current:
        visit = current.scalar(
            sa.select(ReturnVisit).filter_by(number=march[9].replace("FW", "HF"))
        )
        visit.method = "on_site"
    enough = figure(staff, "K-10")
    assert (enough["off"], enough["parts"]) == (
        False,
        [
            {"name": "on_site", "value": 3, "unit": "count"},
            {"name": "needed", "value": 3, "unit": "count"},
        ],
    )


def test_each_manager_has_a_quota_of_spot_checks_and_of_complaint_visits(
    house: House, staff: Cast, march: list[str]
) -> None:
    managers = {"赵敏": user_id(house, "zhaomin"), "周建国": user_id(house, "zhouguojian")}
    with house.database() as current:
        estate_id = current.scalar(sa.select(Estate.id))
        visits = list(current.scalars(sa.select(ReturnVisit).order_by(ReturnVisit.number)))
        for name, count in (("赵敏", 4), ("周建国", 2)):
            for visit in visits[:count]:
                current.add(
                    SpotCheck(
                        estate_id=estate_id,
                        visit_id=visit.id,
                        checker_id=managers[name],
                        asked="customer",
                        agrees=True,
                        note="",
                        at=at(28, 10),
                    )
                )
        for place, name in enumerate(["赵敏"] * 3 + ["周建国"], start=2):
            complaint = complaint_closed(
                current, estate_id, at=at(22, 10), number=f"TS-202503-{place:04d}"
            )
            current.add(
                ReturnVisit(
                    estate_id=estate_id,
                    number=f"HF-202503-9{place:03d}",
                    purpose="complaint",
                    complaint_id=complaint.id,
                    state="done",
                    due_at=at(25, 10),
                    method="phone",
                    satisfied=True,
                    recorded_by=managers[name],
                    done_at=at(24, 10),
                )
            )
    checks = figure(staff, "K-11")
    assert {one["name"]: (one["done"], one["short"]) for one in checks["quotas"]} == {
        "赵敏": (4, False),
        "周建国": (2, True),
    }
    assert checks["off"] is True
    visits_made = figure(staff, "K-12")
    assert {one["name"]: one["done"] for one in visits_made["quotas"]} == {"赵敏": 3, "周建国": 1}
    assert visits_made["off"] is False


def test_the_summary_is_made_submitted_and_read_and_the_month_goes_to_the_archive(
    house: House, staff: Cast, march: list[str]
) -> None:
    """R-095, R-129, R-130, R-150; twice changes nothing."""
    staff.chenjing.is_refused(f"/month-ends/{MARCH}/steps/summary", 403)
    first = staff.heli.post(f"/month-ends/{MARCH}/steps/summary")
    assert first == staff.heli.post(f"/month-ends/{MARCH}/steps/summary")
    path = f"/monthly-summaries/{MARCH}"
    staff.heli.is_refused(f"{path}/submission", 422, "R-095")
    staff.heli.post(f"{path}/comments", causes="配件不齐", measures="周一备料")
    submitted = staff.heli.post(f"{path}/submission")
    assert submitted["figures"]["orders"] == 47
    assert submitted["figures"]["complaints"]["recorded"] == 5
    assert staff.zhouguojian.post(f"{path}/reading")["read_at"]
    with house.database() as current:
        billed(current, closed(current, march))
    archived = staff.heli.post(f"/month-ends/{MARCH}/steps/archive")
    assert archived["result"] == {"orders": 47, "complaints": 5}
    again = staff.heli.post(f"/month-ends/{MARCH}/steps/archive")
    assert again["result"] == {"orders": 0, "complaints": 0}
    steps = {one["code"]: one["done"] for one in staff.heli.get(f"/month-ends/{MARCH}")["steps"]}
    assert [code for code, done in steps.items() if done] == [
        "slips",
        "visits",
        "summary",
        "archive",
    ]
    assert staff.heli.order(march[0])["state"] == "archived"
    house.assert_history_holds(march[0])
