"""What the bodies of complaints mean to the operations; the console's forms come here too."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.queries import find_user
from server.complaints import clusters, following_up, issuing, judging, operations
from server.complaints.clusters import Minutes, Publication
from server.complaints.issuing import Rework
from server.complaints.judging import Judgement
from server.complaints.models import Complaint, ComplaintCluster
from server.complaints.visited import Correction
from server.errors import Denied, Invalid
from server.history import Actor
from server.http import level
from server.public_notices.models import PublicNotice
from server.requests.operations import Caller
from server.return_visits import of_complaints, serving_both
from server.return_visits.of_complaints import record_complaint_visit
from server.settings import Settings
from server.work_orders import queries as orders

Data = Mapping[str, Any]
#: An act on one complaint that is locked.
Act = Callable[..., None]


def record(
    session: Session, settings: Settings, data: Data, *, by: Actor, at: dt.datetime
) -> Complaint:
    """C1 by the desk."""
    return operations.record(
        session,
        settings,
        caller=Caller(**data["customer"]),
        content=data["content"],
        channel=data["channel"],
        target=data["target"],
        category=data["category"],
        apology=data["apology"],
        improvement=data["improvement"],
        received_by=data["received_by"],
        about_user_id=_about(session, data, by),
        by=by,
        at=at,
    )


def relay(
    session: Session, settings: Settings, data: Data, *, by: Actor, at: dt.datetime
) -> Complaint:
    """C1 by whoever heard it."""
    words = {key: data[key] for key in data if key != "customer"}
    return operations.relay(
        session, settings, caller=Caller(**data["customer"]), **words, by=by, at=at
    )


def take_on(session: Session, row: Complaint, data: Data, *, by: Actor, at: dt.datetime) -> None:
    """C2 of what was relayed."""
    operations.take_on(
        session,
        row,
        apology=data["apology"],
        target=data["target"],
        category=data["category"],
        improvement=data["improvement"],
        received_by=data["received_by"],
        about_user_id=_about(session, data, by),
        by=by,
        at=at,
    )


def retarget(session: Session, row: Complaint, data: Data, *, by: Actor, at: dt.datetime) -> None:
    """C2: another queue."""
    operations.retarget(
        session,
        row,
        target=data["target"],
        category=data["category"],
        about_user_id=_about(session, data, by),
        by=by,
        at=at,
    )


def judge(session: Session, row: Complaint, data: Data, *, by: Actor, at: dt.datetime) -> None:
    """C3 to C8."""
    handler, number = data["handler"], data["order"]
    judged = Judgement(
        outcome=data["outcome"],
        text=data["text"],
        major=data["major"],
        major_reason=data["major_reason"],
        handler=_person(session, by, handler, "handler") if handler else None,
        target_on=data["target_on"],
        order=orders.get_order(session, by.estate_id, number) if number else None,
    )
    judging.judge(session, row, judged, by=by, at=at)


def issue_order(
    session: Session,
    settings: Settings,
    row: Complaint,
    data: Data,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """WO1 for a complaint."""
    issuing.issue_order(session, settings, row, Rework(**data), by=by, at=at)


def explain(session: Session, row: Complaint, data: Data, *, by: Actor, at: dt.datetime) -> None:
    """C4."""
    judging.explain(session, row, text=data["text"], closes=data["closes"], by=by, at=at)


def note(session: Session, row: Complaint, data: Data, *, by: Actor, at: dt.datetime) -> None:
    """A line of F-05."""
    following_up.note_action(session, row, text=data["text"], by=by, at=at)


def tell(session: Session, row: Complaint, data: Data, *, by: Actor, at: dt.datetime) -> None:
    """C11."""
    following_up.tell(session, row, text=data["text"], by=by, at=at)


def name_delegate(
    session: Session, row: Complaint, data: Data, *, by: Actor, at: dt.datetime
) -> None:
    """R-111."""
    delegate = _person(session, by, data["delegate"], "delegate")
    following_up.name_delegate(session, row, delegate, by=by, at=at)


def refer(session: Session, row: Complaint, data: Data, *, by: Actor, at: dt.datetime) -> None:
    """C9."""
    following_up.refer(session, row, text=data["text"], by=by, at=at)


def report_done(
    session: Session, row: Complaint, data: Data, *, by: Actor, at: dt.datetime
) -> None:
    """C10."""
    following_up.report_done(session, row, text=data["text"], by=by, at=at)


def verify(session: Session, row: Complaint, data: Data, *, by: Actor, at: dt.datetime) -> None:
    """C12."""
    following_up.verify(session, row, ok=data["ok"], text=data["text"], by=by, at=at)


def visit(
    session: Session,
    settings: Settings,
    row: Complaint,
    data: Data,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """C13, C14; where it is wished, the visit of the linked order as well (A-28)."""
    told = data["correction"] or {}
    owner = told.get("owner")
    correction = Correction(
        text=told.get("text", ""),
        owner=_person(session, by, owner, "owner") if owner else None,
        due_on=told.get("due_on"),
    )
    own = {"correction", "serves_order", "fixed"}
    words = {key: data[key] for key in data if key not in own}
    record_complaint_visit(session, settings, row, **words, correction=correction, by=by, at=at)
    if data["serves_order"]:
        if level("visit.make") not in {"D", "A"}:
            raise Denied(
                "not-yours",
                "您不能记录工单的回访。",
                "You may not record the visit of an order.",
                rule="A-28",
            )
        words |= {"fixed": data["fixed"]}
        serving_both.serve_order(session, settings, row, **words, by=by, at=at)


def visit_attempt(
    session: Session,
    settings: Settings,
    row: Complaint,
    data: Data,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """RV4: nobody was reached."""
    of_complaints.note_attempt(session, settings, row, **data, by=by, at=at)


def rectified(session: Session, row: Complaint, data: Data, *, by: Actor, at: dt.datetime) -> None:
    """C14: it was put right."""
    following_up.rectified(session, row, text=data["text"], by=by, at=at)


def close_cluster(
    session: Session, cluster: ComplaintCluster, data: Data, *, by: Actor, at: dt.datetime
) -> None:
    """C15: by minutes, by a notice, or both."""
    minutes = Minutes(**data["minutes"]) if data["minutes"] else None
    publication = _publication(session, data["notice"], by) if data["notice"] else None
    clusters.close(session, cluster, minutes=minutes, publication=publication, by=by, at=at)


def _publication(session: Session, number: str, by: Actor) -> Publication:
    notice = session.scalar(
        sa.select(PublicNotice).where(
            PublicNotice.estate_id == by.estate_id, PublicNotice.number == number
        )
    )
    if notice is None or notice.kind != "complaint_handling":
        raise Invalid(
            "no-such-publication",
            f"没有公布投诉处理情况的公告 {number}。",
            f"There is no notice {number} about the handling of complaints.",
            rule="R-124",
            errors={"notice": ["没有这个公告 no such notice"]},
        )
    return Publication(id=notice.id, number=number, published=notice.published_at is not None)


def _about(session: Session, data: Data, by: Actor) -> uuid.UUID | None:
    return _person(session, by, data["about"], "about").id if data["about"] else None


def _person(session: Session, by: Actor, handle: str, field: str) -> User:
    user = find_user(session, by.estate_id, handle)
    if user is None or not user.active:
        raise Invalid(
            "no-such-person",
            f"没有 {handle} 这个人。",
            f"There is no {handle}.",
            errors={field: ["没有这个人 no such person"]},
        )
    return user
