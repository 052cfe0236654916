"""What the server tells handhelds: the CloudEvents that carry it, and schemas of their data.

The functions only wrap and spell; the schemas describe each ``data`` for tests, for other clients
and for the published documents. Nothing here is checked at the moment of sending.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from marshmallow import INCLUDE

from contracts.fields import (
    Code,
    Fixed,
    Flag,
    JsonObject,
    Many,
    Mark,
    OneOf,
    OrderNumber,
    Part,
    Sha256,
    Text,
    UtcTime,
    Uuid,
    Version,
    WholeNumber,
    WireSchema,
    format_time,
)
from contracts.people import PhotoSchema
from contracts.problem import ProblemSchema
from contracts.vocabulary import Category, OrderState, Outcome, Suspension, Urgency

__all__ = [
    "DOWNLINK_TYPES",
    "Command",
    "Outcome",
    "ReplySchema",
    "ServerStateSchema",
    "SnapshotSchema",
    "SyncResultSchema",
    "WithdrawnSchema",
    "command_event",
    "reply_event",
    "server_state",
    "snapshot_event",
    "sync_result_event",
    "withdrawn_event",
]

_MOST = 1000


class Command(StrEnum):
    """What the server may tell a handheld to do."""

    #: put away everything that belongs to orders, now and for good (P-19)
    WIPE = "device.wipe"
    #: send a sync request
    SYNC = "device.sync"
    #: show a text
    NOTICE = "device.notice"


class CustomerSchema(WireSchema):
    """What a technician may know of the customer."""

    name = Text(longest=60, required=True)
    unit_code = Text(longest=40, required=True)
    phone = Text(longest=40, required=True)


class ChecklistRef(WireSchema):
    """Which published checklist the order is worked by."""

    code = Code(required=True)
    version = WholeNumber(least=1, required=True)


class StepResultSchema(WireSchema):
    """One recorded attempt at a step; further members may stand beside these."""

    class Meta:
        unknown = INCLUDE

    step = Code(required=True)
    attempt = WholeNumber(least=1, required=True)
    status = Text(longest=40, required=True)
    answer = JsonObject(required=True)
    photos = Many(Part(PhotoSchema), most=100)
    text = Text(allow_none=True)
    reason = Text(allow_none=True)
    evidence_pending = Flag()


class ReturnedStep(WireSchema):
    """A step that QA sent back, and why."""

    step = Code(required=True)
    reason = Text(required=True)


class OneOffItem(WireSchema):
    """A price approved for this order alone (P-06)."""

    code = Code(required=True)
    description = Text(required=True)
    price_fen = WholeNumber(required=True)


class StockLine(WireSchema):
    """A material or tool of this order, and how much of it is still with the technician."""

    #: LJ-YYYYMM-NNNN
    line = Text(longest=20, required=True)
    item = Code(required=True)
    name = Text(longest=200, required=True)
    state = Text(longest=20, required=True)
    #: a decimal string
    out = Text(longest=20, required=True)
    #: of that, what was handed back and the storekeeper has not taken yet
    handed_back = Text(longest=20)


class AssetRef(WireSchema):
    """The appliance that the order is about, and whether its repair is free."""

    label = Text(longest=40, required=True)
    kind = OneOf(Category, required=True)
    brand = Text(longest=40, allow_none=True)
    model = Text(longest=60, allow_none=True)
    serial = Text(longest=60, allow_none=True)
    #: paid, in_warranty, misuse, expired, altered or goodwill
    warranty = Text(longest=12, required=True)
    #: YYYY-MM-DD, the last day that is or was covered
    covered_until = Text(longest=10, allow_none=True)


class SnapshotSchema(WireSchema):
    """The whole order as its technician may see it."""

    number = OrderNumber(required=True)
    version = Version(required=True)
    state = OneOf(OrderState, required=True)
    category = OneOf(Category, required=True)
    urgency = OneOf(Urgency, required=True)
    content = Text(longest=4000, required=True)
    appointment_at = UtcTime(required=True, allow_none=True)
    customer = Part(CustomerSchema, required=True)
    checklist = Part(ChecklistRef, required=True, allow_none=True)
    quote = JsonObject(required=True, allow_none=True)
    run = Many(Part(StepResultSchema), most=_MOST, required=True)
    rework_round = WholeNumber(required=True)
    returned_steps = Many(Part(ReturnedStep), most=_MOST, required=True)
    #: checklists that a step or an alarm may open, with their versions
    child_checklists = Many(Part(ChecklistRef), most=100)
    one_off_items = Many(Part(OneOffItem), most=_MOST)
    #: an alarm was raised and is not settled
    hazard = Flag()
    #: why work pauses, where it does
    suspension = OneOf(Suspension, allow_none=True)
    #: where a suspended order goes on; null in every other state
    resume_state = OneOf(OrderState, allow_none=True)
    #: an inspection note and a before photo are known, so that a quote may follow (R-054)
    inspected = Flag()
    #: steps at which the supervisor allows a deviation (R-162, P-24)
    overrides = Many(Code(), most=_MOST)
    #: pictures that were sent back: they count for nothing any more
    rejected_photos = Many(Sha256(), most=_MOST)
    stock = Many(Part(StockLine), most=_MOST)
    #: what is repaired, where the desk knows it; in warranty a quote charges nothing
    asset = Part(AssetRef, allow_none=True)
    #: results were left out because a message has at most 64 KiB; HTTP has the whole order
    run_shortened = Flag()


class WithdrawnSchema(WireSchema):
    """The order is no longer this technician's."""

    reason = Text(required=True)


