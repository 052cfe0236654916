"""What the house itself says to its people where it matters, as messages in their boxes (R-002).

Written for both languages at once: nobody knows yet in which it will be read. Each is caused by
something that happens once, so told twice it is sent once.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.operations import system_actor
from server.accounts.permissions import Role
from server.accounts.queries import users_with_role
from server.assets import trainings
from server.assets.models import Asset
from server.billing.models import FinanceReport
from server.complaints.models import Complaint
from server.history import HistoryRow
from server.messages.operations import send
from server.public_notices.models import PublicNotice
from server.rectifications.models import Rectification
from server.work_orders import queries as orders

#: They publish notices; one of them has to look at a draft that the house wrote.
PUBLISHERS = (Role.CS_MANAGER, Role.DISPATCH_HEAD)
#: They see to it that operators are trained: these are the customer's people and have no account.
TRAINING = (Role.CS_MANAGER, Role.CS_SUPERVISOR)


def review_result(session: Session, row: HistoryRow, *, at: dt.datetime) -> None:
    """R-005: QA sent steps back, or failed the order; its technician hears which and why."""
    order = orders.get_order(session, row.estate_id, row.subject)
    if order.technician_id is None:
        return
    returned = row.kind == "qa.returned"
    steps = [f"{step}: {reason}" for step, reason in row.data.get("steps", {}).items()]
    note = row.data.get("note")
    _say(
        session,
        row.estate_id,
        title=f"{'步骤退回补做 Steps sent back' if returned else '质量评审不合格 Failed by QA'}: "
        f"{order.number}",
        text="\n".join([*steps, *([str(note)] if note else [])]) or order.number,
        kind="review_result",
        readers=[order.technician_id],
        about=("order", order.number),
        cause=f"{row.kind}:{row.data.get('review', row.id)}",
        at=at,
    )


def rectification_opened(session: Session, row: HistoryRow, *, at: dt.datetime) -> None:
    """R-090, R-128: whoever is to put something right hears what and by when, and again when that
    was changed."""
    found = session.scalar(
        sa.select(Rectification).where(
            Rectification.estate_id == row.estate_id,
            Rectification.subject_kind == row.subject_kind,
            Rectification.subject == row.subject,
            Rectification.round == row.data.get("round"),
        )
    )
    # What was changed before anybody heard of it is told by the row that changed it.
    if found is None or row.data.get("owner") != str(found.owner_id):
        return
    _say(
        session,
        row.estate_id,
        title=f"请整改 To be put right: {found.subject}",
        text=f"{found.text}\n期限 due: {found.due_on.isoformat()}",
        kind="complaint",
        readers=[found.owner_id],
        about=(found.subject_kind, found.subject),
        cause=f"rectification:{found.id}"
        + (f":{row.position}" if row.kind == "rectification.changed" else ""),
        at=at,
    )


def complaint_assigned(session: Session, row: HistoryRow, *, at: dt.datetime) -> None:
    """R-002: the handler of a complaint hears that it is his; once, however often it is judged."""
    complaint = session.scalar(
        sa.select(Complaint).where(
            Complaint.estate_id == row.estate_id, Complaint.number == row.subject
        )
    )
    if complaint is None or complaint.handler_id is None:
        return
    _say(
        session,
        row.estate_id,
        title=f"请处理投诉 A complaint to handle: {complaint.number}",
        text=complaint.content,
        kind="complaint",
        readers=[complaint.handler_id],
        about=("complaint", complaint.number),
        cause=f"complaint:{complaint.number}:{complaint.handler_id}",
        at=at,
    )


def retraining_due(session: Session, row: HistoryRow, *, at: dt.datetime) -> None:
    """X-008: operators of an asset are to be trained again; whoever trained them last hears it, and
    those who have it done. Once for each day from which it is due."""
    asset = session.get_one(Asset, uuid.UUID(row.subject))
    if asset.retraining_since is None:
        return
    last = session.get_one(User, trainings.followed(session, asset.id).trainings[0].trainer_id)
    people = users_with_role(session, asset.estate_id, *TRAINING)
    _say(
        session,
        asset.estate_id,
        title=f"操作人员须再次培训 Operators to be trained again: {asset.label}",
        text=f"{row.data.get('name', '')}: {row.data.get('reason', '')}\n"
        f"自 since: {asset.retraining_since.isoformat()}",
        kind="system",
        readers=list({one.id: one for one in (last, *people) if one.active}),
        about=("asset", asset.label),
        cause=f"retraining:{asset.id}:{asset.retraining_since.isoformat()}",
        at=at,
    )


def notice_waits(session: Session, notice: PublicNotice, waiting: int, *, at: dt.datetime) -> None:
    """R-032: a draft that the house wrote waits for somebody who publishes it."""
    people = users_with_role(session, notice.estate_id, *PUBLISHERS)
    _say(
        session,
        notice.estate_id,
        title=f"公告草稿待发布 A notice draft waits: {notice.number}",
        text=f"{notice.title}\n等待告知的住户 households to be told: {waiting}",
        kind="notice",
        readers=[one.id for one in people],
        about=("public_notice", notice.number),
        cause=f"public_notice:{notice.id}",
        at=at,
    )


def report_returned(session: Session, row: HistoryRow, *, at: dt.datetime) -> None:
    """R-075: whoever handed a charge report up hears that it came back, and why."""
    report = session.scalar(
        sa.select(FinanceReport).where(
            FinanceReport.estate_id == row.estate_id, FinanceReport.number == row.subject
        )
    )
    if report is None:
        return
    _say(
        session,
        row.estate_id,
        title=f"收费报表被退回 Charge report returned: {report.month:%Y-%m}",
        text=f"{row.actor_name}: {row.data.get('note') or '—'}",
        kind="review_result",
        readers=[report.author_id],
        about=(row.subject_kind, report.number),
        cause=f"report.returned:{row.id}",
        at=at,
    )


def summary_read(session: Session, row: HistoryRow, *, at: dt.datetime) -> None:
    """R-129: whoever wrote a month's summary hears that the general manager has read it."""
    author = row.data.get("author")
    if author is None:
        return
    _say(
        session,
        row.estate_id,
        title=f"月度汇总表已阅 Month's summary was read: {row.subject}",
        text=row.actor_name,
        kind="system",
        readers=[uuid.UUID(author)],
        about=(row.subject_kind, row.subject),
        cause=f"summary.read:{row.id}",
        at=at,
    )


def _say(
    session: Session,
    estate_id: uuid.UUID,
    *,
    title: str,
    text: str,
    kind: str,
    readers: Collection[uuid.UUID],
    about: tuple[str, str],
    cause: str,
    at: dt.datetime,
) -> None:
    if not readers:
        return
    subject_kind, subject = about
    send(
        session,
        title=title,
        text=text,
        kind=kind,
        readers=readers,
        subject_kind=subject_kind,
        subject=subject,
        cause=cause,
        by=system_actor(estate_id),
        at=at,
    )
