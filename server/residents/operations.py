"""What a customer does without an account: report, confirm a price, rate; and the door codes."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from contracts.vocabulary import ConfirmMethod, IntakeChannel, RequestKind, Urgency
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.errors import Conflict, Invalid
from server.estate import operations as estate
from server.evidence import sent_along
from server.evidence.models import REQUEST
from server.evidence.sent_along import Picture
from server.evidence.uploads import Subject
from server.history import Actor
from server.requests import operations as requests
from server.requests.models import ServiceRequest
from server.residents import queries
from server.residents.models import AXES, LONGEST_PLACE, MOST_STARS, CustomerRating, DoorCode
from server.residents.progress import DONE
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving, visiting
from server.work_orders.operations.revisions import current_quote
from server.work_orders.states import State

PHONE = re.compile(r"\+?[0-9](?:[ -]?[0-9]){4,18}", re.ASCII)
#: this many stars or fewer on any axis, and somebody looks into it
LOW_STARS = 2
LOW_RATING = "order.low_rating"
LOOKS_INTO_IT = (Role.DISPATCH_DUTY.value, Role.CONTROL_DUTY.value, Role.CS_MANAGER.value)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What somebody typed at a door code. `unit_code` says which flat, at a public place."""

    code: DoorCode
    unit_code: str
    name: str
    phone: str
    category: str
    content: str
    appointment_at: dt.datetime | None
    pictures: Sequence[Picture] = ()


def at_door(estate_id: uuid.UUID) -> Actor:
    """Whoever scans a door code: nobody that we know by more than that."""
    return Actor(estate_id=estate_id, ref="resident", name="客户(扫码)")


def by_link(estate_id: uuid.UUID) -> Actor:
    """Whoever holds the link of a request."""
    return Actor(estate_id=estate_id, ref="resident", name="客户(链接)")


def report(
    session: Session, settings: Settings, told: Report, *, by: Actor, at: dt.datetime
) -> ServiceRequest:
    """Enter a resident's report in the register, as a call is: the 15 minutes begin (R-051).

    Whoever reports becomes a person of the unit as given; what is known of others stays as it is.
    Raises Invalid for a phone that is none and for an unknown unit.
    """
    if not PHONE.fullmatch(told.phone):
        raise Invalid(
            "bad-phone",
            "电话号码不对。",
            "This is no telephone number.",
            errors={"phone": ["请填写能打通的电话号码 not a telephone number"]},
        )
    at_place = told.code.place
    row = requests.register(
        session,
        settings,
        caller=requests.Caller(
            name=told.name,
            unit_code=told.code.unit.code if told.code.unit else told.unit_code,
            phone=told.phone,
            relation="other",
        ),
        content=f"[{at_place}] {told.content}" if at_place else told.content,
        channel=IntakeChannel.APP.value,
        kind=RequestKind.SERVICE_NEED.value,
        urgency=Urgency.NORMAL.value,
        appointment_at=told.appointment_at,
        by=by,
        at=at,
    )
    row.category = told.category
    subject = Subject(kind=REQUEST, id=row.id, number=row.number)
    sent_along.attach(session, told.pictures, subject, by=by, at=at)
    return row


def confirm_price(
    session: Session, settings: Settings, number: str, *, revision: int, by: Actor, at: dt.datetime
) -> None:
    """WO7 by link: the customer agrees on exactly the price that he was shown (R-056).

    Once is enough: the same revision again changes nothing. Raises Conflict where there is another
    price by now, and where none waits for an answer.
    """
    order = moving.find_order(session, number, by=by)
    quote = current_quote(session, order)
    if quote is None or quote.revision != revision:
        raise Conflict(
            "quote-changed",
            "报价刚刚更新过,请看清新的价格再确认。",
            "The price has just changed; look at the new one before you confirm.",
            rule="R-056",
        )
    if quote.confirmed_at is not None:
        return
    visiting.confirm_quote(
        session,
        settings,
        order,
        remotely=True,
        method=ConfirmMethod.CODE.value,
        signer_name=order.person.name,
        relation=order.person.relation,
        signature=None,
        by=by,
        at=at,
        device_at=at,
    )


