"""What comes in: calls that become orders, wishes that cannot be met, plans that fell due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from uuid_utils.compat import uuid7

from demo.year.calendar import Month, category
from demo.year.cast import Call, Catalogue, People, Resident
from demo.year.rosters import Rosters
from demo.year.writing import HOUSE, Basis, By, Event, Sheaf
from server.preventive.running import TOLD
from server.requests.models import Decline, Reply, ServiceRequest
from server.requests.operations import SUBJECT
from server.search import index

FAULTS: Mapping[str, tuple[str, ...]] = {
    "lamp": ("客厅灯不亮", "卧室灯闪烁", "厨房灯管两头发黑"),
    "switch": ("开关打火", "合闸就跳闸", "插座没电"),
    "tap_valve": ("洗手盆龙头滴水", "角阀渗水", "水龙头关不紧"),
    "gas_water_heater": ("热水器打不着火", "热水器点火有爆鸣"),
    "gas_stove": ("煤气灶打不着", "灶火发红"),
    "toilet_tank": ("马桶水箱一直流水", "水箱不上水"),
    "air_conditioner": ("空调不凉", "空调滴水", "空调噪音大"),
    "water_pipe_install": ("改装洗衣机水管", "新装净水器水管"),
    "household_other": ("防盗门锁不灵", "窗户关不严"),
}
#: What is asked for in vain: in which words, how often, what was tried, who was told (R-031, R-032).
WISHES: Mapping[str, tuple[str, int, str, str]] = {
    "油烟机清洗": ("想请人洗油烟机", 26, "联系了两家家政,本周都排满", "客服经理"),
    "下水道疏通": ("厨房下水堵了,想请人疏通", 22, "问过外判单位,没有疏通机", "运行维修部"),
    "开锁换锁": ("钥匙丢了,想换锁芯", 14, "提供了备案开锁公司的电话", "客服经理"),
    "电视维修": ("电视黑屏,问能不能修", 9, "查了厂家售后热线并转告", "运行维修部"),
    "地暖清洗": ("想清洗地暖管", 9, "问过两家供暖公司的报价", "运行维修部"),
    "家具拆装": ("搬家要拆装衣柜", 8, "联系了搬家公司,客户嫌远", "客服经理"),
    "纱窗更换": ("纱窗破了想换", 7, "联系门窗店,量尺要等两周", "外判单位"),
    "宽带报修": ("宽带上不了网", 5, "代打运营商电话报障", "客服经理"),
}
_URGENT, _FRONT_DESK = 0.07, 0.3
_MINUTE = dt.timedelta(minutes=1)


class Intake:
    """Writes requests; those that can be met come back as calls."""

    def __init__(
        self,
        people: People,
        residents: Sequence[Resident],
        catalogue: Catalogue,
        rosters: Rosters,
        basis: Basis,
    ) -> None:
        self._people, self._residents, self._catalogue = people, residents, catalogue
        self._rosters, self._numbers = rosters, basis.numbers
        self._dice, self._now = basis.dice, basis.now

    def call(self, sheaf: Sheaf, month: Month, at: dt.datetime) -> Call:
        """Somebody calls, is answered, and an order can be written (SR1, SR4, SR8)."""
        dice, resident = self._dice, self._dice.choice(self._residents)
        kind = category(month, dice)
        front_desk = dice.random() < _FRONT_DESK
        call = Call(
            request_id=uuid7(),
            resident=resident,
            category=kind,
            content=dice.choice(FAULTS[kind]),
            issuer=self.desk(at),
            desk=self.desk(at),
            at=at + 2 * _MINUTE,
            appointment_at=at + dice.choice((45, 60, 90, 120, 240, 1440)) * _MINUTE,
            front_desk=front_desk,
        )
        price = self._catalogue.labour.get(kind)
        number = self._request(
            sheaf,
            month,
            call,
            at,
            state="converted",
            version=4,
            channel="service_desk" if front_desk else "phone",
            urgency="urgent" if dice.random() < _URGENT else "normal",
            price_item_code=price.code if price else None,
            price_list_version=next(iter(self._catalogue.labour.values())).list_version,
        )
        replied = self._reply(sheaf, call, at, "已受理,师傅将于约定时间上门。")
        self._story(
            sheaf,
            number,
            call,
            at,
            ("request.judged", at + _MINUTE, call.issuer, {"outcome": "accepted"}),
            ("request.converted", call.at, call.issuer, {}),
            replied,
        )
        return call

    def wish(self, sheaf: Sheaf, month: Month, at: dt.datetime) -> None:
        """Somebody wants what the house does not offer yet, and is told so politely (SR7)."""
        dice, resident = self._dice, self._dice.choice(self._residents)
        item = dice.choices(list(WISHES), [wish[1] for wish in WISHES.values()])[0]
        content, _often, tried, department = WISHES[item]
        call = Call(
            request_id=uuid7(),
            resident=resident,
            category="household_other",
            content=content,
            issuer=self.desk(at),
            desk=self.desk(at),
            at=at,
            appointment_at=at + 240 * _MINUTE,
            front_desk=dice.random() < _FRONT_DESK,
        )
        explanation = (
            f"很抱歉,{item}暂时还没有开通。{tried}。开通后会公告通知您,需求已转告{department}。"
        )
        judged_at = at + dice.uniform(3, 11) * _MINUTE
        number = self._request(
            sheaf,
            month,
            call,
            at,
            state="declined",
            version=3,
            channel="service_desk" if call.front_desk else "phone",
            urgency="normal",
            judged_at=judged_at,
            explanation=explanation,
            nature=None,
            category=None,
        )
        sheaf.add(
            Decline,
            id=uuid7(),
            estate_id=sheaf.estate_id,
            request_id=call.request_id,
            attempts=[tried],
            apology=True,
            notice_promised=True,
            department_informed=department,
            demand_item=item,
            suspect=[],
            announced_at=None,
        )
        said = {"outcome": "declined", "demand_item": item, "suspect": []}
        self._story(
            sheaf,
            number,
            call,
            at,
            ("request.judged", judged_at, call.issuer, said),
            ("request.declined", judged_at, call.issuer, {"item": item}),
            self._reply(sheaf, call, judged_at, explanation, soon=True),
        )

    def planned(self, sheaf: Sheaf, month: Month, call: Call) -> None:
        """The request behind an order that a plan has issued: nobody called, nobody waits (X-007)."""
        number = self._request(
            sheaf,
            month,
            call,
            call.at,
            state="converted",
            version=3,
            channel="maintenance_centre",
            urgency="normal",
            replied_at=call.at,
            read_back=False,
            asset_id=call.asset.id if call.asset else None,
        )
        self._story(
            sheaf,
            number,
            call,
            call.at,
            ("request.judged", call.at, HOUSE, {"outcome": "accepted", "nature": call.nature}),
            ("request.no_reply_owed", call.at, HOUSE, {"reason": TOLD}),
            ("request.converted", call.at, HOUSE, {}),
        )

    def desk(self, at: dt.datetime) -> By:
        """Who registers at that moment; central control stands in where nobody has a shift."""
        there = self._rosters.on_duty(self._people.desk, at)
        return there[0] if there else self._people.desk[-1]

    def _request(
        self, sheaf: Sheaf, month: Month, call: Call, at: dt.datetime, **values: Any
    ) -> str:
        number = self._numbers.next("DJ", month.key)
        row = {
            "kind": "service_need",
            "nature": call.nature,
            "category": call.category,
            "person_id": call.resident.person_id,
            "unit_id": call.resident.unit_id,
            "content": call.content,
            "appointment_at": call.appointment_at,
            "received_at": at,
            "registered_at": at,
            "registered_by": call.issuer.id,
            "reply_due_at": at + 15 * _MINUTE,
            "judged_by": call.issuer.id,
            "judged_at": at + _MINUTE,
            "replied_at": None,
            "explanation": None,
            "price_item_code": None,
            "price_list_version": None,
            "read_back": True,
            "asset_id": None,
        }
        sheaf.add(
            ServiceRequest,
            id=call.request_id,
            estate_id=sheaf.estate_id,
            number=number,
            **{**row, **values},
        )
        who = call.resident
        sheaf.found_by(
            index.REQUEST, number, f"{number} {who.unit} {who.name} {who.phone} {call.content}"
        )
        return number

    def _reply(
        self, sheaf: Sheaf, call: Call, at: dt.datetime, text: str, *, soon: bool = False
    ) -> Event:
        """What the customer was told: most within the quarter of an hour (R-051)."""
        wait_s = 40 if soon else int(self._dice.expovariate(1 / 340)) + 30
        replied = at + dt.timedelta(seconds=wait_s)
        told: Event = ("request.replied", replied, call.issuer, {"channel": "phone", "text": text})
        if replied > self._now:
            return told
        sheaf.rows[ServiceRequest][-1]["replied_at"] = replied
        sheaf.add(
            Reply,
            id=uuid7(),
            estate_id=sheaf.estate_id,
            request_id=call.request_id,
            channel="phone",
            text=text,
            suspect=[],
            replied_by=call.issuer.id,
            replied_at=replied,
        )
        return told

    def _story(
        self, sheaf: Sheaf, number: str, call: Call, at: dt.datetime, *events: Event
    ) -> None:
        registered: Event = (
            "request.registered",
            at,
            call.issuer,
            {"content": call.content, "unit": call.resident.unit, "kind": "service_need"},
        )
        rest = sorted((one for one in events if one[1] <= self._now), key=lambda one: one[1])
        sheaf.story(SUBJECT, number, [registered, *rest])
