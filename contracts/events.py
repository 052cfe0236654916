"""What a handheld may tell the server: one schema for the data of each event type.

Shape only: whether an event is allowed now is judged by the rooms of the server, and what an
answer means by the checklist engine.
"""

from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load, validates_schema

from contracts.answers import Answer, FurtherQuantities
from contracts.fields import (
    MESSAGES,
    Code,
    Flag,
    Many,
    OneOf,
    Part,
    Quantity,
    Sha256,
    Text,
    UtcTime,
    Version,
    WholeNumber,
    WireSchema,
)
from contracts.people import MAX_NAME, Signer, SignerSchema, photos
from contracts.vocabulary import (
    ConfirmMethod,
    DamageKind,
    HazardKind,
    IncidentCategory,
    IncidentSeverity,
    StockKind,
    Suspension,
)

MAX_REASON = 500
MAX_LINES = 100
#: More than any order comes to, and what a database column of 32 bits holds.
MAX_TOTAL_FEN = 2**31 - 1


class EventData(WireSchema):
    """What every event carries; an event about an order names the version it was made against."""

    #: Whether the envelope must name a work order.
    needs_order: ClassVar[bool] = True

    order_version = Version(required=True)


class Bare(EventData):
    """An event that says all by its type."""


class Returned(EventData):
    """The technician gives the order back before work (WO4)."""

    reason = Text(longest=MAX_REASON, required=True)


class Inspected(EventData):
    """What the technician found before quoting (R-054)."""

    note = Text(required=True)
    photos = photos()


class QuoteLine(WireSchema):
    """One line of a quote: a price-list item and how much of it (R-021)."""

    item = Code(required=True)
    qty = Quantity(required=True)


class Quoted(EventData):
    """The price as the handheld reckoned it; the server reckons again (R-055)."""

    lines = Many(Part(QuoteLine), most=MAX_LINES, required=True)
    total_fen = WholeNumber(most=MAX_TOTAL_FEN, required=True)


class PriceRequested(EventData):
    """Something that is not on the price list is wanted (P-06); a manager names the price (R-024)."""

    description = Text(longest=200, required=True)
    qty = Quantity(required=True)
    reason = Text(longest=MAX_REASON, required=True)


class QuoteConfirmed(EventData):
    """The customer agrees to the price (R-056)."""

    method = OneOf(ConfirmMethod, required=True)
    signer = Signer(required=True)
    signature = Sha256()

    @validates_schema(skip_on_field_errors=True)
    def signed_where_the_method_says_so(self, data: dict[str, Any], **_: Any) -> None:
        if data["method"] == ConfirmMethod.HANDHELD_SIGNATURE and "signature" not in data:
            raise ValidationError(
                "手持机签名确认须附签名; A confirmation on the handheld needs a signature",
                "signature",
            )


