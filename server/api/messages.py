"""The message centre over HTTP: one's own box, receipts, answers, and writing to people (X-028)."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate
from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.accounts.queries import find_user, users_with_role
from server.api.fields import Body, Moment, Text, one_of
from server.db import session, transaction, utcnow
from server.errors import Invalid
from server.history import Actor
from server.http import actor, idempotent, requires
from server.keyset import read_place
from server.messages import operations, queries

blp = Blueprint(
    "messages", __name__, url_prefix="/api/v1/messages", description="消息 Message centre"
)


class MessageIn(Body):
    """What is said, to people by user name, staff code or name, and to everybody with a role."""

    title = Text(120, required=True)
    text = Text(4000, required=True)
    to = ma.fields.List(Text(80), load_default=list, validate=validate.Length(max=200))
    roles = ma.fields.List(one_of(*Role), load_default=list)
    wants_reply = ma.fields.Boolean(load_default=False)
    subject_kind = one_of("order", "request", "complaint", "public_notice", load_default=None)
    subject = Text(64, load_default=None)


class MessageOut(ma.Schema):
    id = ma.fields.UUID()
    title = ma.fields.String()
    text = ma.fields.String()
    kind = ma.fields.String()
    subject_kind = ma.fields.String(allow_none=True)
    subject = ma.fields.String(allow_none=True)
    wants_reply = ma.fields.Boolean()
    sent_by = ma.fields.UUID(allow_none=True)
    sent_at = Moment()


class MessageLineOut(MessageOut):
    read_at = Moment(allow_none=True)
    read_on = ma.fields.String(allow_none=True)
    reply = ma.fields.String(allow_none=True)


class MessageBoxIn(ma.Schema):
    unread = ma.fields.Boolean(load_default=False)
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Text(80, load_default=None)


class MessageBoxOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(MessageLineOut))
    next_cursor = ma.fields.String(allow_none=True)
    unread = ma.fields.Integer()


class MessageReceiptOut(ma.Schema):
    message = ma.fields.UUID(attribute="message_id")
    read_at = Moment(allow_none=True)
    read_on = ma.fields.String(allow_none=True)
    reply = ma.fields.String(allow_none=True)
    replied_at = Moment(allow_none=True)


class MessageReadByOut(ma.Schema):
    reader = ma.fields.String()
    read_at = Moment(allow_none=True)
    read_on = ma.fields.String(allow_none=True)
    reply = ma.fields.String(allow_none=True)
    replied_at = Moment(allow_none=True)


class MessageWholeOut(MessageOut):
    receipts = ma.fields.List(ma.fields.Nested(MessageReadByOut))


class MessageAnswerIn(ma.Schema):
    """The answer in words."""

    text = Text(2000, required=True)


@blp.get("")
@requires("account.self")
@blp.arguments(MessageBoxIn, location="query")
@blp.response(200, MessageBoxOut)
@blp.doc(operationId="listMessages")
def list_messages(wanted: dict[str, Any]) -> Any:
    reader = me(actor())
    found = queries.box(
        session(),
        reader,
        unread_only=wanted["unread"],
        limit=wanted["limit"],
        after=read_place(wanted["cursor"]) if wanted["cursor"] else None,
    )
    return {
        "items": found.rows,
        "next_cursor": found.older.spelled() if found.older else None,
        "unread": queries.unread(session(), reader),
    }


@blp.post("")
@requires("message.send")
@idempotent
@blp.arguments(MessageIn)
@blp.response(201, MessageOut)
@blp.doc(operationId="sendMessage")
def send_message(data: dict[str, Any]) -> Any:
    with transaction() as current:
        by = actor()
        readers = readers_of(current, data.pop("to"), data.pop("roles"), by=by)
        return operations.send(current, kind="notice", readers=readers, **data, by=by, at=utcnow())


@blp.get("/<uuid:message_id>")
@requires("account.self")
@blp.response(200, MessageWholeOut)
@blp.doc(operationId="getMessage")
def get_message(message_id: uuid.UUID) -> Any:
    message = queries.find(session(), message_id, by=actor())
    # Who has read it is for whoever sent it, and for oneself.
    rows = queries.receipts(session(), message)
    mine = [row for row in rows if actor().user_id in {message.sent_by, row.reader_id}]
    named = {name: getattr(message, name) for name in MessageOut().fields}
    return {**named, "receipts": mine}


@blp.post("/<uuid:message_id>/read")
@requires("account.self")
@idempotent
@blp.response(200, MessageReceiptOut)
@blp.doc(operationId="readMessage")
def read_message(message_id: uuid.UUID) -> Any:
    with transaction() as current:
        return operations.mark_read(current, message_id, on="console", by=actor(), at=utcnow())


@blp.post("/<uuid:message_id>/reply")
@requires("account.self")
@idempotent
@blp.arguments(MessageAnswerIn)
@blp.response(200, MessageReceiptOut)
@blp.doc(operationId="replyToMessage")
def reply_to_message(data: dict[str, Any], message_id: uuid.UUID) -> Any:
    with transaction() as current:
        return operations.reply(
            current, message_id, text=data["text"], on="console", by=actor(), at=utcnow()
        )


def readers_of(current: Session, to: list[str], roles: list[str], *, by: Actor) -> set[uuid.UUID]:
    """The people named and those with the roles, without whoever writes. Raises Invalid."""
    found = {
        one.id
        for one in (users_with_role(current, by.estate_id, *map(Role, roles)) if roles else [])
    }
    for handle in to:
        user = find_user(current, by.estate_id, handle)
        if user is None or not user.active:
            raise Invalid(
                "unknown-reader",
                f"没有此人:{handle}。",
                f"There is nobody called {handle}.",
                errors={"to": ["没有此人 nobody by this name"]},
            )
        found.add(user.id)
    return found - {by.user_id} if roles else found


def me(by: Actor) -> uuid.UUID:
    """The account of whoever is signed in."""
    if by.user_id is None:
        raise Invalid("nobody", "没有帐号。", "There is no account.")
    return by.user_id
