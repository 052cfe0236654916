"""Reading what a handheld sends: events, sync requests and presence, from either door.

Nothing but ContractError leaves these functions, whatever the bytes are. Who sent a message is
read from the topic or the token; the ``source`` read here is only the sender's claim.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from itertools import islice
from typing import Any

from marshmallow import Schema, ValidationError

from contracts import strict_json
from contracts.events import EVENT_TYPES
from contracts.fields import (
    UNKNOWN_FIELD,
    DeviceSource,
    Fixed,
    Flag,
    JsonObject,
    Mark,
    OrderNumber,
    Text,
    UtcTime,
    UuidV7,
    WholeNumber,
    WireSchema,
)
from contracts.refusal import ContractError
from contracts.strict_json import MAX_PAYLOAD_BYTES

__all__ = [
    "MAX_PAYLOAD_BYTES",
    "ContractError",
    "FieldEvent",
    "Presence",
    "SyncRequest",
    "read_event",
    "read_presence",
    "read_sync",
]

MAX_OPEN_ORDERS = 1000
_LONGEST_ID = 64
#: A refusal names so many places at most, each so long at most: it must fit into a reply.
_MOST_ERRORS = 40
_LONGEST_NAME = 60
_UNKNOWN_TYPE = "事件类型未知; This type of event is not known"
#: slug -> the sentence in Chinese, in English
_MESSAGES = {
    "unknown-event-type": ("事件类型未知。", "This type of event is not known."),
    "unknown-field": ("含有未知字段。", "There are fields the contract does not know."),
    "invalid-envelope": ("信封不合约定。", "The envelope does not keep the contract."),
    "invalid-data": ("事件内容不合约定。", "The data does not keep the contract."),
    "broken-json": ("内容无法保存。", "The payload holds what cannot be kept."),
    "invalid-number": ("数字不合约定。", "There is a number the contract does not allow."),
}
_NO_OBJECT = ("应为 JSON 对象。", "Must be a JSON object.")


@dataclass(frozen=True, kw_only=True)
class FieldEvent:
    """One thing a technician did, as the handheld reports it."""

    id: str
    #: the device that ``source`` names; the inbox compares it with who really sent it
    device: str
    type: str
    #: when it happened, by the handheld's clock (aware, UTC)
    time: datetime
    #: the work order, None only where the type needs none
    subject: str | None
    seq: int
    #: the snapshot version the event was made against
    order_version: int | None
    #: the loaded data without ``order_version``: enumerations as members, times as datetimes
    data: dict[str, Any]
    #: SHA-256 of the canonical JSON of the whole envelope as received
    content_hash: str
    #: the envelope as received, fit to be stored as JSON
    received: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class SyncRequest:
    """What a handheld holds after connecting, for the server to bring up to date."""

    id: str
    #: the handheld's clock when it asked (aware, UTC)
    time: datetime
    #: the server epoch it last worked under, None when it never met the server
    epoch: str | None
    #: order number -> the snapshot version held
    orders: dict[str, int]
    #: the highest ``seq`` it has given to an event, 0 when none
    last_seq: int
    #: events that wait for a reply
    queued: int


@dataclass(frozen=True, kw_only=True)
class Presence:
    """Whether a handheld is connected, in its own words or those of its will."""

    online: bool
    session: str
    at: datetime
    app_version: str | None
    #: percent
    battery: int | None
    queued: int | None


class EnvelopeSchema(WireSchema):
    """The CloudEvents attributes that messages of a handheld carry, whatever their type."""

    specversion = Fixed("1.0", required=True)
    id = UuidV7(required=True)
    source = DeviceSource(required=True)
    time = UtcTime(required=True)
    subject = OrderNumber()
    datacontenttype = Fixed("application/json")
    dataschema = Text(longest=500)
    traceparent = Text(longest=60)
    tracestate = Text(longest=512)
    data = JsonObject(required=True, most=100)


class EventEnvelopeSchema(EnvelopeSchema):
    """An event, which has its place in the device's numbering."""

    type = Text(longest=60, required=True)
    seq = WholeNumber(least=1, required=True)


class SyncEnvelopeSchema(EnvelopeSchema):
    """A sync request, which is no event: a ``seq`` on it is taken and ignored."""

    type = Fixed("sync.request", required=True)
    seq = WholeNumber(least=0)


class HeldOrders(JsonObject):
    """Order number -> version held; a version is a whole number."""

    @property
    def wire(self) -> dict[str, Any]:
        return {
            "type": "object",
            "maxProperties": self.most,
            "propertyNames": OrderNumber().wire,
            "additionalProperties": WholeNumber().wire,
        }

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        held = super()._deserialize(value, *args, **kwargs)
        number, version = OrderNumber(), WholeNumber()
        return {number.deserialize(key): version.deserialize(held[key]) for key in held}


class SyncSchema(WireSchema):
    """What a sync request says."""

    epoch = Mark(allow_none=True)
    orders = HeldOrders(most=MAX_OPEN_ORDERS, load_default=dict)
    last_seq = WholeNumber(load_default=0)
    queued = WholeNumber(load_default=0)


class PresenceSchema(WireSchema):
    """The retained presence message, and the will."""

    online = Flag(required=True)
    session = Mark(required=True)
    at = UtcTime(required=True)
    app_version = Text(longest=60)
    battery = WholeNumber(most=100)
    queued = WholeNumber()


