"""The whole order as its technician may see it: what goes down the wire (docs/wire.md, Snapshot)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from server.assets import checks
from server.assets.models import Asset
from server.checklist_runs import queries as runs
from server.checklist_runs.models import StepResult
from server.evidence import queries as evidence
from server.prices import queries as prices
from server.prices.pricing import Line
from server.stores import lifecycle
from server.stores import operations as stores
from server.stores.models import StockLine
from server.work_orders.facts import Held, before_photo_known
from server.work_orders.models import Quote, QuoteLine, WorkOrder
from server.work_orders.operations.revisions import current_quote
from server.work_orders.states import State


def snapshot(session: Session, order: WorkOrder) -> dict[str, Any]:
    """`data` of an order.snapshot event; moments are datetimes, the door spells them."""
    quote = current_quote(session, order)
    recorded = runs.results_of(session, order.id)
    held = evidence.held(session, order.id)
    sent_back = runs.returned(session, order.id, open_only=False)
    return {
        "number": order.number,
        "version": order.version,
        "state": order.state,
        "category": order.category,
        "urgency": order.urgency,
        "content": order.content,
        "appointment_at": order.appointment_at,
        "customer": {
            "name": order.person.name,
            "unit_code": order.unit.code,
            "phone": order.person.phone,
        },
        "checklist": (
            {"code": order.checklist_code, "version": order.checklist_version}
            if order.checklist_code
            else None
        ),
        "child_checklists": [
            {"code": code, "version": version}
            for code, version in sorted(order.checklist_children.items())
        ],
        "quote": quote_json(quote) if quote else None,
        "one_off_items": [
            {"code": row.code, "description": row.description, "price_fen": row.price_fen}
            for row in prices.one_offs_of(session, order.id)
        ],
        "run": _run(recorded, held),
        "rework_round": order.rework_round,
        "returned_steps": [
            {"step": row.step, "reason": row.reason} for row in sent_back if row.redone_at is None
        ],
        "hazard": order.hazard,
        "suspension": order.suspension,
        "resume_state": order.resume_state if order.state == State.SUSPENDED else None,
        "inspected": bool(order.inspection_note) and before_photo_known(order, recorded, held),
        "overrides": sorted(runs.overrides(session, order.id)),
        "rejected_photos": sorted({sha for row in sent_back for sha in row.rejected_photos}),
        "stock": [_stock_json(line) for line in stores.lines_of(session, order.id)],
        "asset": asset_json(session, order),
    }


def asset_json(session: Session, order: WorkOrder) -> dict[str, Any] | None:
    """What is repaired and whether that is free; None where the desk does not know it."""
    asset = session.get(Asset, order.asset_id) if order.asset_id else None
    if asset is None:
        return None
    check = checks.last_of_order(session, order.estate_id, order.number)
    until_on = check.until_on if check else None
    return {
        "label": asset.label,
        "kind": asset.kind,
        "brand": asset.brand,
        "model": asset.model,
        "serial": asset.serial,
        "warranty": order.warranty_code,
        "covered_until": until_on.isoformat() if until_on else None,
    }


def _stock_json(line: StockLine) -> dict[str, Any]:
    now = stores.quantities(line)
    return {
        "line": line.number,
        "item": line.item.code,
        "name": line.item.name,
        "state": lifecycle.state(now),
        "out": str(now.out),
        "handed_back": str(now.awaited),
    }


def quote_json(quote: Quote) -> dict[str, Any]:
    """One revision of the price."""
    return {
        "revision": quote.revision,
        "total_fen": quote.total_fen,
        "listed_fen": sum(_listed_fen(line) for line in quote.lines),
        "price_list_version": quote.price_list_version,
        "confirmed_at": _moment(quote.confirmed_at),
        "method": quote.method,
        "signer": quote.signer_name,
        "lines": [
            {
                "item": line.item,
                "description": line.description,
                "qty": str(line.qty),
                "unit_price_fen": line.unit_price_fen,
                "amount_fen": line.amount_fen,
            }
            for line in quote.lines
        ],
    }


def _listed_fen(line: QuoteLine) -> int:
    priced = Line(
        code=line.item,
        description=line.description,
        qty=line.qty,
        unit_price_fen=line.unit_price_fen,
        owner_supplied=line.owner_supplied,
    )
    return priced.listed_fen


def run_json(session: Session, order: WorkOrder) -> list[dict[str, Any]]:
    """All results so far; `evidence_pending` while a named photo has not arrived."""
    return _run(runs.results_of(session, order.id), evidence.held(session, order.id))


def _run(recorded: Sequence[StepResult], held: Held) -> list[dict[str, Any]]:
    arrived = {sha for _step, _tag, sha in held}
    return [
        {
            "step": row.step,
            "attempt": row.attempt,
            "status": row.status,
            "band": row.band,
            "answer": row.answer,
            "photos": row.photos,
            "text": row.text,
            "reason": row.reason,
            "recorded_at": _moment(row.device_at),
            "evidence_pending": any(photo["sha256"] not in arrived for photo in row.photos),
        }
        for row in recorded
    ]


def _moment(value: Any) -> str | None:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if value else None
