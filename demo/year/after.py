"""What follows the orders: visits, complaints, incidents, damage."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from demo.year.calendar import Month
from demo.year.cast import Done, Resident
from demo.year.writing import By, Numbers, Sheaf
from server.complaints.models import Complaint, ComplaintEntry
from server.deadlines.policy import return_visit_due
from server.incidents.models import Damage, Incident
from server.rectifications.models import Rectification
from server.return_visits import risk
from server.return_visits.models import ReturnVisit, SpotCheck, VisitResult
from server.search import index

CONCERNS = (
    ("service", "约好的时间没有来", "household_other"),
    ("service", "修了两次还是漏", "tap_valve"),
    ("facility", "电梯厅灯总不亮", "public_area"),
    ("facility", "地下车库积水", "public_area"),
    ("staff", "师傅说话不客气", "household_other"),
    ("other", "楼上装修噪音大", "public_area"),
    ("cs_centre", "电话一直打不通", "household_other"),
)
PLACES = ("地下车库B1", "3栋电梯厅", "中心花园", "北门岗亭", "7栋楼道")
CAUSES = ("speed", "attitude", "quality", "price", "time")
_ON_SITE, _SATISFIED, _VALID = 0.08, 0.955, 0.72
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Office:
    """Who follows up."""

    cs_manager: By
    gpm: By
    visitors: tuple[By, ...]
    duty: By
    front: By
    finance: By
    records: By
    admin_hr: By
    dispatch_head: By


class After:
    """Writes what a month's orders are followed by."""

    def __init__(
        self, office: Office, numbers: Numbers, zone: ZoneInfo, dice: random.Random
    ) -> None:
        self._office, self._numbers, self._zone, self._dice = office, numbers, zone, dice

    def visits(self, sheaf: Sheaf, done: Sequence[Done], now: dt.datetime) -> None:
        """One return visit for each closed order; those of the newest orders are still to make."""
        for order in done:
            opened, dice = order.closed_at, self._dice
            due = return_visit_due(opened, self._zone)
            at = opened + _DAY * dice.uniform(0.5, 6)
            made = at <= now
            visitor = dice.choice(self._office.visitors)
            satisfied = dice.random() < _SATISFIED
            on_site = dice.random() < _ON_SITE
            local = opened.astimezone(self._zone)
            number = self._numbers.next("HF", f"{local:%Y%m}")
            visit_id = uuid7()
            method = "on_site" if on_site else "phone"
            comment = "满意" if satisfied else "还有点问题"
            risks: list[dict[str, Any]] = [
                {"code": code, "weight": weight, "values": {"rounds": order.rework_round}}
                for code, weight, found in (
                    (
                        risk.GAS,
                        risk.WEIGHTS[risk.GAS],
                        order.category in risk.GAS_CATEGORIES,
                    ),
                    (risk.REWORK, risk.WEIGHTS[risk.REWORK], order.rework_round > 0),
                )
                if found
            ]
            sheaf.register(
                index.VISIT,
                ReturnVisit,
                id=visit_id,
                estate_id=sheaf.estate_id,
                number=number,
                version=2,
                purpose="service",
                order_id=order.id,
                complaint_id=None,
                cohort_on=local.date().replace(day=1),
                opened_at=opened,
                state="done" if made else "assigned",
                due_at=due,
                risk_place=100 - sum(one["weight"] for one in risks),
                risks=risks,
                on_site_wanted=on_site,
                assignee_id=visitor.id,
                assigned_at=opened,
                round=1,
                attempts=0,
                method=method if made else None,
                satisfied=satisfied if made else None,
                fixed=True if made else None,
                comment=comment if made else None,
                cause=None if satisfied or not made else dice.choice(CAUSES),
                recorded_by=visitor.id if made else None,
                done_at=at if made else None,
            )
            if not made:
                continue
            sheaf.add(
                VisitResult,
                id=uuid7(),
                estate_id=sheaf.estate_id,
                visit_id=visit_id,
                round=1,
                method=method,
                satisfied=satisfied,
                fixed=True,
                comment=comment,
                cause=None if satisfied else CAUSES[0],
                signer_name=order.resident.name if on_site else None,
                customer_signature_sha256=None,
                recorded_by=visitor.id,
                recorded_by_name=visitor.name,
                at=at,
            )
            sheaf.story(
                "visit",
                number,
                [
                    ("visit.opened", opened, visitor, {"order": order.number}),
                    ("visit.made", at, visitor, {"method": method, "satisfied": satisfied}),
                ],
            )
            for checker, share in ((self._office.cs_manager, 0.0022), (self._office.gpm, 0.0016)):
                if dice.random() < share:
                    sheaf.add(
                        SpotCheck,
                        id=uuid7(),
                        estate_id=sheaf.estate_id,
                        visit_id=visit_id,
                        checker_id=checker.id,
                        asked="customer",
                        agrees=True,
                        note="与记录一致",
                        at=at + _DAY,
                    )

    def complaints(
        self,
        sheaf: Sheaf,
        month: Month,
        moments: Sequence[dt.datetime],
        residents: Sequence[Resident],
        now: dt.datetime,
    ) -> None:
        """Complaints from the first word to the end; those of the last days are under way."""
        for at in moments:
            dice, resident = self._dice, self._dice.choice(residents)
            target, content, category = dice.choice(CONCERNS)
            number, complaint_id = self._numbers.next("TS", month.key), uuid7()
            handler = (
                self._office.admin_hr
                if target == "cs_centre"
                else dice.choice((self._office.duty, *self._office.visitors))
            )
            valid = dice.random() < _VALID
            judged, told = at + _DAY * 0.1, at + _DAY
            verified, closed = at + _DAY * 3, at + _DAY * dice.uniform(3.5, 7)
            over = closed <= now
            sheaf.add(
                Complaint,
                id=complaint_id,
                estate_id=sheaf.estate_id,
                number=number,
                version=4,
                state="closed" if over else ("handling" if valid else "explaining"),
                request_id=None,
                person_id=resident.person_id,
                unit_id=resident.unit_id,
                channel=dice.choices(("phone", "visit", "letter", "online"), (70, 18, 3, 9))[0],
                target=target,
                category=category,
                content=content,
                recorded_at=at,
                recorded_by=self._office.duty.id,
                apology=True,
                validity="valid" if valid else "invalid",
                major=False,
                judged_by=handler.id,
                judged_at=judged,
                handler_id=handler.id,
                target_on=(at + _DAY * 5).date(),
                last_told_at=told if told <= now else None,
                verified_by=self._office.dispatch_head.id if over and valid else None,
                verified_at=verified if over and valid else None,
                closed_by=handler.id if over else None,
                closed_at=closed if over else None,
            )
            words = f"{number} {resident.unit} {resident.name} {resident.phone} {content}"
            sheaf.found_by(index.COMPLAINT, number, words)
            entries = [("judgement", "有效" if valid else "无效", judged, handler)]
            if valid:
                entries.append(("action", "已安排处理", judged + _DAY * 0.5, handler))
                entries.append(("progress_notice", "已告诉客户进展", told, handler))
                if over:
                    entries.append(("verification", "已验证", verified, self._office.dispatch_head))
            else:
                entries.append(("explanation", "已礼貌解释", told, handler))
            if over:
                entries.append(("closure", "办结", closed, handler))
            known = [entry for entry in entries if entry[2] <= now]
            for position, (kind, text, moment, by) in enumerate(known, 1):
                sheaf.add(
                    ComplaintEntry,
                    id=uuid7(),
                    estate_id=sheaf.estate_id,
                    complaint_id=complaint_id,
                    position=position,
                    kind=kind,
                    text=text,
                    at=moment,
                    by_id=by.id,
                    by_name=by.name,
                    due_on=None,
                )
            sheaf.story(
                "complaint",
                number,
                [
                    ("complaint.recorded", at, self._office.duty, {"target": target}),
                    *((f"complaint.{kind}", moment, by, {}) for kind, _text, moment, by in known),
                ],
            )
            if dice.random() < 0.01:  # noqa: PLR2004  # few are put right by a date
                sheaf.add(
                    Rectification,
                    id=uuid7(),
                    estate_id=sheaf.estate_id,
                    subject_kind="complaint",
                    subject=number,
                    round=1,
                    text="限期整改",
                    owner_id=handler.id,
                    due_on=(at + _DAY * 4).date(),
                    opened_by=self._office.cs_manager.id,
                    opened_at=verified,
                    done_text="已整改" if over else None,
                    done_by=handler.id if over else None,
                    done_at=closed if over else None,
                )

    def public_places(self, sheaf: Sheaf, month: Month, moments: Sequence[dt.datetime]) -> None:
        """Incidents in public areas, each relieved, reported and closed."""
        for at in moments:
            dice, by = self._dice, self._office.duty
            number = self._numbers.next("GQ", month.key)
            arrived = at + dt.timedelta(minutes=dice.uniform(4, 30))
            sheaf.register(
                index.INCIDENT,
                Incident,
                id=uuid7(),
                estate_id=sheaf.estate_id,
                number=number,
                place=dice.choice(PLACES),
                category=dice.choice(("engineering", "security", "cleaning", "greening")),
                severity="normal",
                description="巡查发现异常",
                emergency_action="已设围挡",
                state="closed",
                found_by=by.id,
                found_at=at,
                notified=["dept_head"],
                notified_at=at,
                dept_arrived_at=arrived,
                left_at=arrived + dt.timedelta(minutes=5),
                superior_report="已处理完毕",
                closed_at=arrived + dt.timedelta(hours=3),
                photos=[],
            )
            sheaf.story(
                "incident",
                number,
                [
                    ("incident.found", at, by, {"severity": "normal"}),
                    ("incident.closed", arrived + dt.timedelta(hours=3), by, {}),
                ],
            )

    def damages(self, sheaf: Sheaf, month: Month, done: Sequence[Done]) -> None:
        """Now and then something breaks, and is settled."""
        for order in done:
            if self._dice.random() < 0.0013:  # noqa: PLR2004  # forty a year
                at = order.closed_at - dt.timedelta(hours=1)
                sheaf.register(
                    index.DAMAGE,
                    Damage,
                    id=uuid7(),
                    estate_id=sheaf.estate_id,
                    number=self._numbers.next("BX", month.key),
                    order_id=order.id,
                    kind="damage",
                    item="瓷砖一块",
                    description="施工时碰裂",
                    photos=[],
                    state="settled",
                    reported_by=order.technician.name,
                    reported_at=at,
                    claim_fen=20_000,
                    amount_fen=12_000,
                    agreement="更换瓷砖",
                    settled_by=self._office.cs_manager.id,
                    settled_at=at + _DAY * 4,
                )
