"""S-17: what the desk cannot judge, what is invalid, what is against the CS centre, what is relayed."""

import datetime as dt
from typing import Any

from tests.acceptance.people import LIN_FANG, XU_JING, Cast


def said_by(who: tuple[str, str, str], content: str, **more: Any) -> dict[str, Any]:
    """A complaint as it is told."""
    name, unit, phone = who
    return {
        "customer": {"name": name, "unit_code": unit, "phone": phone},
        "content": content,
        "channel": "phone",
        "target": "service",
        "apology": True,
        **more,
    }


def test_what_the_desk_cannot_judge_the_manager_judges_and_explains(staff: Cast) -> None:
    heard = said_by(LIN_FANG, "手机信号差")
    staff.chenjing.is_refused("/complaints", 422, "R-102", **{**heard, "apology": False})
    number = staff.chenjing.post("/complaints", **heard)["number"]
    path = f"/complaints/{number}"
    row = staff.chenjing.post(f"{path}/judgement", outcome="unclear", text="不知归不归我们")
    assert row["state"] == "judging_by_manager"
    assert "complaint.to_judge" in staff.zhaomin.open_alerts(number)
    staff.chenjing.is_refused(f"{path}/judgement", 403, "R-113", outcome="invalid", text="属运营商")
    staff.zhaomin.post(f"{path}/judgement", outcome="invalid", text="基站属运营商")
    staff.zhaomin.is_refused(f"{path}/explanation", 422, "R-110")
    row = staff.zhaomin.post(f"{path}/explanation", text="抱歉,已向您说明并代为转告运营商")
    assert (row["state"], row["validity"]) == ("closed", "invalid")


def test_what_is_against_the_centre_is_administrations_from_the_judgement_on(staff: Cast) -> None:
    number = staff.chenjing.post(
        "/complaints", **said_by(XU_JING, "调度员说话不客气", target="cs_centre", about="chenjing")
    )["number"]
    path = f"/complaints/{number}"
    assert number not in {one["subject"] for one in staff.zhaomin.get("/alerts")["items"]}
    assert "complaint.recorded" in staff.zhengjie.open_alerts(number)
    day = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)).isoformat()
    verdict = {
        "outcome": "valid",
        "text": "录音属实",
        "handler": "zhengjie",
        "target_on": day,
    }
    for person in (staff.chenjing, staff.heli):
        person.is_refused(f"{path}/judgement", 403, **verdict)
    staff.zhaomin.is_refused(f"{path}/judgement", 403, "R-034", **verdict)
    staff.zhengjie.post(f"{path}/judgement", **verdict)
    staff.zhaomin.is_refused(f"{path}/entries", 403, "R-034", text="问过了")
    staff.zhengjie.post(f"{path}/entries", text="与当事人谈话")
    staff.zhengjie.post(f"{path}/completion", text="已道歉并培训")
    staff.heli.is_refused(f"{path}/verification", 403, "R-034", ok=True, text="好")
    staff.zhengjie.post(f"{path}/verification", ok=True, text="培训记录在档")
    told = {"method": "phone", "satisfied": True, "comment": "态度好多了"}
    staff.yangfan.is_refused(f"{path}/visits", 403, "R-034", **told)
    row = staff.zhengjie.post(f"{path}/visits", **told)
    assert row["state"] == "closed"


def test_a_guard_captures_and_relays_and_the_duty_officer_records(staff: Cast) -> None:
    heard = said_by(LIN_FANG, "电梯口堆垃圾", channel="visit")
    staff.luobing.is_refused("/complaints", 403, **heard)
    relayed = {key: heard[key] for key in ("customer", "content", "channel", "target")}
    staff.luobing.is_refused("/complaints/relays", 422, **relayed, minor=True)
    number = staff.luobing.post(
        "/complaints/relays", **relayed, reason="客户赶时间,不愿到客服中心", minor=True
    )["number"]
    path = f"/complaints/{number}"
    assert "complaint.relayed" in staff.chenjing.open_alerts(number)
    staff.luobing.is_refused(f"{path}/judgement", 403, outcome="invalid", text="不归我们")
    row = staff.chenjing.post(
        f"{path}/record", apology=True, target="service", category="public_area"
    )
    assert (row["state"], row["relay_reason"]) == ("judging", "客户赶时间,不愿到客服中心")
    assert "complaint.relayed" not in staff.chenjing.open_alerts(number)
