"""One order as a row and as a history, from what is known of how it went."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from demo.year.cast import Call, Done
from demo.year.course import Course, Escalated
from demo.year.writing import By, Event
from server.deadlines.policy import month_of
from server.prices.models import PriceItem

#: How far an order has come by the last of its moments that has passed.
_REACHED = (
    ("dispatched_at", "dispatched"),
    ("acknowledged_at", "acknowledged"),
    ("arrived_at", "on_site"),
    ("quoted_at", "quoted"),
    ("started_at", "in_progress"),
    ("finished_at", "awaiting_acceptance"),
    ("accepted_at", "accepted"),
    ("closed_at", "closed"),
)
_VISIT = (
    ("order.acknowledged", "acknowledged_at"),
    ("order.arrived", "arrived_at"),
    ("order.inspected", "inspected_at"),
    ("order.quoted", "quoted_at"),
    ("quote.confirmed", "quote_confirmed_at"),
)


@dataclass(frozen=True, kw_only=True)
class Slip:
    """One order, and all that happens to it, up to `now`."""

    id: uuid.UUID
    number: str
    call: Call
    technician: By
    front: By
    #: void or cancelled where it comes to nothing
    ended: str | None
    late: bool
    moments: Mapping[str, dt.datetime]
    goes: Course
    labour: PriceItem | None
    materials: Sequence[PriceItem]
    method: str
    comment: str
    #: judged by QA where it was: how, and how long after the slip came back; else by nobody yet
    qa: str
    qa_after: dt.timedelta
    zone: ZoneInfo
    now: dt.datetime

    @property
    def state(self) -> str:
        """How far it has come."""
        if self.ended:
            return self.ended
        state = "created"
        for name, reached in _REACHED:
            if self.moments[name] <= self.now:
                state = reached
        if state not in {"in_progress", "awaiting_acceptance"}:
            return state
        if any(up.opened_at <= self.now and self.goes.stops(up) for up in self.goes.went_up):
            return "escalated"
        rejected = [at for at in self.goes.rejected_at if at <= self.now]
        done = sum(at <= self.now for at in self.goes.ready_at)
        if done > len(rejected):
            return "awaiting_acceptance"
        return "rework" if rejected else state

    def passed(self, name: str) -> bool:
        """Whether one of its moments has come."""
        if self.ended:
            return self.ended == "cancelled" and name == "dispatched_at"
        return self.moments[name] <= self.now

    @property
    def worked(self) -> bool:
        """Whether it was said at least once that it is done."""
        return not self.ended and self.goes.ready_at[0] <= self.now

    @property
    def items(self) -> list[PriceItem]:
        """What stands on the quote."""
        return [*([self.labour] if self.labour else []), *self.materials]

    @property
    def listed_fen(self) -> int:
        """What the quote comes to; in warranty nothing (X-001)."""
        return 0 if self.call.covered else sum(item.price_fen for item in self.items)

    @property
    def labour_fen(self) -> int:
        """The part of it that is labour."""
        return self.labour.price_fen if self.labour and not self.call.covered else 0

    @property
    def decided(self) -> Escalated | None:
        """The decision in the place of a signature, once it was made."""
        return self.goes.decided if self.passed("accepted_at") else None

    @property
    def charge_fen(self) -> int:
        """What is charged as it stands."""
        if not self.passed("quote_confirmed_at"):
            return 0
        decided = self.decided
        if decided is None:
            return self.listed_fen
        return decided.charge_fen(self.listed_fen, self.labour_fen)

    @property
    def rounds(self) -> int:
        """How often it had to be done again so far."""
        again = self.goes.rejected_at[: self.goes.rework_round]
        return 0 if self.ended else sum(at <= self.now for at in again)

    @property
    def updated_at(self) -> dt.datetime:
        """When it was last changed."""
        if self.ended:
            return min(self.now, self.moments["arrived_at"])
        known = (self.call.at, *self.moments.values(), *self.goes.ready_at, *self.goes.rejected_at)
        return max(at for at in known if at <= self.now)

    def row(self) -> dict[str, Any]:
        """As it is stored; the version follows from its history."""
        call, state, decided = self.call, self.state, self.decided
        closed, over = state == "closed", state in {"closed", "cancelled"}
        charge_fen = self.charge_fen
        waived = decided is not None and decided.decision != "accept" and not charge_fen
        unsigned, witness = self._unsigned()
        return {
            "state": state,
            "resume_state": None,
            "request_id": call.request_id,
            "person_id": call.resident.person_id,
            "unit_id": call.resident.unit_id,
            "asset_id": call.asset.id if call.asset else None,
            "nature": call.nature,
            "category": call.category,
            "urgency": "normal",
            "content": call.content,
            "appointment_at": call.appointment_at,
            "intake_point": "front_desk" if call.front_desk else "dispatch",
            "return_point": ("front_desk" if call.front_desk else "dispatch") if closed else None,
            "technician_id": None if state in {"created", "void"} else self.technician.id,
            "checklist_children": {},
            "issued_at": call.at,
            "issued_by": call.issuer.id,
            "updated_at": self.updated_at,
            "late": self.late and self.passed("arrived_at"),
            "inspection_note": "已勘查,确认故障" if self.passed("inspected_at") else None,
            "inspection_photos": [],
            "month": month_of(self.moments["closed_at"], self.zone) if closed else None,
            "rework_round": self.rounds,
            "rework_from_position": 0,
            "hazard": False,
            "total_fen": charge_fen if waived or not charge_fen else self.listed_fen,
            "charge_fen": charge_fen,
            "billing_held": state == "escalated" and self.goes.unsigned is not None,
            "payment_method": self.method if charge_fen or not over else "free_of_charge",
            "warranty_code": "goodwill" if waived else call.warranty_code,
            "unsigned_reason": unsigned,
            "unsigned_witness": witness,
            "closed_by_decision": decided is not None,
            "comment": self.comment if closed and decided is None else None,
            "cancelled_by_whom": call.resident.name if state == "cancelled" else None,
            "cancel_reason": "客户说自己已修好" if state == "cancelled" else None,
            "written_off_at": self.updated_at if over else None,
            "written_off_by": self.front.id if over else None,
            "qa_state": self._qa_state(),
            "qa_place": 100,
            "qa_chosen": self.qa == "chosen" and self._qa_state() == "pending",
            **{
                name: moment if self.passed(name) else None
                for name, moment in self.moments.items()
                if name != "quoted_at"
            },
        }

    @property
    def reviewed_at(self) -> dt.datetime | None:
        """When somebody judged its evidence (QA2); None where nobody has, as with most."""
        at = self.moments["closed_at"] + self.qa_after
        judged = not self.ended and self.qa in {"passed", "failed"} and at <= self.now
        return at if judged else None

    def _qa_state(self) -> str:
        if not self.worked:
            return "none"
        if self.reviewed_at is not None:
            return self.qa
        # Until the archive, where nothing waits any more.
        return "pending"

    def _unsigned(self) -> tuple[str | None, str | None]:
        """Why nobody signed, and who saw it; at worst the manager who decided (WO19)."""
        if self.goes.unsigned and self.goes.went_up[0].opened_at <= self.now and not self.ended:
            return self.goes.unsigned, self.goes.witness
        if self.decided is not None and self.decided.decided_by is not None:
            return "dispute", self.decided.decided_by.name
        return None, None

    def events(self, numbers: Mapping[dt.datetime, str], reviewer: By) -> list[Event]:
        """Its history so far. `numbers`: those of its escalations, by their moment."""
        issued: Event = (
            "order.issued",
            self.call.at,
            self.call.issuer,
            {"category": self.call.category},
        )
        sent: Event = (
            "order.dispatched",
            self.moments["dispatched_at"],
            self.call.desk,
            {"technician": self.technician.name},
        )
        at = self.updated_at
        if self.ended == "void":
            return [issued, ("order.voided", at, self.call.desk, {"reason": "重复开单"})]
        if self.ended:
            said = {"reason": "客户说自己已修好"}
            return [
                issued,
                sent,
                ("order.cancel_requested", at, self.technician, said),
                ("order.written_off", at, self.front, {}),
            ]
        whole: list[Event] = [
            issued,
            sent,
            *((kind, self.moments[name], self.technician, {}) for kind, name in _VISIT),
            *self.goes.events(self.technician, numbers),
            ("order.written_off", self.moments["closed_at"], self.front, {}),
        ]
        if self.reviewed_at is not None:
            whole.append((f"qa.{self.qa}", self.reviewed_at, reviewer, {}))
        return [event for event in sorted(whole, key=lambda one: one[1]) if event[1] <= self.now]

    def done(self) -> Done:
        """What the rest of the year has to know of it, once it is closed."""
        row = self.row()
        return Done(
            id=self.id,
            number=self.number,
            resident=self.call.resident,
            category=self.call.category,
            technician=self.technician,
            closed_at=self.moments["closed_at"],
            charge_fen=self.charge_fen,
            labour_fen=self.labour_fen,
            material_fen=self.listed_fen - self.labour_fen,
            payment_method=row["payment_method"],
            rework_round=self.goes.rework_round,
            front_desk=self.call.front_desk,
        )
