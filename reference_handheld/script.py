"""`--script FILE`: a JSON list of actions and waits, carried out once, also over a kill.

The place in the script is stored in the same transaction as the event an action makes, so a
killed handheld goes on with the next action and never repeats one. The format is described in
docs/integrating-a-handheld.md.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reference_handheld import held_orders, outgoing, photos
from reference_handheld.actions import Action, Picture, perform
from reference_handheld.envelope import TooLargeError
from reference_handheld.speech import Say
from reference_handheld.store import HeldOrder, Store
from reference_handheld.worker import AdjustableClock

EVENTS = {
    "open": "order.opened",
    "acknowledge": "order.acknowledged",
    "set_out": "order.set_out",
    "return": "order.returned",
    "arrive": "order.arrived",
    "inspect": "order.inspected",
    "quote": "order.quoted",
    "request_price": "price.requested",
    "confirm_quote": "quote.confirmed",
    "record": "step.recorded",
    "suspend": "order.suspended",
    "resume": "order.resumed",
    "ready": "order.ready",
    "accept": "order.accepted",
    "reject": "order.rejected",
    "refuse_signature": "signature.refused",
    "cancel": "order.cancel_requested",
    "hazard": "hazard.alarm",
    "stock": "stock.requested",
    "use_stock": "stock.used",
    "lose_stock": "stock.lost",
    "hand_back_stock": "stock.handed_back",
    "damage": "damage.reported",
    "incident": "incident.reported",
    "hand_over_shift": "shift.handed_over",
}
_WITHOUT_ORDER = frozenset({"incident.reported", "shift.handed_over"})
_SIGNED = {"quote.confirmed": "signature", "order.accepted": "signature"}
_OWN_KEYS = frozenset({"do", "order", "photos", "type", "data", "order_version"})


class ScriptError(Exception):
    """The script cannot be carried out; the message names the item and what is wrong with it."""


class Script:
    """A worker that does what the file says. `load` reads and checks it."""

    def __init__(
        self,
        items: Sequence[Mapping[str, Any]],
        digest: str,
        folder: Path,
        store: Store,
        *,
        device: str,
        clock: AdjustableClock,
        seed: str,
        say: Say,
    ) -> None:
        self._items = items
        self._digest = digest
        self._folder = folder
        self._store = store
        self._device = device
        self._clock = clock
        self._seed = seed
        self._say = say
        self._paused_until: float | None = None
        if self._place().get("digest") != digest:
            self._store.remember("script", {"digest": digest, "at": 0})

    @classmethod
    def load(cls, path: Path, store: Store, **options: Any) -> "Script":
        """Read a script; raises ScriptError where it is not one."""
        body = path.read_bytes()
        try:
            items = json.loads(body)
        except ValueError as error:
            raise ScriptError(f"不是 JSON not JSON: {error}") from error
        if not isinstance(items, list):
            raise ScriptError("应为列表 must be a list of actions")
        for place, item in enumerate(items):
            _check(place, item)
        return cls(items, hashlib.sha256(body).hexdigest(), path.parent, store, **options)

    @property
    def offline(self) -> bool:
        return bool(self._place().get("offline"))

    @property
    def idle(self) -> bool:
        return int(self._place()["at"]) >= len(self._items)

    def turn(self) -> bool:
        """Carry out the next item, if what it waits for has come."""
        at = int(self._place()["at"])
        if at >= len(self._items):
            return False
        item = self._items[at]
        if "wait_for" in item:
            if not self._has_come(item):
                return False
            self._go_on(at)
            return True
        if item["do"] == "pause" and not self._pause_is_over(float(item["seconds"])):
            return False
        try:
            self._do(at, item)
        except (OSError, TooLargeError, ScriptError) as error:
            raise ScriptError(f"第 {at + 1} 项 item {at + 1}: {error}") from error
        return True

    def _do(self, at: int, item: Mapping[str, Any]) -> None:
        word = item["do"]
        with self._store.transaction():
            if word in {"offline", "online"}:
                self._go_on(at, offline=word == "offline")
                self._say("! 无网络 offline" if word == "offline" else "! 恢复网络 online")
                return
            if word == "clock":
                self._clock.set(fast_s=float(item["fast_s"]), say=self._say)
            elif word == "say":
                self._say(str(item["text"]))
            elif word != "pause":
                event = perform(
                    self._store,
                    self._action(item),
                    device=self._device,
                    clock=self._clock,
                    seed=self._seed,
                )
                self._go_on(at, last_event=event.seq)
                return
            self._go_on(at)

    def _action(self, item: Mapping[str, Any]) -> Action:
        type_ = EVENTS.get(item["do"]) or str(item["type"])
        order = None if type_ in _WITHOUT_ORDER else self._order(item)
        data = dict(item.get("data") or {})
        data |= {key: value for key, value in item.items() if key not in _OWN_KEYS}
        if type_ == "step.recorded" and "attempt" not in data and order is not None:
            data["attempt"] = _next_attempt(self._store, order, str(data["step"]))
        signature = _SIGNED.get(type_)
        if signature in data or data.get("method", "handheld_signature") != "handheld_signature":
            signature = None
        return Action(
            type=type_,
            order=order.number if order else None,
            order_version=item.get("order_version", order.version if order else None),
            data=data,
            pictures=tuple(self._picture(wanted) for wanted in item.get("photos", ())),
            signature=signature,
        )

    def _order(self, item: Mapping[str, Any]) -> HeldOrder:
        """The order named, else the one of the latest wait, else the first held."""
        held = held_orders.held(self._store)
        wanted = item.get("order") or self._place().get("order")
        for order in held:
            if wanted in {None, order.number}:
                return order
        raise ScriptError(f"本机没有工单 no such order on this handheld: {wanted or ''}")

    def _picture(self, wanted: Any) -> Picture:
        if isinstance(wanted, str):
            return Picture(tag=wanted)
        file = wanted.get("file")
        return Picture(tag=wanted["tag"], file=self._folder / file if file else None)

    def _has_come(self, item: Mapping[str, Any]) -> bool:
        waits: dict[str, Callable[[], bool]] = {
            "order": lambda: self._order_has_come(item),
            "gone": lambda: (
                not any(
                    order.number == (item.get("order") or self._place().get("order"))
                    for order in held_orders.held(self._store)
                )
            ),
            "state": lambda: self._order(item).snapshot["state"] == item["is"],
            "answers": lambda: outgoing.waiting_count(self._store) == 0,
            "uploads": lambda: photos.waiting_count(self._store) == 0,
            "outcome": lambda: self._last_outcome() == item["is"],
        }
        try:
            return waits[item["wait_for"]]()
        except ScriptError:
            return False  # the order is not here, or not yet

    def _order_has_come(self, item: Mapping[str, Any]) -> bool:
        """An order is held, of the category where one is named; it becomes the current one."""
        for order in held_orders.held(self._store):
            if item.get("category") in {None, order.snapshot.get("category")} and item.get(
                "order"
            ) in {None, order.number}:
                self._store.remember("script", self._place() | {"order": order.number})
                return True
        return False

    def _last_outcome(self) -> str | None:
        seq = self._place().get("last_event")
        return None if seq is None else outgoing.outcome_of(self._store, int(seq))

    def _pause_is_over(self, seconds: float) -> bool:
        if self._paused_until is None:
            self._paused_until = time.monotonic() + seconds
        if time.monotonic() < self._paused_until:
            return False
        self._paused_until = None
        return True

    def _place(self) -> dict[str, Any]:
        return dict(self._store.fact("script") or {})

    def _go_on(self, at: int, **changes: Any) -> None:
        self._store.remember("script", self._place() | changes | {"at": at + 1})


def _next_attempt(store: Store, order: HeldOrder, step: str) -> int:
    """One more than the highest attempt that the snapshot or this handheld knows."""
    results = order.snapshot.get("run") or ()
    known = [int(result["attempt"]) for result in results if result["step"] == step]
    for event in outgoing.of_order(store, order.number, since_seq=order.since_seq):
        data = event.data
        if data.get("step") == step and event.outcome not in {"rejected", "recorded"}:
            known.append(int(data["attempt"]))
    return max(known, default=0) + 1


_NEEDS = {
    "record": ("step", "answer"),
    "pause": ("seconds",),
    "clock": ("fast_s",),
    "say": ("text",),
    "send": ("type",),
}
_WAITS = {
    "order": (),
    "gone": (),
    "state": ("is",),
    "answers": (),
    "uploads": (),
    "outcome": ("is",),
}


def _check(place: int, item: Any) -> None:
    where = f"第 {place + 1} 项 item {place + 1}"
    if not isinstance(item, dict) or ("do" in item) == ("wait_for" in item):
        raise ScriptError(f"{where}: 需有 do 或 wait_for needs either do or wait_for")
    if "wait_for" in item:
        known: Mapping[str, tuple[str, ...]] = _WAITS
        word = item["wait_for"]
    else:
        plain = dict.fromkeys([*EVENTS, "offline", "online"], ())
        known = plain | _NEEDS
        word = item["do"]
    if word not in known:
        raise ScriptError(f"{where}: 不认识 unknown {word!r}; {', '.join(sorted(known))}")
    lacking = [name for name in known[word] if name not in item]
    if lacking:
        raise ScriptError(f"{where}: {word} 缺 lacks {', '.join(lacking)}")
