"""How many reports are taken: from one address, by one code, and in all.

A counter for each, that starts anew an hour after its first report. The report that is too many
is not counted: whoever waits as told gets through.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from server.errors import TooMany
from server.residents.models import DoorCode, ReportCount

SPAN = dt.timedelta(hours=1)
KEPT = dt.timedelta(days=1)
#: a whole building may stand behind one address; a flat seldom has more than a few faults an hour
FROM_ONE_ADDRESS = 20
AT_ONE_DOOR = 6
AT_ONE_PLACE = 30
IN_ALL = 300


def count_report(session: Session, code: DoorCode, address: str, at: dt.datetime) -> None:
    """Count one report. Raises TooMany, saying when the next is taken."""
    session.execute(sa.delete(ReportCount).where(ReportCount.since_at < at - KEPT))
    at_code = AT_ONE_DOOR if code.unit_id is not None else AT_ONE_PLACE
    for what, most in (
        (f"address {address}", FROM_ONE_ADDRESS),
        (f"code {code.id}", at_code),
        (f"estate {code.estate_id}", IN_ALL),
    ):
        _count(session, hashlib.sha256(what.encode()).hexdigest(), most, at)


def _count(session: Session, key: str, most: int, at: dt.datetime) -> None:
    postgres = session.get_bind().dialect.name == "postgresql"
    insert: Any = postgresql.insert if postgres else sqlite.insert
    over = ReportCount.since_at <= at - SPAN
    count, since_at = session.execute(
        insert(ReportCount)
        .values(key=key, since_at=at, count=1)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": sa.case((over, 1), else_=ReportCount.count + 1),
                "since_at": sa.case((over, at), else_=ReportCount.since_at),
            },
        )
        .returning(ReportCount.count, ReportCount.since_at)
    ).one()
    if count > most:
        wait_s = int((since_at + SPAN - at).total_seconds()) + 1
        minutes = -(-wait_s // 60)
        raise TooMany(
            "too-many-reports",
            f"提交太频繁,请 {minutes} 分钟后再试;急事请直接致电物业服务中心。",
            f"Too many reports; try again in {minutes} min, or call the service centre.",
            extra={"retry_after_s": wait_s},
        )
