"""What a finished job leaves behind: results, photos, price, signature, used material."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from uuid_utils.compat import uuid7

from demo.year.answers import Answered
from demo.year.calendar import Month
from demo.year.photos import HEIGHT_PX, SIGNATURE_PX, WIDTH_PX, signed, told_apart
from demo.year.slip import Slip
from demo.year.writing import By, Numbers, Sheaf
from server.checklist_runs.models import StepResult
from server.deadlines.policy import working_days_after
from server.evidence.models import Photo
from server.quality.models import Assessment, CorrectiveAction, Review
from server.residents.models import CustomerRating
from server.search import index
from server.stores.models import CustodyEntry, StockItem, StockLine, StockMovement
from server.work_orders.models import Quote, QuoteLine, Signature

#: Share of orders that are rated by the customer.
_ASKED_AGAIN = 0.08
#: So many of an item come when its shelf is down to the minimum.
_REFILL = Decimal(200)


class Jobs:
    """Writes what belongs to an order that was done."""

    def __init__(
        self,
        *,
        reviewer: By,
        storekeeper: By,
        steps: Mapping[str, Sequence[Answered]],
        stock: Mapping[str, StockItem],
        numbers: Numbers,
        scenes: Sequence[bytes],
        strokes: Sequence[bytes],
        dice: random.Random,
    ) -> None:
        self._reviewer, self._storekeeper = reviewer, storekeeper
        self._steps, self._items, self._numbers = steps, stock, numbers
        self._scenes, self._strokes, self._dice = scenes, strokes, dice
        #: (sha256, bytes) of photos that are not on disk yet
        self.files: list[tuple[str, bytes]] = []
        #: item -> how many lie in the warehouse
        self.shelves = {item.id: item.stock_qty for item in stock.values()}

    def evidence(self, sheaf: Sheaf, order: Mapping[str, Any], slip: Slip) -> None:
        """The checklist's answers, two photos, and what QA and the customer thought of it."""
        dice, steps = self._dice, self._steps[slip.call.category]
        moments = {**slip.moments, "finished_at": slip.goes.ready_at[0]}
        span = (moments["finished_at"] - moments["inspected_at"]) / max(1, len(steps))
        for place, one in enumerate(steps):
            self._result(sheaf, order, one, place + 1, 1, moments["inspected_at"] + span * place)
        # Whatever the customer was dissatisfied with is tried once more each time (WO16).
        for again, at in enumerate(slip.goes.ready_at[1 : 1 + slip.rounds] if steps else (), 1):
            if at <= slip.now:
                self._result(sheaf, order, steps[-1], len(steps) + again, 1 + again, at)
        for tag, name in (("before", "inspected_at"), ("after", "finished_at")):
            scene = dice.choice(self._scenes)
            copy = told_apart(scene, f"{order['number']} {tag}")
            step = steps[0].step if steps else ""
            self._photo(sheaf, order, copy, tag, step, moments[name])
        sheaf.add(
            Assessment,
            order_id=order["id"],
            estate_id=sheaf.estate_id,
            score=0,
            findings=[],
            must_review=False,
            sampled=slip.qa in {"passed", "failed", "chosen"},
            share_percent=10,
            draw=dice.randrange(10_000),
            assessed_at=slip.updated_at,
        )
        if slip.state != "closed":
            return
        if slip.reviewed_at is not None:
            self._reviewed(sheaf, order, slip, slip.reviewed_at)
        if dice.random() < _ASKED_AGAIN:
            stars = dice.choices((5, 4, 3, 2, 1), (60, 22, 9, 5, 4))[0]
            sheaf.add(
                CustomerRating,
                id=uuid7(),
                estate_id=sheaf.estate_id,
                order_id=order["id"],
                timeliness=stars,
                attitude=stars,
                quality=stars,
                comment=None,
                at=moments["closed_at"] + dt.timedelta(hours=5),
            )

    def _reviewed(
        self, sheaf: Sheaf, order: Mapping[str, Any], slip: Slip, at: dt.datetime
    ) -> None:
        """What QA found (QA2); where it failed, what is put right by when, and verified (QA3)."""
        review_id, failed = uuid7(), slip.qa == "failed"
        sheaf.register(
            index.REVIEW,
            Review,
            id=review_id,
            estate_id=sheaf.estate_id,
            number=self._numbers.next("QC", slip.number[3:9]),
            order_id=slip.id,
            outcome=slip.qa,
            findings=[{"step": self._last_step(slip), "reason": "照片看不清"}] if failed else [],
            order_version=order["version"],
            technician_id=order["technician_id"],
            reviewer_id=self._reviewer.id,
            reviewed_at=at,
        )
        if not failed:
            return
        done = at + dt.timedelta(days=self._dice.uniform(1, 5))
        verified = done + dt.timedelta(days=self._dice.uniform(0.5, 4))
        sheaf.add(
            CorrectiveAction,
            id=uuid7(),
            estate_id=sheaf.estate_id,
            order_id=slip.id,
            inspection_id=None,
            review_id=review_id,
            text="补拍维修后照片,班前会讲评",
            owner_id=slip.technician.id,
            due_on=working_days_after(at.date(), 5),
            done_by=slip.technician.id if done <= slip.now else None,
            done_at=done if done <= slip.now else None,
            verified_by=self._reviewer.id if verified <= slip.now else None,
            verified_at=verified if verified <= slip.now else None,
        )

    def _last_step(self, slip: Slip) -> str:
        steps = self._steps[slip.call.category]
        return steps[-1].step if steps else ""

    def _result(
        self,
        sheaf: Sheaf,
        order: Mapping[str, Any],
        one: Answered,
        position: int,
        attempt: int,
        at: dt.datetime,
    ) -> None:
        sheaf.add(
            StepResult,
            id=uuid7(),
            order_id=order["id"],
            position=position,
            step=one.step,
            attempt=attempt,
            status=one.status,
            answer=one.answer,
            photos=[],
            device_id="hh-year",
            device_at=at,
            server_at=at,
        )

    def _photo(
        self,
        sheaf: Sheaf,
        order: Mapping[str, Any],
        copy: tuple[str, bytes],
        tag: str,
        step: str,
        at: dt.datetime,
    ) -> None:
        """One picture (sha256, bytes) of an order, on disk with the next month's."""
        is_signature = tag == "signature"
        width_px, height_px = SIGNATURE_PX if is_signature else (WIDTH_PX, HEIGHT_PX)
        self.files.append(copy)
        sheaf.add(
            Photo,
            id=uuid7(),
            estate_id=sheaf.estate_id,
            sha256=copy[0],
            order_id=order["id"],
            order_number=order["number"],
            step=step,
            tag=tag,
            media_type="image/png" if is_signature else "image/jpeg",
            size_bytes=len(copy[1]),
            width_px=width_px,
            height_px=height_px,
            taken_at=at,
            received_at=at,
            keep_place=False,
            state="processed",
            flags=[],
            sharpness=400,
            brightness=140,
            due_at=at,
            tries=0,
        )

    def quoted(self, sheaf: Sheaf, slip: Slip) -> None:
        """The price, and that it was agreed on where it was by now."""
        if not slip.items:
            return
        quote_id, confirmed = uuid7(), slip.passed("quote_confirmed_at")
        sheaf.add(
            Quote,
            id=quote_id,
            order_id=slip.id,
            revision=1,
            price_list_version=slip.items[0].list_version,
            total_fen=slip.listed_fen,
            quoted_at=slip.moments["quoted_at"],
            confirmed_at=slip.moments["quote_confirmed_at"] if confirmed else None,
            method="phone" if confirmed else None,
            signer_name=slip.call.resident.name if confirmed else None,
            signature_sha256=None,
        )
        for place, item in enumerate(slip.items, 1):
            sheaf.add(
                QuoteLine,
                id=uuid7(),
                quote_id=quote_id,
                position=place,
                item=item.code,
                description=item.name_zh,
                qty=Decimal(1),
                unit_price_fen=item.price_fen,
                amount_fen=0 if slip.call.covered else item.price_fen,
                owner_supplied=False,
            )

    def signed(self, sheaf: Sheaf, order: Mapping[str, Any], slip: Slip) -> None:
        """The customer's signature at the end."""
        sha256, content = signed(self._dice.choice(self._strokes), f"{slip.number} signed")
        at = slip.moments["accepted_at"]
        sheaf.add(
            Signature,
            id=uuid7(),
            order_id=slip.id,
            kind="acceptance",
            signer_name=slip.call.resident.name,
            relation="owner",
            sha256=sha256,
            signed_at=at,
            covers_results=len(self._steps[slip.call.category]) + slip.rounds,
        )
        self._photo(sheaf, order, (sha256, content), "signature", "", at)

    def stock(self, sheaf: Sheaf, month: Month, slip: Slip) -> None:
        """What was drawn for it and used up."""
        moments, technician = slip.moments, slip.technician
        for item in slip.materials:
            stock = self._items.get(item.code)
            if stock is None:
                continue
            line_id, one = uuid7(), Decimal(1)
            issued_at = moments["acknowledged_at"]
            if self.shelves[stock.id] <= stock.minimum_qty:
                self._moved(sheaf, stock, _REFILL, "receipt", None, issued_at)
            sheaf.register(
                index.STOCK_LINE,
                StockLine,
                id=line_id,
                estate_id=sheaf.estate_id,
                number=self._numbers.next("LJ", month.key),
                order_id=slip.id,
                item_id=stock.id,
                technician_id=technician.id,
                requested_qty=one,
                issued_qty=one,
                used_qty=one,
                returned_qty=Decimal(0),
                lost_qty=Decimal(0),
                handed_back_qty=Decimal(0),
                requested_at=issued_at,
                issued_at=issued_at,
                issued_by=self._storekeeper.id,
            )
            self._moved(sheaf, stock, -one, "issue", line_id, issued_at)
            for reason, qty, name in (
                ("issued", one, "acknowledged_at"),
                ("used", -one, "started_at"),
            ):
                sheaf.add(
                    CustodyEntry,
                    id=uuid7(),
                    estate_id=sheaf.estate_id,
                    holder_id=technician.id,
                    kind="material",
                    item_id=stock.id,
                    description=stock.name,
                    qty=qty,
                    reason=reason,
                    line_id=line_id,
                    order_id=slip.id,
                    by_id=self._storekeeper.id,
                    at=moments[name],
                )

    def _moved(
        self,
        sheaf: Sheaf,
        stock: StockItem,
        qty: Decimal,
        reason: str,
        line_id: uuid.UUID | None,
        at: dt.datetime,
    ) -> None:
        """Something came to its shelf or left it."""
        self.shelves[stock.id] += qty
        sheaf.add(
            StockMovement,
            id=uuid7(),
            estate_id=sheaf.estate_id,
            item_id=stock.id,
            qty=qty,
            balance_qty=self.shelves[stock.id],
            reason=reason,
            line_id=line_id,
            by_id=self._storekeeper.id,
            at=at,
        )
