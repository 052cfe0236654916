"""`--auto`: a technician who carries out every order that comes, one at a time.

What to do next is read from the store each time, never remembered, so a restart goes on where
the work stood. Chance is drawn from the order and the step, so a fault found is found again.
"""

import random
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

from checklists.evaluate import Answer, Refused, judge, missing, next_steps
from checklists.run import Run
from reference_handheld import held_orders, outgoing, photos, pricing
from reference_handheld.actions import Action, Picture, perform
from reference_handheld.answers import entry
from reference_handheld.speech import Say
from reference_handheld.store import HeldOrder, Store
from reference_handheld.times import Clock
from reference_handheld.work import Job, job

Decision = Action | Literal["wait"] | None
_MOST_ATTEMPTS = 6
_DISSATISFIED = 0.05
_NOTES = ("现场查勘,故障属实", "已查明故障,可当场维修", "与报修内容一致,需更换配件")


class Auto:
    """The worker of the demo's simulated technicians."""

    offline = False

    def __init__(
        self,
        store: Store,
        *,
        device: str,
        clock: Clock,
        seed: str,
        pace_s: float,
        say: Say,
    ) -> None:
        self._store = store
        self._device = device
        self._clock = clock
        self._seed = seed
        self._rng = random.Random()  # noqa: S311 - only the length of pauses
        self._pace_s = pace_s
        self._say = say
        self._next_at = 0.0
        self._looked_at = -1
        self._given_up: set[str] = set()
        self.idle = False

    def turn(self) -> bool:
        """Do the next thing, pause, and so on; a refused order is left alone."""
        if time.monotonic() < self._next_at or self._looked_at == self._store.changes:
            return False
        decision = self._decide()
        self.idle = decision is None
        if not isinstance(decision, Action):
            self._looked_at = self._store.changes
            return False
        perform(self._store, decision, device=self._device, clock=self._clock, seed=self._seed)
        self._next_at = time.monotonic() + self._rng.uniform(0.5, 1.5) * self._pace_s
        return self._pace_s == 0

    def _decide(self) -> Decision:
        """Receipts first (R-052), then the order in hand, then the next by appointment."""
        jobs = [self._job(order) for order in held_orders.held(self._store)]
        jobs.sort(key=lambda one: (_rank(one), one.order.snapshot.get("appointment_at") or ""))
        waiting = False
        for one in jobs:
            if one.refused:
                self._leave(one, "服务器拒绝了本单事件 the server refused an event of it")
                continue
            if one.number in self._given_up:
                continue
            decision = self._next(one)
            if isinstance(decision, Action):
                return decision
            waiting = waiting or decision == "wait"
            if decision == "wait" and _rank(one) == 1:
                return "wait"  # nobody is in two flats at once
        return "wait" if waiting else None

    def _next(self, one: Job) -> Decision:
        stages: dict[str, Callable[[Job], Decision]] = {
            "dispatched": self._take_on,
            "acknowledged": lambda one: _act(one, "order.arrived"),
            "on_site": self._inspect,
            "quoted": self._confirm_price,
            "in_progress": self._repair,
            "rework": self._repair,
            "awaiting_acceptance": self._try_out,
            "accepted": self._redo,
            "closed": self._redo,
            "escalated": self._redo,
        }
        decision = stages[one.state](one) if one.state in stages else None
        return "wait" if decision is None and one.behind else decision

    def _take_on(self, one: Job) -> Decision:
        return _act(one, "order.acknowledged" if one.said("order.opened") else "order.opened")

    def _inspect(self, one: Job) -> Decision:
        if not one.said("order.inspected"):
            note = self._fate(one, "note").choice(_NOTES)
            return _act(one, "order.inspected", {"note": note}, (Picture(tag="before"),))
        if one.order.snapshot.get("checklist") and one.run is None:
            return "wait"  # the template is on its way
        step = self._record_next(one)
        if step is not None or one.number in self._given_up:
            return step
        return self._quote(one)

    def _quote(self, one: Job) -> Decision:
        price_list = self._store.fact("price_list")
        if price_list is None:
            return "wait"
        lines = pricing.lines(price_list, str(one.order.snapshot.get("category")), one.run)
        total_fen = pricing.total_fen(price_list, lines)
        return _act(one, "order.quoted", {"lines": lines, "total_fen": total_fen})

    def _confirm_price(self, one: Job) -> Decision:
        data = {"method": "handheld_signature", "signer": _signer(one.order)}
        return _act(one, "quote.confirmed", data, signature="signature")

    def _repair(self, one: Job) -> Decision:
        if one.order.snapshot.get("checklist") and one.run is None:
            return "wait"
        if one.state == "rework" and one.order.snapshot["state"] != "rework":
            return "wait"  # the desk's answer says which steps are to be done again
        if one.state == "in_progress" and self._more_to_charge(one):
            return self._quote(one)
        step = self._record_next(one) or self._test_again(one)
        if step is not None or one.number in self._given_up:
            return step
        return self._finish(one)

    def _finish(self, one: Job) -> Decision:
        if one.waiting or one.behind or photos.waiting_count(self._store, one.number):
            return "wait"  # ready is refused while promised pictures are missing
        if one.run is not None and (lacking := missing(one.run, one.context)):
            words = ", ".join(f"{lack.step} {lack.tag or ''}".strip() for lack in lacking)
            self._leave(one, f"清单未完 the checklist lacks {words}")
            return None
        return _act(one, "order.ready")

    def _try_out(self, one: Job) -> Decision:
        if one.waiting or one.behind:
            return "wait"
        if one.context.rework_steps:
            return self._redo(one)
        fate = self._fate(one, f"trial-{one.rework_round}")
        if one.rework_round == 0 and fate.random() < _DISSATISFIED:
            return _act(one, "order.rejected", {"reason": "客户要求再检查一遍", "apology": True})
        data = {"signer": _signer(one.order), "comment": "试用正常"}
        return _act(one, "order.accepted", data, signature="signature")

    def _redo(self, one: Job) -> Decision:
        """What the reviewer sent back, and nothing else (R-005)."""
        return self._record_next(one, only=one.context.rework_steps)

    def _test_again(self, one: Job) -> Decision:
        """A customer was not satisfied: do the last test once more, whatever it showed before."""
        if one.state != "rework" or one.run is None or one.recorded_since_rejection:
            return None
        tests = [step.id for step in one.run.template.steps if step.test and one.run.last(step.id)]
        return self._record(one, one.run, tests[-1]) if tests else None

    def _record_next(self, one: Job, only: frozenset[str] | None = None) -> Decision:
        if one.run is None:
            return None
        for step_id in next_steps(one.run, one.context):
            if only is None or step_id in only:
                return self._record(one, one.run, step_id)
        return None

    def _record(self, one: Job, run: Run, step_id: str) -> Decision:
        _, step = run.find(step_id)
        last = run.last(step_id)
        attempt = 1 if last is None else last.attempt + 1
        typed = entry(step, run, attempt=attempt, fate=self._fate(one, f"{step_id}#{attempt}"))
        if typed is None or attempt > _MOST_ATTEMPTS:
            self._leave(one, f"{step_id}: 不会做 does not know how")
            return None
        answer = Answer(
            step=step_id,
            attempt=attempt,
            answer=typed.answer,
            text=typed.text,
            reason=typed.reason,
        )
        try:
            judge(run, answer, one.context)
        except Refused as refused:
            self._leave(one, f"{step_id}: {refused}")
            return None
        data: dict[str, Any] = {"step": step_id, "attempt": attempt, "answer": typed.answer}
        data |= {"text": typed.text} if typed.text else {}
        data |= {"reason": typed.reason} if typed.reason else {}
        pictures = tuple(Picture(tag=need.tag) for need in step.photos for _ in range(need.min))
        return _act(one, "step.recorded", data, pictures)

    def _more_to_charge(self, one: Job) -> bool:
        """Whether the work found since needs a line the customer has not agreed to (WO8)."""
        price_list = self._store.fact("price_list") or {}
        wanted = pricing.lines(price_list, str(one.order.snapshot.get("category")), one.run)
        return not {line["item"] for line in wanted} <= one.quoted_items

    def _leave(self, one: Job, why: str) -> None:
        if one.number not in self._given_up:
            self._given_up.add(one.number)
            self._say(f"! {one.number} 留待人工 left alone: {why}")

    def _fate(self, one: Job, what: str) -> random.Random:
        return random.Random(f"{self._seed} {one.number} {what}")  # noqa: S311 - imitates chance

    def _job(self, order: HeldOrder) -> Job:
        named = held_orders.templates_named(order.snapshot)
        found = [self._store.template(code, version) for code, version in named]
        templates = [template for template in found if template is not None]
        return job(
            order,
            outgoing.of_order(self._store, order.number, since_seq=order.since_seq),
            templates=templates if len(templates) == len(named) else (),
            kept_photos=photos.kept(self._store, order.number),
        )


def _rank(one: Job) -> int:
    """Unacknowledged orders first, then the one in hand, then those to come, then the rest."""
    return {"dispatched": 0, "acknowledged": 2, "accepted": 3, "closed": 3, "escalated": 3}.get(
        one.state, 1
    )


def _act(
    one: Job,
    type_: str,
    data: Mapping[str, Any] | None = None,
    pictures: tuple[Picture, ...] = (),
    *,
    signature: str | None = None,
) -> Action:
    return Action(
        type=type_,
        order=one.number,
        order_version=one.order.version,
        data=data or {},
        pictures=pictures,
        signature=signature,
    )


def _signer(order: HeldOrder) -> dict[str, str]:
    customer = order.snapshot.get("customer") or {}
    return {"name": str(customer.get("name") or "住户"), "relation": "owner"}
