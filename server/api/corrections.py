"""Corrective actions over HTTP (QA3)."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from server.api.fields import Moment
from server.db import session, transaction, utcnow
from server.http import actor, idempotent, requires
from server.quality import corrections
from server.work_orders import queries as orders

blp = Blueprint("corrections", __name__, url_prefix="/api/v1", description="整改 Corrections")


class CorrectionOut(ma.Schema):
    id = ma.fields.UUID()
    text = ma.fields.String()
    owner_id = ma.fields.UUID(allow_none=True)
    due_on = ma.fields.Date()
    done_by = ma.fields.UUID(allow_none=True)
    done_at = Moment(allow_none=True)
    verified_by = ma.fields.UUID(allow_none=True)
    verified_at = Moment(allow_none=True)


@blp.get("/orders/<number>/corrections")
@requires("order.read")
@blp.response(200)
@blp.doc(operationId="listCorrections")
def list_corrections(number: str) -> Any:
    order = orders.get_order(session(), actor().estate_id, number)
    rows = corrections.of_order(session(), order.id)
    return {"items": CorrectionOut(many=True).dump(rows), "next_cursor": None}


@blp.post("/corrections/<uuid:action_id>/completion")
@requires("account.self")
@idempotent
@blp.response(200, CorrectionOut)
@blp.doc(operationId="completeCorrection")
def complete_correction(action_id: uuid.UUID) -> Any:
    with transaction() as current:
        action = corrections.find(current, action_id, by=actor())
        corrections.carry_out(current, action, by=actor(), at=utcnow())
    return action


@blp.post("/corrections/<uuid:action_id>/verification")
@requires("quality.review")
@idempotent
@blp.response(200, CorrectionOut)
@blp.doc(operationId="verifyCorrection")
def verify_correction(action_id: uuid.UUID) -> Any:
    with transaction() as current:
        action = corrections.find(current, action_id, by=actor())
        corrections.verify(current, action, by=actor(), at=utcnow())
    return action
