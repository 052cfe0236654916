"""Settling damage with the customer: the office's business alone (DM2, R-024, R-063, X-024)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import may
from server.alerts import operations as alerts
from server.errors import Denied, Invalid
from server.history import Actor
from server.incidents import lifecycle
from server.incidents.lifecycle import PARTS, DamageState, Said
from server.incidents.models import Damage
from server.incidents.queries import damages_of_order
from server.incidents.refusing import asked
from server.work_orders.models import WorkOrder
from server.work_orders.operations.moving import SUBJECT as ORDER

SUBJECT = "damage"


def assess(
    session: Session,
    damage: Damage,
    *,
    analysis: Mapping[str, str | None],
    claim_fen: int | None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """DM2: technology, cost, risk, opinion (X-024) and what the customer asks for.

    Parts may come one by one; once all four and the claim are known, negotiating begins.
    Raises Denied for whoever may name no amount (R-024, R-063).
    """
    _office_only(by)
    known = {**(damage.analysis or {}), **{part: text for part, text in analysis.items() if text}}
    known = {part: known[part] for part in PARTS if known.get(part)}
    claim = damage.claim_fen if claim_fen is None else claim_fen
    state = DamageState(damage.state)
    said = Said(analysis=known, claim_fen=claim)
    # What is being negotiated is not taken back: then nothing may be missing.
    under = state is DamageState.NEGOTIATING
    step = asked(lifecycle.DAMAGE, "negotiate" if under else "assess", state, said)
    damage.analysis, damage.claim_fen, damage.state = known, claim, step.target
    begun = lifecycle.next_state(lifecycle.DAMAGE, "negotiate", DamageState(damage.state))
    if begun is not None and not lifecycle.missing(begun, said):
        damage.state, damage.negotiated_by = begun.target, by.user_id
    _record(session, "damage.assessed", damage, by, at, {"analysis": known, "claim_fen": claim})


def settle(
    session: Session,
    order: WorkOrder,
    damage: Damage,
    *,
    amount_fen: int,
    agreement: str,
    signer_name: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """DM2: what was agreed, and who signed it for the customer; nought is an amount.

    Raises Denied for whoever may name no amount, Invalid for one above what was asked (R-024).
    """
    _office_only(by)
    said = Said(amount_fen=amount_fen, agreement=agreement, signer_name=signer_name)
    step = asked(lifecycle.DAMAGE, "settle", DamageState(damage.state), said)
    if damage.claim_fen is not None and amount_fen > damage.claim_fen:
        raise Invalid(
            "amount-above-claim",
            "不能超过客户提出的金额。",
            "That is more than the customer asks for.",
            rule="R-024",
            errors={"amount_fen": [f"≤ {damage.claim_fen}"]},
        )
    damage.state, damage.amount_fen = step.target, amount_fen
    damage.agreement, damage.signer_name = agreement, signer_name
    damage.settled_by, damage.settled_at = by.user_id, at
    data = {"amount_fen": amount_fen, "agreement": agreement, "signer_name": signer_name}
    _record(session, "damage.settled", damage, by, at, data)
    # On the order stands that it is over, not for how much.
    history.record(
        session,
        "damage.over",
        subject_kind=ORDER,
        subject=order.number,
        by=by,
        at=at,
        data={"damage": damage.number},
    )
    session.flush()
    if all(one.state == DamageState.SETTLED for one in damages_of_order(session, order.id)):
        alerts.resolve(
            session,
            subject_kind=ORDER,
            subject=order.number,
            kinds=["damage.reported"],
            at=at,
            how="settled",
        )


def _office_only(by: Actor) -> None:
    if not may("damage.settle", by.roles):
        raise Denied(
            "amounts-are-the-offices",
            "金额只能由客服经理或总物业经理处理。",
            "Amounts are for the CS manager or the general property manager alone.",
            rule="R-063",
        )


def _record(
    session: Session,
    kind: str,
    damage: Damage,
    by: Actor,
    at: dt.datetime,
    data: dict[str, Any],
) -> None:
    history.record(
        session, kind, subject_kind=SUBJECT, subject=damage.number, by=by, at=at, data=data
    )
