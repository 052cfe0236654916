"""For what a technician may bring evidence, and of which orders he may ask what is held."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.errors import Invalid, NotFound
from server.evidence.announcing import Named
from server.evidence.models import INCIDENT, ORDER
from server.evidence.uploads import Subject
from server.history import Actor
from server.incidents import operations as incidents
from server.work_orders import queries as orders
from server.work_orders.models import WorkOrder


def order_had_by(session: Session, by: Actor, number: str) -> WorkOrder:
    """The order that the technician has or had (P-18). Raises NotFound, also for another's: not
    even its existence is told to somebody who never had it."""
    order = orders.get_order(session, by.estate_id, number)
    mine = order.technician_id == by.user_id
    if not mine and (by.user_id is None or not orders.was_assigned(session, order.id, by.user_id)):
        raise NotFound("no-such-order", f"没有工单 {number}。", f"There is no order {number}.")
    return order


def subject_of_upload(session: Session, by: Actor, named: Named, sha256: str) -> Subject:
    """What an upload belongs to, as it has to know it. Raises NotFound, and Invalid for a picture
    that the report of the incident does not name."""
    if named.event is not None:
        return _incident_of_upload(session, by, named.event, sha256)
    order = order_had_by(session, by, named.order or "")
    return Subject(
        kind=ORDER, id=order.id, number=order.number, keep_place=order.person.consents_to_place
    )


def _incident_of_upload(session: Session, by: Actor, event_id: str, sha256: str) -> Subject:
    """Only what an applied report names is taken: what waits for an event that never comes would
    lie there for ever."""
    incident = incidents.reported_by_event(session, str(by.device_id), event_id)
    if incident is None:
        raise NotFound(
            "no-such-report",
            "服务器没有这条事件上报,请先发送 incident.reported,再上传照片。",
            "There is no such report; send incident.reported first, then its photos.",
        )
    if all(photo["sha256"] != sha256 for photo in incident.photos):
        raise Invalid(
            "photo-not-named",
            "该事件上报没有列出这张照片。",
            "The report does not name this photo.",
            errors={"sha256": ["不在 data.photos 中; Not among data.photos"]},
        )
    return Subject(kind=INCIDENT, id=incident.id, number=incident.number)