class StepRecorded(EventData):
    """One checklist step as the technician did it; ``fields`` may stand in the answer or beside."""

    step = Code(required=True)
    attempt = WholeNumber(least=1, most=1000, required=True)
    answer = Answer(most_bytes=8192, required=True)
    further = FurtherQuantities(data_key="fields", most=20)
    photos = photos()
    text = Text()
    reason = Text(longest=MAX_REASON)

    @post_load
    def gather_fields(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """One place for further quantities: ``answer.fields``."""
        beside, within = data.pop("further", {}), data["answer"].get("fields", {})
        for name in beside.keys() & within.keys():
            if beside[name] != within[name]:
                told = "与 answer.fields 不一致; Differs from answer.fields"
                raise ValidationError({"fields": {name: [told]}})
        if beside:
            data["answer"]["fields"] = {**beside, **within}
        return data


class Suspended(EventData):
    """Work pauses; the customer hears again at ``next_contact_at`` (WO12)."""

    reason = OneOf(Suspension, required=True)
    next_contact_at = UtcTime(required=True)
    note = Text()


class Accepted(EventData):
    """The customer tried it, is satisfied and signs (R-060)."""

    signer = Part(SignerSchema, required=True)
    signature = Sha256(required=True)
    comment = Text()


class Apology(fields.Field[bool | str]):
    """That the technician apologised, or the words used (R-061); the server rules on it."""

    default_error_messages = MESSAGES
    words = Text(longest=MAX_REASON)

    @property
    def wire(self) -> dict[str, Any]:
        return {"anyOf": [Flag().wire, self.words.wire]}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool | str:
        return value if isinstance(value, bool) else str(self.words.deserialize(value))


class Rejected(EventData):
    """The customer is not satisfied (R-061)."""

    reason = Text(longest=MAX_REASON, required=True)
    apology = Apology(required=True)


class SignatureRefused(EventData):
    """Nobody signs (A-15). ``reason``: refused, absent or dispute, or the customer's own words."""

    reason = Text(longest=MAX_REASON, required=True)
    witness = Text(longest=MAX_NAME, required=True)
    photos = photos()


class CancelRequested(EventData):
    """The customer calls it off (R-057). ``by``: who said so."""

    by = Text(longest=MAX_NAME, required=True)
    reason = Text(longest=MAX_REASON, required=True)


class HazardAlarm(EventData):
    """Danger on site. A kind outside the list still counts, as ``other`` with its words noted."""

    kind = Text(longest=MAX_NAME, required=True, metadata={"examples": list(HazardKind)})
    note = Text()

    @post_load
    def never_lose_an_alarm(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if data["kind"] not in list(HazardKind):
            told = [data["kind"], data["note"]] if "note" in data else [data["kind"]]
            return {**data, "kind": HazardKind.OTHER, "note": ": ".join(told)}
        return {**data, "kind": HazardKind(data["kind"])}


class StockRequestLine(WireSchema):
    """What is wanted from the store; the store knows whether it is material or tool."""

    item = Code(required=True)
    qty = Quantity(required=True)
    kind = OneOf(StockKind)


class StockRequested(EventData):
    """Material or tools wanted for the order (ST1)."""

    lines = Many(Part(StockRequestLine), fewest=1, most=MAX_LINES, required=True)


class StockUseLine(WireSchema):
    """How much of an issued item went into the work."""

    item = Code(required=True)
    qty = Quantity(required=True)


class StockUsed(EventData):
    """Issued material that was used up (ST3)."""

    lines = Many(Part(StockUseLine), fewest=1, most=MAX_LINES, required=True)


class StockLossLine(WireSchema):
    """How much of an issued item is gone, and how that came."""

    item = Code(required=True)
    qty = Quantity(required=True)
    reason = Text(longest=MAX_REASON, required=True)


class StockLost(EventData):
    """Issued material or tools that were lost; a manager decides (ST5)."""

    lines = Many(Part(StockLossLine), fewest=1, most=MAX_LINES, required=True)


class StockHandBackLine(WireSchema):
    """How much of an issued item is back at the store, and in what condition."""

    item = Code(required=True)
    qty = Quantity(required=True)
    condition = Text(longest=100)


class StockHandedBack(EventData):
    """Unused material or tools that were brought to the store; the storekeeper settles it (ST4)."""

    lines = Many(Part(StockHandBackLine), fewest=1, most=MAX_LINES, required=True)


class DamageReported(EventData):
    """Something of the customer's was damaged or is gone (R-063); never with an amount."""

    item = Text(longest=200, required=True)
    description = Text(required=True)
    kind = OneOf(DamageKind, load_default=DamageKind.DAMAGE)
    photos = photos()


class IncidentReported(EventData):
    """Something wrong in a public area (R-026); it needs no work order."""

    needs_order = False

    order_version = Version()
    place = Text(longest=200, required=True)
    category = OneOf(IncidentCategory, required=True)
    severity = OneOf(IncidentSeverity, load_default=IncidentSeverity.NORMAL)
    description = Text(required=True)
    emergency_action = Text()
    found_at = UtcTime()
    photos = photos()


class ShiftHandedOver(EventData):
    """The end of a shift (F-21); what is open and what is out, the server adds itself."""

    needs_order = False

    order_version = Version()
    note = Text(required=True)
    to = Text(longest=MAX_NAME)


EVENT_TYPES: dict[str, type[EventData]] = {
    "order.received": Bare,
    "order.opened": Bare,
    "order.acknowledged": Bare,
    "order.set_out": Bare,
    "order.returned": Returned,
    "order.arrived": Bare,
    "order.inspected": Inspected,
    "order.quoted": Quoted,
    "price.requested": PriceRequested,
    "quote.confirmed": QuoteConfirmed,
    "step.recorded": StepRecorded,
    "order.suspended": Suspended,
    "order.resumed": Bare,
    "order.ready": Bare,
    "order.accepted": Accepted,
    "order.rejected": Rejected,
    "signature.refused": SignatureRefused,
    "order.cancel_requested": CancelRequested,
    "hazard.alarm": HazardAlarm,
    "stock.requested": StockRequested,
    "stock.used": StockUsed,
    "stock.lost": StockLost,
    "stock.handed_back": StockHandedBack,
    "damage.reported": DamageReported,
    "incident.reported": IncidentReported,
    "shift.handed_over": ShiftHandedOver,
}
