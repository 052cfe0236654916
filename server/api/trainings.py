"""Trainings of an asset's operators over HTTP, and that one of them is gone (X-008)."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate
from sqlalchemy.orm import Session

from server.accounts.queries import find_user
from server.api.fields import Moment, Text
from server.assets import operations as assets
from server.assets import trainings
from server.assets.models import AssetTraining, OperatorDeparture
from server.db import session, transaction, utcnow
from server.errors import Invalid
from server.http import actor, idempotent, requires, settings

blp = Blueprint("trainings", __name__, url_prefix="/api/v1", description="培训 Trainings")
MOST_OPERATORS = 20


class TrainingIn(ma.Schema):
    trained_on = ma.fields.Date(required=True)
    subject = Text(200, required=True)
    #: user name, staff code or id
    trainer = Text(80, required=True)
    operators = ma.fields.List(
        Text(60), required=True, validate=validate.Length(min=1, max=MOST_OPERATORS)
    )
    signed_by = Text(60, required=True)
    note = Text(2000, load_default=None, allow_none=True)


class DepartureIn(ma.Schema):
    name = Text(60, required=True)
    left_on = ma.fields.Date(required=True)
    reason = Text(400, required=True)


class TrainingOut(ma.Schema):
    id = ma.fields.UUID()
    trained_on = ma.fields.Date()
    subject = ma.fields.String()
    trainer_id = ma.fields.UUID()
    operators = ma.fields.List(ma.fields.String())
    signed_by = ma.fields.String()
    note = ma.fields.String(allow_none=True)
    recorded_at = Moment()


class DepartureOut(ma.Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    left_on = ma.fields.Date()
    reason = ma.fields.String()
    recorded_at = Moment()


class OperatorOut(ma.Schema):
    name = ma.fields.String()
    trained_on = ma.fields.Date()


class TrainingPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(TrainingOut))
    departures = ma.fields.List(ma.fields.Nested(DepartureOut))
    #: who was trained and is still there
    operators = ma.fields.List(ma.fields.Nested(OperatorOut))
    retraining_since = ma.fields.Date(allow_none=True)
    next_cursor = ma.fields.String(allow_none=True)


@blp.get("/assets/<uuid:asset_id>/trainings")
@requires("asset.manage", reading=True)
@blp.response(200, TrainingPageOut)
@blp.doc(operationId="listAssetTrainings")
def list_asset_trainings(asset_id: uuid.UUID) -> Any:
    asset = assets.find(session(), asset_id, by=actor())
    found = trainings.followed(session(), asset.id)
    there = sorted(found.standing.operators.items())
    return {
        "items": found.trainings,
        "departures": found.departures,
        "operators": [{"name": name, "trained_on": day} for name, day in there],
        "retraining_since": found.standing.due_since,
        "next_cursor": None,
    }


@blp.post("/assets/<uuid:asset_id>/trainings")
@requires("asset.manage")
@idempotent
@blp.arguments(TrainingIn)
@blp.response(201, TrainingOut)
@blp.doc(operationId="recordAssetTraining")
def record_asset_training(data: dict[str, Any], asset_id: uuid.UUID) -> Any:
    with transaction() as current:
        return record_training(current, asset_id, data)


@blp.post("/assets/<uuid:asset_id>/departures")
@requires("asset.manage")
@idempotent
@blp.arguments(DepartureIn)
@blp.response(201, DepartureOut)
@blp.doc(operationId="reportOperatorDeparture")
def report_operator_departure(data: dict[str, Any], asset_id: uuid.UUID) -> Any:
    with transaction() as current:
        return report_departure(current, asset_id, data)


def record_training(current: Session, asset_id: uuid.UUID, data: dict[str, Any]) -> AssetTraining:
    """What the form of a training says; the console's comes here too. Raises Invalid, Conflict."""
    by = actor()
    trainer = find_user(current, by.estate_id, data.pop("trainer"))
    if trainer is None:
        raise Invalid(
            "unknown-trainer",
            "没有这位培训人。",
            "There is no such trainer.",
            rule="X-008",
            errors={"trainer": ["没有这个人 no such person"]},
        )
    asset = assets.find(current, asset_id, by=by, lock=True)
    return trainings.record_training(
        current, settings(), asset, **data, trainer=trainer, by=by, at=utcnow()
    )


def report_departure(
    current: Session, asset_id: uuid.UUID, data: dict[str, Any]
) -> OperatorDeparture:
    """What the form of a change of person says. Raises Invalid, Conflict."""
    by = actor()
    asset = assets.find(current, asset_id, by=by, lock=True)
    return trainings.report_departure(current, settings(), asset, **data, by=by, at=utcnow())
