"""Opens the tus door on a bare core: for tests of uploads that need no other door."""

import sqlalchemy as sa
from flask import Flask, Response, jsonify, request
from sqlalchemy.orm import Session

from field_app_api.photos import PhotosDoor
from server.db import session
from server.devices.operations import actor_for, device_of_token
from server.errors import NotFound, Problem, Unauthenticated
from server.evidence.reception import Reception
from server.evidence.uploads import OrderOfUpload
from server.history import Actor
from server.work_orders.models import Assignment, WorkOrder


def open_door(app: Flask, reception: Reception) -> None:
    app.register_blueprint(
        PhotosDoor(reception=reception, caller=caller, order_of=order_of).blueprint()
    )

    @app.errorhandler(Problem)
    def _told(problem: Problem) -> Response:
        response = jsonify(problem.as_dict())
        response.status_code = problem.status
        response.content_type = "application/problem+json"
        return response


def caller() -> Actor:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    device = device_of_token(session(), token)
    if device is None or not device.works:
        raise Unauthenticated("no-such-token", "令牌无效。", "The token is not known.")
    return actor_for(device, "technician")


def order_of(current: Session, by: Actor, number: str) -> OrderOfUpload:
    order = current.scalar(
        sa.select(WorkOrder)
        .join(Assignment)
        .where(WorkOrder.number == number, Assignment.technician_id == by.user_id)
    )
    if order is None:
        raise NotFound("no-such-order", "没有这张工单。", "There is no such order.")
    return OrderOfUpload(id=order.id, number=order.number)