def read_event(payload: bytes | dict[str, Any]) -> FieldEvent:
    """Read one event, from bytes (MQTT) or an object already parsed (HTTP).

    Raises ContractError: ``payload-too-large``, ``broken-json``, ``invalid-number``,
    ``invalid-envelope``, ``unknown-event-type``, ``unknown-field``, ``invalid-data``.
    """
    message = _Message(payload)
    envelope = message.load(EventEnvelopeSchema, "invalid-envelope")
    schema = EVENT_TYPES.get(envelope["type"])
    if schema is None:
        raise message.refusal("unknown-event-type", {"type": [_UNKNOWN_TYPE]})
    if schema.needs_order and "subject" not in envelope:
        problem = {"subject": ["须写明工单号; The work order must be named"]}
        raise message.refusal("invalid-envelope", problem)
    data = message.load(schema, "invalid-data", part="data")
    return FieldEvent(
        id=envelope["id"],
        device=envelope["source"].removeprefix("devices/"),
        type=envelope["type"],
        time=envelope["time"],
        subject=envelope.get("subject"),
        seq=envelope["seq"],
        order_version=data.pop("order_version", None),
        data=data,
        content_hash=message.content_hash,
        received=message.content,
    )


def read_sync(payload: bytes | dict[str, Any]) -> SyncRequest:
    """Read one sync request. Raises ContractError as ``read_event`` does."""
    message = _Message(payload)
    envelope = message.load(SyncEnvelopeSchema, "invalid-envelope")
    data = message.load(SyncSchema, "invalid-data", part="data")
    return SyncRequest(
        id=envelope["id"],
        time=envelope["time"],
        epoch=data.get("epoch"),
        orders=data["orders"],
        last_seq=data["last_seq"],
        queued=data["queued"],
    )


def read_presence(payload: bytes | dict[str, Any]) -> Presence:
    """Read one presence message: a plain object, no envelope. Raises ContractError."""
    data = _Message(payload).load(PresenceSchema, "invalid-data")
    optional = {name: data.get(name) for name in ("app_version", "battery", "queued")}
    return Presence(online=data["online"], session=data["session"], at=data["at"], **optional)


class _Message:
    """A payload that is sound JSON, and what of it can address a refusal."""

    def __init__(self, payload: bytes | dict[str, Any]) -> None:
        parsed = strict_json.parse(payload) if isinstance(payload, bytes) else payload
        self.event_id, self.seq = _address(parsed)
        self.subject = _subject(parsed)
        for slug, place, message in strict_json.faults(parsed):
            raise self.refusal(slug, {place: [message]} if place else {})
        if not isinstance(parsed, dict):
            raise self.refusal("invalid-envelope", {}, told=_NO_OBJECT)
        canonical = strict_json.canonical(parsed)
        size_bytes = len(canonical)
        if size_bytes > MAX_PAYLOAD_BYTES:
            too_large = strict_json.too_large(size_bytes)
            raise self.refusal(too_large.slug, {}, told=(too_large.zh, too_large.en))
        self.content: dict[str, Any] = parsed
        self.content_hash = sha256(canonical).hexdigest()

    def load(self, schema: type[Schema], slug: str, *, part: str = "") -> dict[str, Any]:
        try:
            return dict(_instance(schema).load(self.content[part] if part else self.content))
        except ValidationError as error:
            errors = _flat(error.messages, part)
            only_unknown = all(told == [UNKNOWN_FIELD] for told in errors.values())
            kind = "unknown-field" if only_unknown else slug
            raise self.refusal(kind, errors) from None

    def refusal(
        self, slug: str, errors: dict[str, list[str]], *, told: tuple[str, str] | None = None
    ) -> ContractError:
        zh, en = told or _MESSAGES[slug]
        first = dict(islice(errors.items(), _MOST_ERRORS))
        return ContractError(
            slug,
            zh,
            en,
            errors=first,
            event_id=self.event_id,
            seq=self.seq,
            subject=self.subject,
        )


#: Schemas keep no state between loads, so one of each kind serves all messages.
_instance: Callable[[type[Schema]], Schema] = cache(lambda schema: schema())


def _address(parsed: Any) -> tuple[str | None, int | None]:
    """The id and seq of a message of which nothing is known yet to be sound."""
    if not isinstance(parsed, dict):
        return None, None
    event_id, seq = parsed.get("id"), parsed.get("seq")
    good_id = (
        isinstance(event_id, str)
        and 0 < len(event_id) <= _LONGEST_ID
        and event_id.isascii()
        and event_id.isprintable()
    )
    good_seq = type(seq) is int and 0 < seq <= strict_json.MAX_INTEGER
    return (event_id if good_id else None), (seq if good_seq else None)


def _subject(parsed: Any) -> str | None:
    """The order that a message names, where it can be read."""
    told = parsed.get("subject") if isinstance(parsed, dict) else None
    try:
        return str(OrderNumber().deserialize(told)) if told else None
    except ValidationError:
        return None


def _flat(messages: Any, place: str) -> dict[str, list[str]]:
    """Nested messages as dotted place -> messages."""
    if isinstance(messages, list):
        return {place or "payload": [str(told) for told in messages]}
    found: dict[str, list[str]] = {}
    for name, inner in messages.items():
        inside = (
            place
            if name == "_schema"
            else ".".join(filter(None, (place, str(name)[:_LONGEST_NAME])))
        )
        found.update(_flat(inner, inside))
    return found