def rate(
    session: Session,
    number: str,
    scores: Mapping[str, int],
    *,
    comment: str | None,
    by: Actor,
    at: dt.datetime,
) -> CustomerRating:
    """Say what one thinks of an order that is done (R-147); a low score is looked into.

    The same again changes nothing. Raises Invalid for scores that are none, Conflict for an order
    that is not done and for one that was rated otherwise before.
    """
    if not scores or not set(scores) <= set(AXES) or not _are_stars(scores):
        raise Invalid(
            "bad-rating",
            "请至少给一项打分(1–5 星)。",
            "Give at least one score of 1 to 5 stars.",
            errors={"stars": ["1–5"]},
        )
    order = moving.find_order(session, number, by=by)
    if State(order.state) not in DONE:
        raise Conflict(
            "order-not-done",
            "服务完成后才能评价。",
            "An order can be rated once it is done.",
            rule="R-147",
        )
    known = queries.rating_of(session, order.id)
    if known is not None:
        if known.scores != dict(scores) or known.comment != comment:
            raise Conflict("already-rated", "您已经评价过了。", "You have rated this already.")
        return known
    rating = CustomerRating(
        estate_id=order.estate_id, order_id=order.id, **scores, comment=comment, at=at
    )
    session.add(rating)
    session.flush()
    moving.record(
        session, order, "order.rated", by=by, at=at, data={"stars": dict(scores), "note": comment}
    )
    if min(scores.values()) <= LOW_STARS:
        _look_into(session, order, scores, by=by, at=at)
    return rating


def _are_stars(scores: Mapping[str, int]) -> bool:
    return all(1 <= stars <= MOST_STARS for stars in scores.values())


def _look_into(
    session: Session, order: WorkOrder, scores: Mapping[str, int], *, by: Actor, at: dt.datetime
) -> None:
    alerts.raise_alert(
        session,
        LOW_RATING,
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=LOOKS_INTO_IT,
        rule="R-147",
        by=by,
        at=at,
        data={
            "technician": order.technician.name if order.technician else "",
            "stars": dict(scores),
        },
    )


def codes_for(
    session: Session, *, unit_codes: Sequence[str], places: Sequence[str], by: Actor
) -> list[DoorCode]:
    """The codes of these units and places, made where there are none yet, in the order asked for.

    Raises Invalid for an unknown unit and for a place with too long a name.
    """
    found = []
    for text in dict.fromkeys(unit_codes):
        unit = estate.find_unit(session, by.estate_id, text)
        found.append(_code(session, by, DoorCode.unit_id == unit.id, unit_id=unit.id))
    for place in dict.fromkeys(places):
        if len(place) > LONGEST_PLACE:
            raise Invalid(
                "place-too-long",
                "位置名称太长。",
                "The name of a place is too long.",
                errors={"places": [place[:60]]},
            )
        found.append(_code(session, by, DoorCode.place == place, place=place))
    return found


def renew_code(session: Session, code_id: uuid.UUID, *, by: Actor) -> DoorCode:
    """What hangs there works no longer; the code has to be printed again. Raises NotFound."""
    code = queries.code_of(session, code_id, estate_id=by.estate_id, lock=True)
    code.generation += 1
    session.flush()
    return code


def _code(
    session: Session,
    by: Actor,
    wanted: sa.ColumnElement[bool],
    *,
    unit_id: uuid.UUID | None = None,
    place: str | None = None,
) -> DoorCode:
    mine = sa.select(DoorCode).where(DoorCode.estate_id == by.estate_id, wanted)
    code = session.scalar(mine)
    if code is None:
        code = DoorCode(estate_id=by.estate_id, unit_id=unit_id, place=place, generation=1)
        session.add(code)
        session.flush()
    return code
