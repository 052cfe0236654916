"""Public notices and the decline log over HTTP (F-10, F-19)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from server.api.fields import Body, Moment, Text, one_of
from server.db import session, transaction, utcnow
from server.errors import NotFound
from server.http import actor, idempotent, level, requires, settings
from server.keyset import Place, read_place
from server.public_notices import demand, operations, queries
from server.public_notices.models import PublicNotice

blp = Blueprint("public-notices", __name__, url_prefix="/api/v1", description="公告 Public notices")
LIMIT = validate.Range(min=1, max=200)
STATES = ("draft", "published", "withdrawn")


class PublicNoticeIn(Body):
    """What is to be said."""

    kind = one_of(*operations.KINDS, required=True)
    title = Text(120, required=True)
    text = Text(4000, required=True)
    price_item = Text(20, load_default=None)


class PublicNoticeWordsIn(ma.Schema):
    """Other words for a draft."""

    title = Text(120, required=True)
    text = Text(4000, required=True)


class PublicNoticePlacesIn(ma.Schema):
    """Where it is posted."""

    places = ma.fields.List(Text(60), required=True, validate=validate.Length(min=1, max=50))


class PublicNoticeWhyIn(ma.Schema):
    """Why it is taken down."""

    reason = Text(400, required=True)


class NoticeUnitsIn(Body):
    """A building, or without one the whole estate."""

    building = ma.fields.Integer(load_default=None, validate=validate.Range(min=1, max=999))


class NoticeToldIn(Body):
    """Households that have been told; without a list, all that wait."""

    recipients = ma.fields.List(
        ma.fields.UUID(), load_default=None, validate=validate.Length(max=500)
    )


class PublicNoticeOut(ma.Schema):
    number = ma.fields.String()
    kind = ma.fields.String()
    title = ma.fields.String()
    text = ma.fields.String()
    state = ma.fields.String()
    price_item = ma.fields.String(allow_none=True)
    places = ma.fields.List(ma.fields.String())
    drafted_by = ma.fields.UUID(allow_none=True)
    drafted_at = Moment()
    published_by = ma.fields.UUID(allow_none=True)
    published_at = Moment(allow_none=True)


class PublicNoticeLineOut(ma.Schema):
    number = ma.fields.String()
    kind = ma.fields.String()
    title = ma.fields.String()
    state = ma.fields.String()
    price_item = ma.fields.String(allow_none=True)
    drafted_at = Moment()
    published_at = Moment(allow_none=True)
    wanted = ma.fields.Integer()
    told = ma.fields.Integer()


class PublicNoticePageIn(ma.Schema):
    state = one_of(*STATES, load_default=None)
    kind = one_of(*operations.KINDS, load_default=None)
    limit = ma.fields.Integer(load_default=50, validate=LIMIT)
    cursor = Text(80, load_default=None)


class PublicNoticePageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(PublicNoticeLineOut))
    next_cursor = ma.fields.String(allow_none=True)


class NoticeRecipientOut(ma.Schema):
    id = ma.fields.UUID()
    unit = ma.fields.String()
    person = ma.fields.String(allow_none=True)
    phone = ma.fields.String(allow_none=True)
    request = ma.fields.String(allow_none=True)
    told_at = Moment(allow_none=True)
    told_by = ma.fields.UUID(allow_none=True)


class NoticeRecipientsOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(NoticeRecipientOut))
    next_cursor = ma.fields.String(allow_none=True)
    wanted = ma.fields.Integer()
    told = ma.fields.Integer()


class NoticeCountOut(ma.Schema):
    count = ma.fields.Integer()


class DeclinePageIn(ma.Schema):
    item = Text(60, load_default=None)
    waiting = ma.fields.Boolean(load_default=False)
    limit = ma.fields.Integer(load_default=50, validate=LIMIT)
    cursor = Text(80, load_default=None)


class DeclineOut(ma.Schema):
    request = ma.fields.String(attribute="number")
    registered_at = Moment()
    unit = ma.fields.String()
    person = ma.fields.String()
    phone = ma.fields.String()
    content = ma.fields.String()
    demand_item = ma.fields.String()
    attempts = ma.fields.List(ma.fields.String())
    apology = ma.fields.Boolean()
    notice_promised = ma.fields.Boolean()
    department_informed = ma.fields.String()
    announced_at = Moment(allow_none=True)
    notice = ma.fields.String(allow_none=True)
    told_at = Moment(allow_none=True)


class DemandOut(ma.Schema):
    item = ma.fields.String()
    count = ma.fields.Integer()
    waiting = ma.fields.Integer()


class DeclinePageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(DeclineOut))
    next_cursor = ma.fields.String(allow_none=True)
    demand = ma.fields.List(ma.fields.Nested(DemandOut))


@blp.get("/public-notices")
@requires("account.self")
@blp.arguments(PublicNoticePageIn, location="query")
@blp.response(200, PublicNoticePageOut)
@blp.doc(operationId="listPublicNotices")
def list_public_notices(wanted: dict[str, Any]) -> Any:
    # What hangs on the board anybody may read; drafts are for those who work on them.
    state = wanted["state"] if level("public_notice.publish") else "published"
    found = queries.page(
        session(),
        actor().estate_id,
        state=state,
        kind=wanted["kind"],
        limit=wanted["limit"],
        after=place(wanted["cursor"]),
    )
    return {"items": found.rows, "next_cursor": spelled(found.older)}


@blp.post("/public-notices")
@requires("public_notice.publish")
@idempotent
@blp.arguments(PublicNoticeIn)
@blp.response(201, PublicNoticeOut)
@blp.doc(operationId="draftPublicNotice")
def draft_public_notice(data: dict[str, Any]) -> Any:
    with transaction() as current:
        return operations.draft_notice(current, settings(), **data, by=actor(), at=utcnow())


@blp.get("/public-notices/<number>")
@requires("account.self")
@blp.response(200, PublicNoticeOut)
@blp.doc(operationId="getPublicNotice")
def get_public_notice(number: str) -> Any:
    return visible(number)


@blp.post("/public-notices/<number>")
@requires("public_notice.publish")
@idempotent
@blp.arguments(PublicNoticeWordsIn)
@blp.response(200, PublicNoticeOut)
@blp.doc(operationId="editPublicNotice")
def edit_public_notice(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        notice = queries.find(current, number, by=actor(), lock=True)
        operations.edit(current, notice, **data, by=actor(), at=utcnow())
    return notice


@blp.post("/public-notices/<number>/publication")
@requires("public_notice.publish")
@idempotent
@blp.arguments(PublicNoticePlacesIn)
@blp.response(200, PublicNoticeOut)
@blp.doc(operationId="publishPublicNotice")
def publish_public_notice(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        notice = queries.find(current, number, by=actor(), lock=True)
        operations.publish(current, notice, **data, by=actor(), at=utcnow())
    return notice


@blp.post("/public-notices/<number>/withdrawal")
@requires("public_notice.publish")
@idempotent
@blp.arguments(PublicNoticeWhyIn)
@blp.response(200, PublicNoticeOut)
@blp.doc(operationId="withdrawPublicNotice")
def withdraw_public_notice(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        notice = queries.find(current, number, by=actor(), lock=True)
        operations.withdraw(current, notice, **data, by=actor(), at=utcnow())
    return notice


@blp.get("/public-notices/<number>/recipients")
@requires("public_notice.publish", reading=True)
@blp.response(200, NoticeRecipientsOut)
@blp.doc(operationId="listNoticeRecipients")
def list_notice_recipients(number: str) -> Any:
    notice = queries.find(session(), number, by=actor())
    wanted, told = queries.counts(session(), notice)
    rows = queries.recipients(session(), notice)
    return {"items": rows, "next_cursor": None, "wanted": wanted, "told": told}


@blp.post("/public-notices/<number>/recipients")
@requires("public_notice.publish")
@idempotent
@blp.arguments(NoticeUnitsIn)
@blp.response(200, NoticeCountOut)
@blp.doc(operationId="addressNotice")
def address_notice(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        notice = queries.find(current, number, by=actor(), lock=True)
        added = operations.address_units(current, notice, **data, by=actor(), at=utcnow())
    return {"count": added}


@blp.post("/public-notices/<number>/recipients/told")
@requires("public_notice.publish")
@idempotent
@blp.arguments(NoticeToldIn)
@blp.response(200, NoticeCountOut)
@blp.doc(operationId="tellNoticeRecipients")
def tell_notice_recipients(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        notice = queries.find(current, number, by=actor(), lock=True)
        count = operations.tell(current, notice, **data, by=actor(), at=utcnow())
    return {"count": count}


@blp.get("/declines")
@requires("request.read")
@blp.arguments(DeclinePageIn, location="query")
@blp.response(200, DeclinePageOut)
@blp.doc(operationId="listDeclines")
def list_declines(wanted: dict[str, Any]) -> Any:
    current, estate = session(), actor().estate_id
    found = demand.page(
        current,
        estate,
        item=wanted["item"],
        waiting_only=wanted["waiting"],
        limit=wanted["limit"],
        after=place(wanted["cursor"]),
    )
    told = demand.notices_of(current, found.rows)
    since = utcnow() - dt.timedelta(days=demand.DEMAND_DAYS)
    return {
        "items": [
            {
                **row._mapping,  # noqa: SLF001  # the public name of a row as a mapping
                "notice": told[row.number].number if row.number in told else None,
                "told_at": told[row.number].told_at if row.number in told else None,
            }
            for row in found.rows
        ],
        "next_cursor": spelled(found.older),
        "demand": [
            {"item": item, "count": count, "waiting": left}
            for item, count, left in demand.by_item(current, estate, since=since)
        ],
    }


def visible(number: str) -> PublicNotice:
    """A notice that whoever asks may see: a draft only those who work on notices."""
    notice = queries.find(session(), number, by=actor())
    if notice.state != "published" and level("public_notice.publish") is None:
        raise NotFound("no-such-notice", "没有这份公告。", "There is no such notice.")
    return notice


def place(cursor: str | None) -> Place | None:
    """Where the page begins."""
    return read_place(cursor) if cursor else None


def spelled(found: Place | None) -> str | None:
    """Where the next page begins, for an address."""
    return found.spelled() if found else None
