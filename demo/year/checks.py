"""Single items that are checked every week or month, what was found, what is overdue (R-005)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from uuid_utils.compat import uuid7

from demo.year.cast import Office
from demo.year.writing import Basis, By, Event, Sheaf
from server.deadlines.policy import working_days_after
from server.quality.inspections import SUBJECT
from server.quality.models import CorrectiveAction, Inspection, InspectionPlan
from server.quality.periods import MONTHLY, WEEKLY, Period, periods_until

#: More periods than a year has.
_ALL = 80
_FOUND, _MISSED_LAST = 0.12, 2
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Item:
    """What is looked at, and what is wrong with it now and then."""

    title: str
    item: str
    every: str
    fault: str
    correction: str
    #: whoever is to look has not come to it lately
    behind: bool = False


ITEMS = (
    Item(
        title="照片抽查",
        item="维修前后照片清楚、同一位置、无重复",
        every=WEEKLY,
        fault="三张单的维修后照片模糊",
        correction="班前会讲评,补拍说明",
    ),
    Item(
        title="着装和工牌",
        item="上门着工装、戴工牌、用鞋套",
        every=WEEKLY,
        fault="一人未戴工牌",
        correction="当日补办工牌",
    ),
    Item(
        title="15 分钟答复",
        item="抽二十张登记,答复不超过 15 分钟",
        every=WEEKLY,
        fault="两张超过 15 分钟",
        correction="高峰时段增加一人接听",
        behind=True,
    ),
    Item(
        title="仓库账物相符",
        item="抽十种材料,账面与实物一致",
        every=MONTHLY,
        fault="DN15 龙头少两只",
        correction="盘点并补登领用",
    ),
    Item(
        title="摇表和压力表校验",
        item="500 V 摇表、复合压力表在检定期内",
        every=MONTHLY,
        fault="一只压力表过期",
        correction="送检,停用期间借用",
        behind=True,
    ),
    Item(
        title="回访记录",
        item="抽十条电话回访,记录如实",
        every=MONTHLY,
        fault="一条记录与客户说法不一致",
        correction="重新回访并培训",
    ),
)


class Checks:
    """Writes the plans and a year of results."""

    def __init__(self, office: Office, basis: Basis) -> None:
        self._office, self._basis, self._dice = office, basis, basis.dice

    def write(self, sheaf: Sheaf, *, first: dt.date) -> None:
        """Every plan with the results of its periods; of some the last ones are missing."""
        today = self._basis.day(self._basis.now)
        for place, item in enumerate(ITEMS):
            inspector = self._office.supervisor if place % 3 else self._office.cs_manager
            plan_id = uuid7()
            sheaf.add(
                InspectionPlan,
                id=plan_id,
                estate_id=sheaf.estate_id,
                title=item.title,
                item=item.item,
                every=item.every,
                inspector_id=inspector.id,
                active=True,
                starts_on=first,
            )
            said = {"title": item.title, "every": item.every}
            made: Event = (
                "inspection.planned",
                self._basis.at(first, 9),
                self._office.cs_manager,
                said,
            )
            self._basis.diary.note(SUBJECT, str(plan_id), made)
            periods = periods_until(item.every, first, today, limit=_ALL)
            # The present one is still to be made; so are some before it where somebody is behind.
            for period in reversed(periods[1 + _MISSED_LAST * item.behind :]):
                self._checked(sheaf, plan_id, item, period, inspector)

    def _checked(
        self, sheaf: Sheaf, plan_id: uuid.UUID, item: Item, period: Period, by: By
    ) -> None:
        days = (period.due_on - period.from_on).days
        day = period.from_on + dt.timedelta(days=self._dice.randrange(days // 2, days + 1))
        at = self._basis.at(day, self._dice.randrange(9, 17), self._dice.randrange(60))
        ok, row_id = self._dice.random() >= _FOUND, uuid7()
        sheaf.add(
            Inspection,
            id=row_id,
            estate_id=sheaf.estate_id,
            plan_id=plan_id,
            period_on=period.from_on,
            due_on=period.due_on,
            ok=ok,
            text=None if ok else item.fault,
            checked_at=at,
            checked_by=by.id,
        )
        said = {
            "period": period.from_on.isoformat(),
            "ok": ok,
            "text": None if ok else item.fault,
            "correction": None if ok else item.correction,
        }
        self._basis.diary.note(SUBJECT, str(plan_id), ("inspection.checked", at, by, said))
        if not ok:
            self._put_right(sheaf, plan_id, row_id, item, at)

    def _put_right(
        self,
        sheaf: Sheaf,
        plan_id: uuid.UUID,
        inspection_id: uuid.UUID,
        item: Item,
        at: dt.datetime,
    ) -> None:
        """QA3: by a date, by one; verified by another who looks at it again."""
        owner, now = self._office.duty, self._basis.now
        verifier = self._office.supervisor
        done = self._basis.by_day(at + _DAY * self._dice.uniform(1, 6))
        verified = self._basis.by_day(done + _DAY * self._dice.uniform(0.5, 3))
        sheaf.add(
            CorrectiveAction,
            id=uuid7(),
            estate_id=sheaf.estate_id,
            order_id=None,
            inspection_id=inspection_id,
            review_id=None,
            text=item.correction,
            owner_id=owner.id,
            due_on=working_days_after(self._basis.day(at), 5),
            done_by=owner.id if done <= now else None,
            done_at=done if done <= now else None,
            verified_by=verifier.id if verified <= now else None,
            verified_at=verified if verified <= now else None,
        )
        for kind, moment, by in (
            ("correction.done", done, owner),
            ("correction.verified", verified, verifier),
        ):
            if moment <= now:
                self._basis.diary.note(SUBJECT, str(plan_id), (kind, moment, by, {}))
