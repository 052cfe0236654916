"""S-16: a petition that is valid is major; nobody but the managers deals with it, on site."""

import datetime as dt
import hashlib
import secrets
from typing import Any

import sqlalchemy as sa

from server.complaints.models import Complaint
from server.return_visits.models import ReturnVisit
from tests.acceptance.people import HUANG_ZHIYUAN, Cast
from tests.acceptance.stack import House, wait_for

ABOUT = "燃气泄漏后没有人道歉,已向区主管部门上访"


def petitions(staff: Cast, **more: Any) -> str:
    """The resident went to the district authority, which wrote to the estate: recorded."""
    name, unit, phone = HUANG_ZHIYUAN
    row = staff.chenjing.post(
        "/complaints",
        customer={"name": name, "unit_code": unit, "phone": phone},
        content=ABOUT,
        channel="petition",
        target="service",
        **more,
    )
    return str(row["number"])


def judges(staff: Cast, number: str, outcome: str = "valid", **more: Any) -> Any:
    """The desk judges it."""
    return staff.chenjing.post(
        f"/complaints/{number}/judgement", outcome=outcome, text="属管理处责任", **more
    )


def signature() -> dict[str, str]:
    """A new signature at the door, by its hash."""
    drawn = hashlib.sha256(secrets.token_bytes(8)).hexdigest()
    return {"method": "on_site", "customer_signature": drawn, "signer_name": "黄志远"}


def visits(staff: Cast, number: str, **said: Any) -> Any:
    """The manager records her visit at the door."""
    return staff.zhaomin.post(f"/complaints/{number}/visits", **signature(), **said)


def test_a_petition_is_handled_by_the_general_manager_and_visited_until_satisfied(
    house: House, staff: Cast
) -> None:
    number = petitions(staff)
    row = judges(staff, number)
    assert (row["major"], row["major_reason"], row["state"]) == (
        True,
        "higher_authority",
        "gpm_handling",
    )
    for manager in (staff.zhaomin, staff.zhouguojian):
        assert manager.open_alerts(number)["complaint.major"]["rule"] == "R-111"

    path = f"/complaints/{number}"
    staff.zhaomin.is_refused(f"{path}/entries", 403, "R-111", text="去看过")
    staff.zhouguojian.post(f"{path}/delegate", delegate="zhaomin")
    staff.zhaomin.post(f"{path}/entries", text="上门致歉,约定复检")
    staff.zhaomin.is_refused(f"{path}/referral", 403, "R-116", text="太难")
    staff.zhouguojian.post(f"{path}/progress-notices", text="已安排燃气公司复检")
    staff.zhaomin.post(f"{path}/completion", text="复检合格")
    staff.heli.is_refused(f"{path}/verification", 403, "R-118", ok=True, text="好")
    staff.zhaomin.post(f"{path}/verification", ok=True, text="看过检测报告")
    wait_for(lambda: visit_is_open(house, number), "the visit of the complaint")

    by_phone = {"method": "phone", "satisfied": True, "comment": "可以了"}
    staff.yangfan.is_refused(f"{path}/visits", 403, "R-121", **by_phone)
    staff.zhaomin.is_refused(f"{path}/visits", 422, "R-123", **by_phone)
    unhappy = {"satisfied": False, "comment": "还是没有人向我母亲道歉"}
    staff.zhaomin.is_refused(f"{path}/visits", 422, "R-128", **signature(), **unhappy)
    undated = {"text": "向老人道歉", "owner": "liuqiang"}
    staff.zhaomin.is_refused(
        f"{path}/visits", 422, "R-128", **signature(), **unhappy, correction=undated
    )
    due = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)).isoformat()
    row = visits(staff, number, **unhappy, correction={**undated, "due_on": due})
    assert (row["state"], row["rectifications"][0]["due_on"]) == ("rectifying", due)

    house.let_time_pass(number, days=5)
    wait_for(lambda: "clock.rectification" in staff.zhaomin.open_alerts(number), "overdue is told")
    staff.liuqiang.post(f"{path}/rectification", text="已当面道歉")
    staff.zhaomin.post(f"{path}/verification", ok=True, text="问过老人")
    row = visits(staff, number, satisfied=True, comment="谢谢")
    assert row["state"] == "closed"
    assert [one["satisfied"] for one in row["visits"]] == [False, True]
    kinds = [one["kind"] for one in row["entries"]]
    assert kinds[0] == "judgement"
    assert kinds[-2:] == ["visit", "closure"]
    assert "progress_notice" in kinds
    assert number not in {one["subject"] for one in staff.zhaomin.get("/alerts")["items"]}


def test_a_petition_that_is_unfounded_is_not_major(staff: Cast) -> None:
    number = petitions(staff)
    staff.chenjing.is_refused(
        f"/complaints/{number}/judgement",
        422,
        "R-108",
        outcome="invalid",
        text="不属实",
        major=True,
        major_reason="higher_authority",
    )
    row = judges(staff, number, "invalid")
    assert (row["major"], row["state"]) == (False, "explaining")
    assert "complaint.petition" in staff.zhaomin.open_alerts(number)


def test_what_cannot_be_solved_here_the_general_manager_refers_to_the_company(staff: Cast) -> None:
    number = petitions(staff)
    judges(staff, number)
    path = f"/complaints/{number}"
    row = staff.zhouguojian.post(f"{path}/referral", text="须改造全栋立管,超出权限")
    assert (row["state"], row["referred_at"] is None) == ("referred_company", False)
    staff.zhouguojian.post(f"{path}/completion", text="公司已立项")
    staff.zhaomin.post(f"{path}/verification", ok=False, text="还没有开工")
    assert staff.zhouguojian.get(path)["state"] == "referred_company"


def visit_is_open(house: House, number: str) -> bool:
    """Whether the visit of this complaint was opened by itself."""
    query = (
        sa.select(ReturnVisit)
        .join(Complaint, Complaint.id == ReturnVisit.complaint_id)
        .where(Complaint.number == number)
    )
    return bool(house.ask(query))
