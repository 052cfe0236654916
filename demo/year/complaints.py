"""Complaints from the first word to the visit: judged, dealt with, verified, visited (C1 to C14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from uuid_utils.compat import uuid7

from demo.year.calendar import Month
from demo.year.cast import Office, Resident
from demo.year.writing import HOUSE, Basis, By, Event, Sheaf
from server.complaints.models import Complaint, ComplaintEntry
from server.deadlines.policy import complaint_visit_due
from server.rectifications.models import Rectification
from server.return_visits.models import ReturnVisit, VisitResult
from server.return_visits.of_complaints import PLACE_MAJOR, PLACE_ORDINARY
from server.search import index

#: What is complained of: against whom, in which words, about what, how often.
CONCERNS = (
    ("other", "楼上装修噪音大", "other", 17),
    ("other", "邻居把杂物堆在楼道", "other", 9),
    ("other", "广场舞音响太吵", "other", 7),
    ("staff", "保安态度生硬", "other", 6),
    ("staff", "师傅说话不客气", "household_other", 5),
    ("service", "约好的时间没有来", "household_other", 6),
    ("service", "修了两次还是漏", "tap_valve", 9),
    ("service", "空调加氟后还是不凉", "air_conditioner", 7),
    ("service", "水箱修完三天又坏", "toilet_tank", 6),
    ("service", "换的灯管用一周就黑", "lamp", 4),
    ("service", "跳闸没有查清原因", "switch", 4),
    ("service", "热水器修后点火还响", "gas_water_heater", 4),
    ("facility", "电梯厅灯总不亮", "public_area", 3),
    ("facility", "地下车库积水", "public_area", 3),
    ("facility", "单元门禁经常失灵", "public_area", 3),
    ("cs_centre", "电话一直打不通", "other", 4),
    ("cs_centre", "登记了没有人回复", "other", 3),
)
CHANNELS = {"phone": 70, "visit": 18, "online": 9, "letter": 3}
_VALID, _MAJOR, _AGAIN = 0.72, 0.014, 0.05
_STILL = "还有点问题,请再处理"
_SERVED = "回访满意,结案 Satisfied at the visit; closed"
_EXPLAINED = "解释后结案 Closed after explaining"
_DAY, _HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@dataclass(kw_only=True)
class Asked:
    """The visit that follows what was verified, round by round."""

    by: By
    opened_at: dt.datetime
    #: when it was made; satisfied in the last
    rounds: list[dt.datetime]
    #: what was put right between the first and the second: by whom, until when, done when
    put_right: tuple[By, dt.date, dt.datetime] | None = None


@dataclass(kw_only=True)
class Told:
    """One complaint while it is being written."""

    number: str
    at: dt.datetime
    row: dict[str, Any]
    resident: Resident
    events: list[Event] = field(default_factory=list)
    #: kind, words, moment, by whom, and until when
    entries: list[tuple[str, str, dt.datetime, By, dt.date | None]] = field(default_factory=list)
    visit: Asked | None = None

    def said(
        self,
        entry: str,
        kind: str,
        at: dt.datetime,
        by: By,
        text: str,
        due_on: dt.date | None = None,
    ) -> None:
        """A line of the follow-up record, and one of the history beside it."""
        self.entries.append((entry, text, at, by, due_on))
        self.events.append((kind, at, by, {"text": text}))


class Complaints:
    """Writes a month's complaints; those of the last days are under way."""

    def __init__(self, office: Office, residents: Sequence[Resident], basis: Basis) -> None:
        self._office, self._residents, self._basis = office, residents, basis
        self._dice, self._now = basis.dice, basis.now

    def month(self, month: Month, moments: Sequence[dt.datetime]) -> list[Told]:
        """Who complained of what, in order of time, and what has become of it by now."""
        return [self._recorded(month, at) for at in moments]

    def write(self, sheaf: Sheaf, all_told: Sequence[Told]) -> None:
        """The rows of what `month` has told."""
        for one in all_told:
            known = [entry for entry in one.entries if entry[2] <= self._now]
            past = [event for event in one.events if event[1] <= self._now]
            sheaf.add(Complaint, estate_id=sheaf.estate_id, version=len(past), **one.row)
            for position, (kind, text, at, by, due_on) in enumerate(known, 1):
                sheaf.add(
                    ComplaintEntry,
                    id=uuid7(),
                    estate_id=sheaf.estate_id,
                    complaint_id=one.row["id"],
                    position=position,
                    kind=kind,
                    text=text,
                    at=at,
                    by_id=by.id,
                    by_name=by.name,
                    due_on=due_on,
                )
            who = one.resident
            words = f"{one.number} {who.unit} {who.name} {who.phone} {one.row['content']}"
            sheaf.found_by(index.COMPLAINT, one.number, words)
            self._visited(sheaf, one)
            sheaf.story("complaint", one.number, sorted(past, key=lambda event: event[1]))

    def _recorded(self, month: Month, at: dt.datetime) -> Told:
        dice, office, resident = self._dice, self._office, self._dice.choice(self._residents)
        weights = [concern[3] for concern in CONCERNS]
        target, content, category, _often = dice.choices(CONCERNS, weights)[0]
        centre, valid = target == "cs_centre", dice.random() < _VALID
        major = valid and not centre and dice.random() < _MAJOR
        channel = "petition" if major else dice.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        handler = (
            office.gpm
            if major
            else office.admin_hr
            if centre
            else dice.choice((office.duty, *office.visitors))
        )
        number = self._basis.numbers.next("TS", month.key)
        row = {
            "id": uuid7(),
            "number": number,
            "state": "judging",
            "request_id": None,
            "person_id": resident.person_id,
            "unit_id": resident.unit_id,
            "channel": channel,
            "target": target,
            "category": category,
            "content": content,
            "recorded_at": at,
            "recorded_by": office.duty.id,
            "apology": True,
            "validity": "undetermined",
            "major": False,
            "major_reason": None,
            "judged_by": None,
            "judged_at": None,
            "handler_id": None,
            "target_on": None,
            "cluster_id": None,
            "last_told_at": None,
            "verified_by": None,
            "verified_at": None,
            "closed_by": None,
            "closed_at": None,
        }
        one = Told(number=number, at=at, row=row, resident=resident)
        one.events.append(
            ("complaint.recorded", at, office.duty, {"target": target, "content": content})
        )
        judge = office.gpm if major else office.admin_hr if centre else office.duty
        judged = at + _HOUR * dice.uniform(0.3, 4)
        if judged <= self._now:
            row |= {
                "state": "handling" if valid else "explaining",
                "validity": "valid" if valid else "invalid",
                "judged_by": judge.id,
                "judged_at": judged,
            }
            one.said("judgement", "complaint.judged", judged, judge, "有效" if valid else "无效")
            if valid:
                self._dealt_with(one, judged, handler, major=major)
            else:
                self._explained(one, judged, judge)
        return one

    def _explained(self, one: Told, judged: dt.datetime, by: By) -> None:
        """C4: reasons, politely; then it is closed (R-110)."""
        told = self._basis.by_day(judged + _HOUR * self._dice.uniform(1, 30))
        one.said("explanation", "complaint.explained", told, by, "已礼貌解释原因,客户表示理解")
        self._told_at(one, told)
        self._closed(one, told + dt.timedelta(minutes=5), by, _EXPLAINED)

    def _dealt_with(self, one: Told, judged: dt.datetime, handler: By, *, major: bool) -> None:
        """C6 to C13: done, told, verified and visited (R-115 to R-126)."""
        dice, office = self._dice, self._office
        one.row |= {
            "handler_id": handler.id,
            "target_on": self._basis.day(judged + 5 * _DAY),
            "major": major,
            "major_reason": "higher_authority" if major else None,
        }
        if major:
            one.row["state"] = "gpm_handling"
        by_day = self._basis.by_day
        acted = by_day(judged + _HOUR * dice.uniform(2, 12))
        told = by_day(acted + _HOUR * dice.uniform(1, 20))
        done = by_day(told + _DAY * dice.uniform(0.2, 2.5))
        again = done + dt.timedelta(minutes=dice.randrange(5, 50))
        verified = by_day(done + _DAY * dice.uniform(0.1, 1))
        centre = one.row["target"] == "cs_centre"
        verifier = (
            office.cs_manager if major else office.admin_hr if centre else office.dispatch_head
        )
        one.said("action", "complaint.action", acted, handler, "已到现场了解,安排处理")
        one.said("progress_notice", "complaint.told", told, handler, "已告诉客户处理进展")
        self._told_at(one, told)
        one.said("action", "complaint.done", done, handler, "处理完毕")
        one.said("progress_notice", "complaint.told", again, handler, "已告诉客户处理完毕,等核实")
        self._told_at(one, again)
        one.said("verification", "complaint.verified", verified, verifier, "已核实,情况属实")
        if done <= self._now:
            one.row["state"] = "verifying"
        if verified <= self._now:
            one.row |= {
                "state": "visit_pending",
                "verified_by": verifier.id,
                "verified_at": verified,
            }
        self._asked_again(one, verified, handler, major=major)

    def _asked_again(self, one: Told, verified: dt.datetime, handler: By, *, major: bool) -> None:
        """C13, and C14 where somebody is not satisfied: put right by a day, and visited again."""
        dice, office = self._dice, self._office
        centre = one.row["target"] == "cs_centre"
        share = dice.random()
        visitor = (
            office.cs_manager
            if major or share < 0.05  # noqa: PLR2004  # three a month are his own (R-126)
            else office.gpm
            if share < 0.07  # noqa: PLR2004  # and one the general manager's (R-127)
            else office.admin_hr
            if centre
            else office.visitors[0]
        )
        if centre and visitor is office.cs_manager:
            visitor = office.admin_hr
        made = self._basis.by_day(verified + _DAY * dice.uniform(0.3, 2.2))
        one.visit = Asked(by=visitor, opened_at=verified, rounds=[made])
        if not major and dice.random() < _AGAIN:
            due_on = self._basis.day(made + 4 * _DAY)
            put_right = self._basis.by_day(made + _DAY * dice.uniform(1, 3.4))
            checked = self._basis.by_day(put_right + _HOUR * dice.uniform(2, 20))
            one.said("visit", "complaint.dissatisfied", made, visitor, _STILL)
            one.entries.append(
                ("rectification", f"{handler.name}: {_STILL}", made, visitor, due_on)
            )
            one.said("rectification", "complaint.rectified", put_right, handler, "已整改")
            verifier = office.admin_hr if centre else office.dispatch_head
            one.said("verification", "complaint.verified", checked, verifier, "整改有效")
            second = self._basis.by_day(checked + _DAY * dice.uniform(0.3, 2))
            one.visit.rounds.append(second)
            one.visit.put_right = (handler, due_on, put_right)
            for moment, state in (
                (made, "rectifying"),
                (put_right, "verifying"),
                (checked, "visit_pending"),
            ):
                if moment <= self._now:
                    one.row["state"] = state
            made = second
        one.entries.append(("visit", "满意", made, visitor, None))
        self._told_at(one, made)
        self._closed(one, made, visitor, _SERVED)

    def _visited(self, sheaf: Sheaf, one: Told) -> None:
        """The visit itself, what was said in each round, and what was put right between them."""
        asked = one.visit
        if asked is None or asked.opened_at > self._now:
            return
        made = [at for at in asked.rounds if at <= self._now]
        major, wanted = bool(one.row["major"]), len(asked.rounds)
        method = "on_site" if major else "phone"
        over = len(made) == wanted
        state = "done" if over else "rectifying" if made else "assigned"
        if not over and asked.put_right and asked.put_right[2] <= self._now:
            state = "assigned"
        number, visit_id = (
            self._basis.numbers.next("HF", self._basis.month_key(asked.opened_at)),
            uuid7(),
        )
        sheaf.register(
            index.VISIT,
            ReturnVisit,
            id=visit_id,
            estate_id=sheaf.estate_id,
            number=number,
            version=1 + len(made),
            purpose="complaint",
            order_id=None,
            complaint_id=one.row["id"],
            cohort_on=None,
            opened_at=asked.opened_at,
            state=state,
            due_at=complaint_visit_due(asked.opened_at),
            risk_place=PLACE_MAJOR if major else PLACE_ORDINARY,
            risks=None,
            on_site_wanted=major,
            assignee_id=asked.by.id,
            assigned_at=asked.opened_at,
            round=1 if not made or (state == "rectifying") else wanted,
            attempts=0,
            method=method if made else None,
            satisfied=over if made else None,
            fixed=None,
            comment=("满意" if over else _STILL) if made else None,
            cause="quality" if made and not over else None,
            recorded_by=asked.by.id if made else None,
            done_at=made[-1] if made else None,
            closed_by=asked.by.id if over else None,
            closed_at=made[-1] if over else None,
        )
        events: list[Event] = [
            ("visit.opened", asked.opened_at, HOUSE, {"complaint": one.number, "round": 1})
        ]
        for round_, at in enumerate(made, 1):
            satisfied = round_ == wanted
            said = {"round": round_, "method": method, "satisfied": satisfied}
            events.append(("visit.made", at, asked.by, {"complaint": one.number, **said}))
            sheaf.add(
                VisitResult,
                id=uuid7(),
                estate_id=sheaf.estate_id,
                visit_id=visit_id,
                round=round_,
                method=method,
                satisfied=satisfied,
                fixed=None,
                comment="满意" if satisfied else _STILL,
                cause=None if satisfied else "quality",
                signer_name=one.resident.name if major else None,
                customer_signature_sha256=None,
                recorded_by=asked.by.id,
                recorded_by_name=asked.by.name,
                at=at,
            )
        sheaf.story("visit", number, events)
        if asked.put_right and made:
            owner, due_on, done_at = asked.put_right
            done = done_at <= self._now
            sheaf.add(
                Rectification,
                id=uuid7(),
                estate_id=sheaf.estate_id,
                subject_kind="complaint",
                subject=one.number,
                round=1,
                text=_STILL,
                owner_id=owner.id,
                due_on=due_on,
                opened_by=asked.by.id,
                opened_at=made[0],
                done_text="已整改" if done else None,
                done_by=owner.id if done else None,
                done_at=done_at if done else None,
            )

    def _told_at(self, one: Told, at: dt.datetime) -> None:
        if at <= self._now:
            one.row["last_told_at"] = at

    def _closed(self, one: Told, at: dt.datetime, by: By, text: str) -> None:
        one.entries.append(("closure", text, at, by, None))
        one.events.append(("complaint.closed", at, by, {"satisfied": text is _SERVED}))
        if at <= self._now:
            one.row |= {"state": "closed", "closed_by": by.id, "closed_at": at}
