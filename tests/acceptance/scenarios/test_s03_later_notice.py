"""S-03, the end: what was declined is offered later, and who asked for it is told."""

import datetime as dt

from tests.acceptance.people import WANG_LIHUA, Cast
from tests.acceptance.stack import House, wait_for
from tests.cast import SHANGHAI

MOVE = {
    "code": "L-MOVE",
    "name_zh": "钢琴搬运",
    "name_en": "Piano moving",
    "category": "household_other",
    "unit": "次",
    "labour_fen": 20000,
}


def test_who_asked_for_piano_moving_in_vain_is_told_when_it_is_offered(
    house: House, staff: Cast
) -> None:
    request = staff.chenjing.registers(*WANG_LIHUA, "搬一架钢琴")["number"]
    judged = f"/requests/{request}/judgement"
    bare = staff.chenjing.is_refused(judged, 422, outcome="declined", explanation="这个不行")
    assert {"attempts", "department_informed"} <= set(bare["errors"])
    staff.chenjing.post(
        judged,
        outcome="declined",
        explanation="我们目前没有钢琴搬运服务",
        attempts=["联系了一家合作服务商"],
        apology=True,
        notice_promised=True,
        department_informed="运行维修部",
        demand_item="L-MOVE",
    )
    log = {one["request"]: one for one in staff.chenjing.get("/declines", waiting=True)["items"]}
    assert (log[request]["demand_item"], log[request]["notice"]) == ("L-MOVE", None)

    day = dt.datetime.now(SHANGHAI).date() + dt.timedelta(days=2)
    version = staff.hefang.post("/price-lists", valid_from=day.isoformat())["version"]
    staff.hefang.post(f"/price-lists/{version}/items", **MOVE)
    staff.hefang.post(f"/price-lists/{version}/submission")
    staff.hefang.is_refused(f"/price-lists/{version}/approval", 403, "X-021")
    (change,) = staff.zhaomin.get(f"/price-lists/{version}")["changes"]
    assert (change["what"], change["code"], change["after"]["price_fen"]) == (
        "new",
        "L-MOVE",
        20000,
    )
    staff.zhaomin.post(f"/price-lists/{version}/approval")
    staff.hefang.is_refused(f"/price-lists/{version}/items", 409, "R-021", **MOVE)
    of_day = staff.chenjing.get("/price-lists/in-force", on=day.isoformat())
    assert (of_day["version"], "L-MOVE" in {one["code"] for one in of_day["items"]}) == (
        version,
        True,
    )

    house.let_time_pass(version, days=2)
    number = wait_for(
        lambda: {one["request"]: one for one in staff.chenjing.get("/declines")["items"]}[request][
            "notice"
        ],
        "a notice",
    )
    notice = staff.zhaomin.get(f"/public-notices/{number}")
    assert (notice["number"][:3], notice["state"], notice["price_item"]) == (
        "GG-",
        "draft",
        "L-MOVE",
    )
    waiting = staff.zhaomin.get(f"/public-notices/{number}/recipients")["items"]
    assert [(one["person"], one["request"]) for one in waiting if one["request"] == request] == [
        ("王丽华", request)
    ]
    box = staff.zhaomin.get("/messages", unread=True)
    (word,) = (one for one in box["items"] if one["subject"] == number)
    assert staff.zhaomin.post(f"/messages/{word['id']}/read")["read_on"] == "console"

    told = f"/public-notices/{number}/recipients/told"
    staff.zhaomin.is_refused(told, 409, "R-004")
    staff.zhaomin.post(f"/public-notices/{number}/publication", places=["3栋公告栏"])
    assert staff.zhaomin.post(told)["count"] == len(waiting)
    assert number in {one["number"] for one in staff.liuqiang.get("/public-notices")["items"]}
