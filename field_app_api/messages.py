"""The message centre on a handheld: the technician's box, what was read there and answered."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request
from flask_smorest import Blueprint

from contracts.downlink import spelled
from field_app_api.identity import device_only, this_actor, this_device
from server.accounts.queries import names_of
from server.api.messages import MessageAnswerIn
from server.db import session, transaction, utcnow
from server.errors import Unauthenticated
from server.keyset import read_place
from server.messages import operations, queries

blp = Blueprint("field_messages", __name__, url_prefix="/field/v1", description="消息 Messages")
PAGE = 50


@blp.get("/messages")
@device_only
@blp.response(200)
@blp.doc(
    operationId="listFieldMessages",
    parameters=[{"in": "query", "name": "cursor", "schema": {"type": "string", "maxLength": 80}}],
)
def list_field_messages() -> Any:
    cursor = request.args.get("cursor")
    reader = _technician()
    found = queries.box(session(), reader, limit=PAGE, after=read_place(cursor) if cursor else None)
    names = names_of(session(), {row.sent_by for row in found.rows if row.sent_by})
    return {
        "items": [
            {
                "id": str(row.id),
                "title": row.title,
                "text": row.text,
                "kind": row.kind,
                "subject_kind": row.subject_kind,
                "subject": row.subject,
                "sender": names.get(row.sent_by),
                "sent_at": spelled(row.sent_at),
                "read_at": spelled(row.read_at) if row.read_at else None,
                "wants_reply": row.wants_reply,
                "reply": row.reply,
            }
            for row in found.rows
        ],
        "next_cursor": found.older.spelled() if found.older else None,
        "unread": queries.unread(session(), reader),
    }


@blp.post("/messages/<uuid:message_id>/read")
@device_only
@blp.response(204)
@blp.doc(operationId="readFieldMessage")
def read_field_message(message_id: uuid.UUID) -> Any:
    by = this_actor()
    with transaction() as current:
        operations.mark_read(current, message_id, on="handheld", by=by, at=utcnow())


@blp.post("/messages/<uuid:message_id>/reply")
@device_only
@blp.arguments(MessageAnswerIn)
@blp.response(204)
@blp.doc(operationId="replyToFieldMessage")
def reply_to_field_message(data: dict[str, str], message_id: uuid.UUID) -> Any:
    by = this_actor()
    with transaction() as current:
        operations.reply(current, message_id, text=data["text"], on="handheld", by=by, at=utcnow())


def _technician() -> uuid.UUID:
    technician_id = this_device().technician_id
    if technician_id is None:
        raise Unauthenticated("no-technician", "手持机没有技工。", "The handheld is nobody's.")
    return technician_id
