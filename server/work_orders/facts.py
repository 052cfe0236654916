"""What the guards ask, read from the database when a guard asks it and not before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from checklists.evaluate import Context, Missing, Run, missing
from server.accounts.models import User
from server.accounts.permissions import may
from server.checklist_runs import queries as runs
from server.checklist_runs.models import StepResult
from server.evidence import queries as evidence
from server.history import Actor
from server.requests.models import ServiceRequest
from server.stores import operations as stores
from server.stores.lifecycle import settled
from server.work_orders import qualifications, queries
from server.work_orders.models import WorkOrder


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the act itself brings along; everything is optional, guards ask what they need."""

    reason: str = ""
    technician: User | None = None
    slot_at: dt.datetime | None = None
    off_list_items: Sequence[str] = ()
    total_differs: bool = False
    has_quote: bool = False
    signature: str = ""
    signer_name: str = ""
    apologised: bool = False
    witness: str = ""
    return_point: str = ""
    return_visit_done: bool = False
    month_reconciled: bool = False


NOTHING_GIVEN = Given()
#: What the server holds of an order: (step, tag, sha256).
Held = frozenset[tuple[str, str, str]]


class OrderFacts:
    """The `Facts` of one order for one act."""

    def __init__(
        self,
        session: Session,
        order: WorkOrder,
        zone: ZoneInfo,
        *,
        by: Actor,
        at: dt.datetime,
        given: Given = NOTHING_GIVEN,
    ) -> None:
        self._session = session
        self._order = order
        self._by = by
        self._at = at
        self._given = given
        self._zone = zone
        self.reason = given.reason
        self.off_list_items = tuple(given.off_list_items)
        self.quoted_total_differs = given.total_differs
        self.signer_name = given.signer_name
        self.signature_named = bool(given.signature)
        self.apologised = given.apologised
        self.witness = given.witness
        self.return_point = given.return_point
        self.return_visit_done = given.return_visit_done
        self.month_reconciled = given.month_reconciled
        self.has_quote = given.has_quote

    @property
    def is_own(self) -> bool:
        return self._order.technician_id == self._by.user_id

    @property
    def by_manager(self) -> bool:
        return may("order.decide", self._by.roles)

    @property
    def rework_round(self) -> int:
        return self._order.rework_round

    @property
    def hazard(self) -> bool:
        return self._order.hazard

    @property
    def decided_unsigned(self) -> bool:
        return self._order.unsigned_reason is not None

    @property
    def lacking_qualifications(self) -> tuple[str, ...]:
        if self._given.technician is None:
            return ()
        day = self._at.astimezone(self._zone).date()
        held = frozenset(
            licence.kind
            for licence in self._given.technician.qualifications
            if licence.valid_on(day)
        )
        return qualifications.lacking(self._order.category, held)

    @property
    def needs_checklist(self) -> bool:
        return self._order.category in runs.categories_with_checklist()

    @cached_property
    def has_checklist(self) -> bool:
        return (
            runs.newest_for_category(self._session, self._order.estate_id, self._order.category)
            is not None
        )

    @cached_property
    def slot_unconfirmed(self) -> bool:
        slot = self._given.slot_at or self._order.appointment_at
        if slot is None or self._order.request_id is None:
            return False
        request = self._session.get(ServiceRequest, self._order.request_id)
        # A time the customer was asked about again has become the request's own appointment.
        agreed = (request.appointment_at if request else None) or self._order.appointment_at
        return agreed is not None and slot > agreed

    @property
    def has_inspection_note(self) -> bool:
        return bool(self._order.inspection_note)

    @cached_property
    def has_before_photo(self) -> bool:
        recorded = runs.results_of(self._session, self._order.id)
        return before_photo_known(self._order, recorded, self._held)

    @cached_property
    def _held(self) -> Held:
        return evidence.held(self._session, self._order.id)

    @cached_property
    def missing_evidence(self) -> tuple[str, ...]:
        return tuple(
            f"{item.step}/{item.tag}" if item.tag else item.step
            for item in missing_items(self._session, self._order)
        )

    @cached_property
    def nothing_redone(self) -> bool:
        if self._order.checklist_code is None:
            return False
        recorded = len(runs.results_of(self._session, self._order.id))
        return recorded <= self._order.rework_from_position

    @cached_property
    def signature_held(self) -> bool:
        # The one signed last: a picture of an earlier one does not stand for it.
        signed = queries.acceptance_of(self._session, self._order.id)
        return signed is not None and any(sha == signed.sha256 for _s, _t, sha in self._held)

    @cached_property
    def unsettled_stock(self) -> tuple[str, ...]:
        return tuple(
            f"{line.item.name} {line.number}"
            for line in stores.lines_of(self._session, self._order.id)
            if not settled(stores.quantities(line))
        )


def before_photo_known(order: WorkOrder, recorded: Sequence[StepResult], held: Held) -> bool:
    """R-054: a before photo is named by the inspection or a step, or was uploaded as such."""
    named = any(
        photo["tag"] == "before"
        for photos in (order.inspection_photos, *(row.photos for row in recorded))
        for photo in photos
    )
    return named or any(tag == "before" for _step, tag, _sha in held)


def run_of(session: Session, order: WorkOrder) -> Run | None:
    """The checklist run of an order; None where its category has no checklist."""
    if order.checklist_code is None or order.checklist_version is None:
        return None
    return runs.load_run(
        session,
        order.estate_id,
        order.id,
        code=order.checklist_code,
        version=order.checklist_version,
        children=order.checklist_children,
    )


def context_of(session: Session, order: WorkOrder) -> Context:
    """What the engine must know of the order: price, photos that count, steps sent back."""
    sent_back = runs.returned(session, order.id, open_only=False)
    rejected = {sha for row in sent_back for sha in row.rejected_photos}
    return Context(
        price_confirmed=order.quote_confirmed_at is not None,
        held_photos=frozenset(
            photo for photo in _held_as_named(session, order) if photo[2] not in rejected
        ),
        rework_steps=frozenset(row.step for row in sent_back if row.redone_at is None),
        overrides=runs.overrides(session, order.id),
        hazard=order.hazard,
    )


def _held_as_named(session: Session, order: WorkOrder) -> set[tuple[str, str, str]]:
    """What is held, also under the further tags that a step names for the same picture."""
    held = set(evidence.held(session, order.id))
    at_step = {(step, sha) for step, _tag, sha in held}
    return held | {
        (row.step, photo["tag"], photo["sha256"])
        for row in runs.results_of(session, order.id)
        for photo in row.photos
        if (row.step, photo["sha256"]) in at_step
    }


def missing_items(session: Session, order: WorkOrder) -> tuple[Missing, ...]:
    """Everything that keeps the checklist from completion, for `ready` and for the receipt."""
    run = run_of(session, order)
    return missing(run, context_of(session, order)) if run is not None else ()
