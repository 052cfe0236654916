"""What goes wrong: incidents in public areas, and what breaks at a customer's (PA1 to PA4, DM1, DM2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from uuid_utils.compat import uuid7

from demo.year.calendar import Month
from demo.year.cast import Done, Office
from demo.year.writing import Basis, Event, Sheaf
from server.incidents.models import Damage, Incident
from server.search import index

#: category, place, what was seen, what was done at once, how it was put right, how often
_INCIDENTS = (
    ("engineering", "3栋电梯厅", "电梯厅吊顶漏水", "已设围挡,放置接水桶", "更换破损接头", 5),
    ("engineering", "地下车库B1", "集水井泵不启动", "已断电挂牌,改用备用泵", "更换浮球开关", 4),
    ("engineering", "7栋楼道", "应急灯不亮", "已贴提示", "更换蓄电池", 4),
    ("security", "北门岗亭", "道闸撞弯", "已人工放行", "校正道闸杆", 3),
    ("security", "5栋地面", "陌生人尾随进楼", "已劝离并登记", "加强巡查,调看监控", 2),
    ("cleaning", "垃圾房", "渗滤液外流", "已撒砂吸附", "冲洗并消毒", 3),
    ("greening", "中心花园", "大风后树枝折断", "已拉警戒线", "修剪清运", 2),
    ("other", "儿童乐园", "秋千链条松脱", "已停用并贴封条", "更换链节,试用正常", 1),
)
_DAMAGES = (
    ("damage", "瓷砖一块", "施工时碰裂", 20_000, 12_000, "更换瓷砖"),
    ("damage", "洗手台面", "扳手滑落磕出缺口", 60_000, 30_000, "修补台面并补偿"),
    ("damage", "木地板", "拆管时漏水泡胀两块", 80_000, 50_000, "更换两块地板"),
    ("loss", "水龙头起泡器", "拆下后找不到", 3_000, 3_000, "照价赔偿"),
)
_MAJOR, _LEFT_EARLY, _BROKEN = 0.03, 0.015, 0.0013
_MINUTE, _DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


class Mishaps:
    """Writes a month's incidents and damages; the newest are under way."""

    def __init__(self, office: Office, basis: Basis) -> None:
        self._office, self._basis = office, basis
        self._dice, self._now = basis.dice, basis.now

    def incidents(self, sheaf: Sheaf, month: Month, moments: Sequence[dt.datetime]) -> None:
        """Found, told at once, relieved, put right, reported to the superior, closed."""
        for at in moments:
            dice, by, head = self._dice, self._office.duty, self._office.dept_head
            weights = [one[-1] for one in _INCIDENTS]
            category, place, seen, action, how, _often = dice.choices(_INCIDENTS, weights)[0]
            major = dice.random() < _MAJOR
            number = self._basis.numbers.next("GQ", month.key)
            arrived = at + dice.uniform(4, 30) * _MINUTE
            early = dice.random() < _LEFT_EARLY
            left = arrived + (-2 if early else 5) * _MINUTE
            handled = arrived + dice.uniform(20, 150) * _MINUTE
            reported = handled + dice.uniform(5, 60) * _MINUTE
            closed = reported + dice.uniform(10, 600) * _MINUTE
            steps: tuple[tuple[str, Event], ...] = (
                ("notified", ("incident.found", at, by, {"place": place, "severity": "normal"})),
                ("dept_arrived", ("incident.presence", max(arrived, left), by, {})),
                ("handled", ("incident.handled", handled, head, {"text": how})),
                ("reported", ("incident.reported", reported, by, {"report": f"{seen},{how}"})),
                ("closed", ("incident.closed", closed, head, {"text": "同意关闭"})),
            )
            past = [(state, event) for state, event in steps if event[1] <= self._now]
            passed = {state for state, _event in past}
            sheaf.register(
                index.INCIDENT,
                Incident,
                id=uuid7(),
                estate_id=sheaf.estate_id,
                number=number,
                place=place,
                category=category,
                severity="major" if major else "normal",
                description=seen,
                emergency_action=action,
                state=past[-1][0],
                found_by=by.id,
                found_at=at,
                notified=[
                    "dept_head",
                    "operations_dept",
                    *(["gpm", "cs_manager"] if major else []),
                ],
                notified_at=at,
                dept_arrived_at=arrived if "dept_arrived" in passed else None,
                left_at=left if "dept_arrived" in passed else None,
                handled_text=how if "handled" in passed else None,
                handled_at=handled if "handled" in passed else None,
                superior_report=f"{seen},{how}" if "reported" in passed else None,
                reported_at=reported if "reported" in passed else None,
                reported_by=by.id if "reported" in passed else None,
                decision="同意关闭" if "closed" in passed else None,
                decided_by=head.id if "closed" in passed else None,
                closed_at=closed if "closed" in passed else None,
                photos=[],
            )
            sheaf.story("incident", number, [event for _state, event in past])

    def damages(self, sheaf: Sheaf, month: Month, done: Sequence[Done]) -> None:
        """Now and then something breaks; the office settles it with the customer (R-063)."""
        for order in done:
            if self._dice.random() >= _BROKEN:
                continue
            kind, item, how, claim_fen, amount_fen, agreement = self._dice.choice(_DAMAGES)
            at, manager = order.closed_at - 60 * _MINUTE, self._office.cs_manager
            assessed = self._basis.by_day(at + _DAY * self._dice.uniform(0.2, 1.5))
            settled = self._basis.by_day(assessed + _DAY * self._dice.uniform(1, 6))
            analysis = {
                "technology": "现场查看,属施工碰损",
                "cost": "材料和工时按市价估算",
                "risk": "不影响使用安全",
                "opinion": "由我方承担",
            }
            known, over = assessed <= self._now, settled <= self._now
            number = self._basis.numbers.next("BX", month.key)
            sheaf.register(
                index.DAMAGE,
                Damage,
                id=uuid7(),
                estate_id=sheaf.estate_id,
                number=number,
                order_id=order.id,
                kind=kind,
                item=item,
                description=how,
                photos=[],
                state="settled" if over else "negotiating" if known else "reported",
                reported_by=order.technician.name,
                reported_at=at,
                analysis=analysis if known else None,
                claim_fen=claim_fen if known else None,
                amount_fen=amount_fen if over else None,
                agreement=agreement if over else None,
                signer_name=order.resident.name if over else None,
                negotiated_by=manager.id if known else None,
                settled_by=manager.id if over else None,
                settled_at=settled if over else None,
            )
            said = {"amount_fen": amount_fen, "agreement": agreement}
            events: list[Event] = [
                ("damage.assessed", assessed, manager, {"claim_fen": claim_fen}),
                ("damage.settled", settled, manager, {**said, "signer_name": order.resident.name}),
            ]
            if past := [event for event in events if event[1] <= self._now]:
                sheaf.story("damage", number, past)
