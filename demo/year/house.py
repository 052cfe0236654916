"""What people of the house tell each other, report every week, and keep of their lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from uuid_utils.compat import uuid7

from demo.year.cast import Office
from demo.year.writing import Basis, By, Event, Sheaf
from server.filters.models import SavedFilter
from server.messages.models import Message, Receipt
from server.messages.operations import SUBJECT
from server.month_end.models import WeeklyReport
from server.month_end.weekly import SUBJECT as WEEKLY
from server.rosters.patterns import monday_of

#: Title, text, whether an answer is asked for, and from which month to which it is said.
_MESSAGES = (
    ("本周安全提醒", "上梯先检查梯脚,两人作业一人扶梯。", False, (1, 12)),
    ("高温作业安排", "11:00 至 15:00 不安排室外机作业,随身带水。", False, (6, 9)),
    ("燃气作业复训", "周五 14:00 会议室,持燃气证的同事请回复能否参加。", True, (1, 12)),
    ("回单要求", "签名不清的回单请当场补签,照片不少于两张。", False, (1, 12)),
    ("仓库盘点", "周末盘点,借用工具请周五下班前归还。", False, (1, 12)),
    ("春节值班", "值班表已发布,要调班的请周三前提出。", True, (1, 2)),
    ("热水器高峰", "天冷热水器报修多,出门带齐电池和点火针。", False, (11, 12)),
    ("投诉分析会", "周一 9:00 通报上周投诉,请相关同事参加。", False, (1, 12)),
)
_WRITES = (
    ("本周接听高峰在周一和周五晚间,漏水报修偏多。", "下周集中回访漏水户,催交两户欠费。"),
    ("空调报修上升,已请仓库备货。", "跟进三户等料,准备月末移交。"),
    ("回访满意度平稳,不满意的两户已安排复修。", "完成月度回访,整理投诉记录。"),
)
_FILTERS = (
    ("zhaomin", "orders", "迟到的工单", "late=1", True, False),
    ("zhaomin", "orders", "已上报的工单", "state=escalated", False, False),
    ("zhaomin", "escalations", "等总经理决定", "state=open&level=L2_gpm", True, False),
    ("zhaomin", "complaints", "未办结的有效投诉", "state=open&validity=valid", False, False),
    ("chenjing", "orders", "等客户验收", "state=awaiting_acceptance", False, False),
    ("chenjing", "orders", "空调", "category=air_conditioner", True, False),
    ("chenjing", "requests", "紧急来电", "urgency=urgent", False, False),
    ("sunqian", "orders", "等评审", "qa=pending", False, False),
    ("heli", "declines", "还没有告诉客户的", "waiting=1", True, False),
    ("lina", "orders", "已签名未核销", "state=accepted", False, False),
)
_ANSWERS = ("收到,能参加", "当天有约,请假", "收到")
_READ, _ANSWERED = 0.93, 0.8
_WEEK = dt.timedelta(days=7)


class House:
    """Writes a year of messages, weekly reports and filters."""

    def __init__(
        self,
        office: Office,
        staff: Mapping[str, By],
        done_in: Callable[[By, dt.date], dict[str, int]],
        basis: Basis,
    ) -> None:
        self._office, self._staff, self._basis = office, staff, basis
        #: what somebody did in the week of a Monday, by the history
        self._done_in = done_in
        self._dice, self._now = basis.dice, basis.now

    def write(self, sheaf: Sheaf, technicians: Sequence[By], *, first: dt.date) -> None:
        """Week by week: what was said on Mondays, what was reported on Fridays."""
        monday, number = monday_of(first) + _WEEK, 0
        while (at := self._basis.at(monday, 8, 40)) <= self._now:
            self._message(sheaf, number, at, technicians)
            self._weekly(sheaf, number, monday)
            monday, number = monday + _WEEK, number + 1
        for username, list_name, name, query, shared, is_default in _FILTERS:
            sheaf.add(
                SavedFilter,
                id=uuid7(),
                estate_id=sheaf.estate_id,
                user_id=self._staff[username].id,
                list_name=list_name,
                name=name,
                query=query,
                shared=shared,
                is_default=is_default,
                saved_at=self._basis.at(first, 10),
            )

    def _message(
        self, sheaf: Sheaf, number: int, at: dt.datetime, technicians: Sequence[By]
    ) -> None:
        month = self._basis.day(at).month
        known_now = [one for one in _MESSAGES if one[3][0] <= month <= one[3][1]]
        title, text, wants_reply, _season = known_now[number % len(known_now)]
        message_id, by = uuid7(), self._office.supervisor
        office = (
            self._office.duty,
            self._office.front,
            self._office.cs_manager,
            *self._office.visitors,
        )
        readers = [*technicians, *office]
        sheaf.add(
            Message,
            id=message_id,
            estate_id=sheaf.estate_id,
            title=title,
            text=text,
            kind="notice",
            subject_kind=None,
            subject=None,
            wants_reply=wants_reply,
            sent_by=by.id,
            sent_at=at,
            cause=None,
        )
        events: list[Event] = [("message.sent", at, by, {"title": title, "readers": len(readers)})]
        for reader in readers:
            read = at + dt.timedelta(minutes=self._dice.expovariate(1 / 170) + 1)
            known = self._dice.random() < _READ and read <= self._now
            answer = self._dice.choice(_ANSWERS) if known and wants_reply else None
            if answer is not None and self._dice.random() >= _ANSWERED:
                answer = None
            sheaf.add(
                Receipt,
                id=uuid7(),
                estate_id=sheaf.estate_id,
                message_id=message_id,
                reader_id=reader.id,
                sent_at=at,
                read_on=("handheld" if reader in technicians else "console") if known else None,
                read_at=read if known else None,
                reply=answer,
                replied_at=read if answer else None,
            )
            if answer is not None:
                events.append(("message.answered", read, reader, {"text": answer}))
        sheaf.story(SUBJECT, str(message_id), sorted(events, key=lambda one: one[1]))

    def _weekly(self, sheaf: Sheaf, number: int, monday: dt.date) -> None:
        """F-18: what an assistant of the precinct did, by the history; read by the manager."""
        by, manager = self._office.visitors[0], self._office.cs_manager
        submitted = self._basis.at(monday + dt.timedelta(days=4), 17, 10)
        read = submitted + dt.timedelta(hours=self._dice.uniform(1, 66))
        if submitted > self._now:
            return
        summary, plan = _WRITES[number % len(_WRITES)]
        report_id = uuid7()
        sheaf.add(
            WeeklyReport,
            id=report_id,
            estate_id=sheaf.estate_id,
            week_on=monday,
            author_id=by.id,
            figures=self._done_in(by, monday),
            summary=summary,
            plan=plan,
            version=2,
            written_at=submitted,
            submitted_at=submitted,
            read_by=manager.id if read <= self._now else None,
            read_at=read if read <= self._now else None,
        )
        said = {"week_on": monday.isoformat(), "version": 2}
        events: list[Event] = [("weekly.submitted", submitted, by, said)]
        if read <= self._now:
            events.append(("weekly.read", read, manager, said))
        sheaf.story(WEEKLY, str(report_id), events)
