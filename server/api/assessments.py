"""What the house found in an order's evidence, for those who may review it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from server.api.fields import Moment
from server.db import session
from server.http import actor, level
from server.quality.assessing import assessment_of
from server.quality.operations import had_the_order
from server.work_orders.models import WorkOrder


class FindingOut(ma.Schema):
    """One thing that speaks against the evidence; `values` explain the code."""

    code = ma.fields.String()
    weight = ma.fields.Integer()
    values = ma.fields.Dict(keys=ma.fields.String())


class AssessmentOut(ma.Schema):
    """`score` is the suspicion, 0 to 100; `draw` (0 to 9999) below the share means `sampled`."""

    score = ma.fields.Integer()
    findings = ma.fields.List(ma.fields.Nested(FindingOut))
    must_review = ma.fields.Boolean()
    sampled = ma.fields.Boolean()
    share_percent = ma.fields.Integer()
    draw = ma.fields.Integer()
    assessed_at = Moment()


def assessment_json(order: WorkOrder) -> Any:
    """The assessment of an order; None for whoever may not review it, and before there is one.

    A technician is not told what he will be looked at for, nor whether he will be (R-005).
    """
    if level("quality.review") is None or had_the_order(session(), order.id, actor()):
        return None
    row = assessment_of(session(), order.id)
    return AssessmentOut().dump(row) if row is not None else None