class ReplySchema(WireSchema):
    """What became of one event."""

    #: null where the id could not be read: then ``seq`` says which event is meant
    event = Text(longest=64, required=True, allow_none=True)
    seq = WholeNumber(least=1)
    outcome = OneOf(Outcome, required=True)
    order_version = Version(required=True, allow_none=True)
    first_outcome = OneOf(Outcome)
    expected_seq = WholeNumber(least=1)
    problem = Part(ProblemSchema)
    state = OneOf(OrderState)
    server_time = UtcTime(required=True)


class SyncResultSchema(WireSchema):
    """Which orders are this technician's now; whatever is not named is put away."""

    epoch = Mark(required=True)
    orders = Many(OrderNumber(), most=_MOST, required=True)
    expected_seq = WholeNumber(least=1, required=True)
    #: the id of the sync request that is answered
    request = Uuid()
    server_time = UtcTime()


class WipeSchema(WireSchema):
    """Why the handheld is wiped."""

    reason = Text()


class SyncCommandSchema(WireSchema):
    """Why the handheld should sync."""

    reason = Text()


class NoticeSchema(WireSchema):
    """A text for the technician, Chinese first and English."""

    text = Text(required=True)


class ServerStateSchema(WireSchema):
    """The retained state of the server, and its will: a plain object, no envelope."""

    online = Flag(required=True)
    epoch = Mark(required=True)
    at = UtcTime(required=True)


class DownlinkEnvelopeSchema(WireSchema):
    """The CloudEvents attributes that every message of the server carries."""

    specversion = Fixed("1.0", required=True)
    id = Uuid(required=True)
    source = Fixed("server", required=True)
    type = Text(longest=60, required=True)
    time = UtcTime(required=True)
    subject = OrderNumber()
    datacontenttype = Fixed("application/json", required=True)
    data = JsonObject(required=True, most=_MOST)


DOWNLINK_TYPES: dict[str, type[WireSchema]] = {
    "order.snapshot": SnapshotSchema,
    "order.withdrawn": WithdrawnSchema,
    "event.reply": ReplySchema,
    "sync.result": SyncResultSchema,
    Command.WIPE.value: WipeSchema,
    Command.SYNC.value: SyncCommandSchema,
    Command.NOTICE.value: NoticeSchema,
}


def snapshot_event(data: Mapping[str, Any], subject: str, at: datetime, id: str) -> dict[str, Any]:  # noqa: A002 - the envelope's own word
    """An order as it is now. ``subject``: its number; ``id``: a fresh UUIDv7."""
    return _event("order.snapshot", data, subject, at, id)


def withdrawn_event(data: Mapping[str, Any], subject: str, at: datetime, id: str) -> dict[str, Any]:  # noqa: A002 - the envelope's own word
    """The order ``subject`` is taken from this handheld; ``data``: ``reason``."""
    return _event("order.withdrawn", data, subject, at, id)


def reply_event(
    data: Mapping[str, Any],
    subject: str | None,
    at: datetime,
    id: str,  # noqa: A002 - the envelope's own word
) -> dict[str, Any]:
    """The reply to one event; ``subject`` is the event's order where it named one."""
    return _event("event.reply", data, subject, at, id)


def sync_result_event(data: Mapping[str, Any], at: datetime, id: str) -> dict[str, Any]:  # noqa: A002 - the envelope's own word
    """The answer to a sync request, sent after the snapshots it caused."""
    return _event("sync.result", data, None, at, id)


def command_event(command: str, data: Mapping[str, Any], at: datetime, id: str) -> dict[str, Any]:  # noqa: A002 - the envelope's own word
    """One of the commands. Raises ValueError for any other type."""
    return _event(Command(command).value, data, None, at, id)


def server_state(*, online: bool, epoch: str, at: datetime) -> dict[str, Any]:
    """The retained message of ``paigong/v1/server``."""
    return {"online": online, "epoch": epoch, "at": format_time(at)}


def spelled(value: Any) -> Any:
    """A value as JSON spells it: times with ``Z``, words of a list as text.

    Raises TypeError for a float or anything else that the wire does not know.
    """
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case datetime():
            return format_time(value)
        case Mapping():
            return {str(name): spelled(part) for name, part in value.items()}
        case list() | tuple():
            return [spelled(part) for part in value]
        case _:
            raise TypeError(f"the wire has no spelling for {type(value).__name__}")


def _event(
    kind: str, data: Mapping[str, Any], subject: str | None, at: datetime, event_id: str
) -> dict[str, Any]:
    envelope = {
        "specversion": "1.0",
        "id": event_id,
        "source": "server",
        "type": kind,
        "time": format_time(at),
        "datacontenttype": "application/json",
        "data": spelled(data),
    }
    return envelope if subject is None else {**envelope, "subject": subject}
