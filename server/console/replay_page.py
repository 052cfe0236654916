"""How a deadline was counted: the stretches, the calendar, and whether it was kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from server.console.wording import marked
from server.db import session, utcnow
from server.http import actor, requires, settings
from server.reports.replaying import replays

pages = Blueprint("replay", __name__)

KIND = {
    "reply": marked("回复客户"),
    "dispatch": marked("派工"),
    "acknowledge": marked("接单"),
    "arrival": marked("到场"),
    "decision": marked("经理决定"),
    "return_visit": marked("回访"),
    "silence": marked("告知投诉人"),
    "complaint_visit": marked("投诉回访"),
    "rectification": marked("限期整改"),
}
WHY = {
    "minutes": marked("逐分钟计算,昼夜不停"),
    "appointment": marked("到预约时间为止"),
    "opened": marked("上报当天,不计"),
    "weekend": marked("周末,不计"),
    "holiday": marked("节假日,不计"),
    "working_day": marked("下一个工作日,到 18:00"),
    "month": marked("核销当月,不计"),
    "days": marked("次月 1 日至 10 日"),
    "stated_day": marked("到定好的那一天结束"),
}
#: Beginning of a number -> the pages it stands on; an order's otherwise.
PAGES = {"DJ": "/requests", "TS": "/complaints", "HF": "/return-visits"}


@pages.get("/deadlines/<number>")
@requires("report.read", reading=True)
def show(number: str) -> Any:
    """Every deadline of an order, a request, a complaint or a return visit, counted again."""
    found = replays(session(), settings(), actor().estate_id, number)
    return render_template(
        "deadlines.html",
        number=number,
        replays=found,
        kinds=KIND,
        whys=WHY,
        page=f"{PAGES.get(number[:2], '/orders')}/{number}",
        zone=settings().timezone,
        at=utcnow(),
    )
