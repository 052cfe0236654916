"""The loop of a running handheld: the line, the errands, the technician, in one thread."""

import random
import threading
import time
from datetime import timedelta

from reference_handheld import held_orders, outgoing, photos
from reference_handheld.actions import Action, perform
from reference_handheld.errands import Errands
from reference_handheld.http import Door, NotAuthorisedError
from reference_handheld.http_line import HttpLine
from reference_handheld.inbox import Inbox
from reference_handheld.link import Link
from reference_handheld.speech import Say
from reference_handheld.store import Pairing, Store
from reference_handheld.times import Clock
from reference_handheld.worker import Worker

WAIT_S = 0.2
MQTT_FAILURES_BEFORE_HTTP = 3
EXIT_DONE, EXIT_WIPED, EXIT_UNPAIRED = 0, 3, 4
_TIDY_EVERY = timedelta(hours=1)


class Program:
    """One paired handheld at work. `run` returns the exit code."""

    def __init__(
        self,
        store: Store,
        pairing: Pairing,
        worker: Worker,
        *,
        say: Say,
        clock: Clock,
        seed: str,
        http_only: bool = False,
        until_idle: bool = False,
    ) -> None:
        door = Door(pairing)
        rng = random.Random()  # noqa: S311 - pauses between attempts; no two handhelds the same
        inbox = Inbox(store, say=say, clock=clock)
        self._store = store
        self._pairing = pairing
        self._worker = worker
        self._say = say
        self._clock = clock
        self._seed = seed
        self._http_only = http_only
        self._until_idle = until_idle
        self._link = Link(store, pairing, inbox, say=say, clock=clock, rng=rng)
        self._http = HttpLine(store, door, inbox, say=say)
        self._errands = Errands(store, door, say=say, rng=rng)
        self._busy = False
        self._next_tidy = 0.0
        self._looked_at = -1
        self.stopping = threading.Event()

    def run(self) -> int:
        """Work until told to stop, until idle where that was asked, or until wiped."""
        try:
            while not self.stopping.is_set():
                self._turn()
                if self._link.wiped or self._http.wiped:
                    return EXIT_WIPED
                if self._until_idle and self._idle():
                    return EXIT_DONE
        except NotAuthorisedError as refused:
            return self._shut_out(refused)
        finally:
            self._link.stop()
        return EXIT_DONE

    def _turn(self) -> None:
        wait_s = 0.0 if self._busy else WAIT_S
        if self._worker.offline:
            self._link.stop()
            self.stopping.wait(wait_s)
        else:
            self._talk(wait_s)
        if self._link.wiped or self._http.wiped:
            return
        if self._looked_at != self._store.changes:
            self._confirm_receipt()
            self._looked_at = self._store.changes
        busy_with_errands = not self._worker.offline and self._errands.turn()
        self._busy = self._worker.turn() or busy_with_errands
        self._tidy()

    def _talk(self, wait_s: float) -> None:
        """Speak MQTT; where that is blocked, or not wanted, speak HTTP."""
        if self._http_only:
            self.stopping.wait(wait_s)
            self._http.turn()
            return
        self._link.turn(wait_s)
        if self._link.up:
            self._http.up = False
            return
        blocked = self._link.failures >= MQTT_FAILURES_BEFORE_HTTP
        if blocked or self._link.not_authorised:
            self._http.turn()

    def _line_up(self) -> bool:
        return not self._worker.offline and (self._link.up or self._http.up)

    def _confirm_receipt(self) -> None:
        """Tell the desk, once, that an order is stored here; nothing depends on it."""
        for order in held_orders.held(self._store):
            if order.snapshot.get("state") != "dispatched":
                continue
            events = outgoing.of_order(self._store, order.number, since_seq=order.since_seq)
            if any(event.type == "order.received" for event in events):
                continue
            action = Action(type="order.received", order=order.number, order_version=order.version)
            perform(
                self._store,
                action,
                device=self._pairing.device,
                clock=self._clock,
                seed=self._seed,
            )

    def _tidy(self) -> None:
        if time.monotonic() >= self._next_tidy:
            outgoing.forget_old(self._store, at=self._clock())
            photos.forget_done(self._store)
            self._next_tidy = time.monotonic() + _TIDY_EVERY.total_seconds()

    def _idle(self) -> bool:
        return (
            self._line_up()
            and self._worker.idle
            and outgoing.waiting_count(self._store) == 0
            and photos.waiting_count(self._store) == 0
        )

    def _shut_out(self, refused: NotAuthorisedError) -> int:
        """The server no longer knows this device; wipe where it says so (P-19)."""
        if refused.orders_wipe:
            self._store.wipe()
            self._say("! 本机已被注销,数据已全部删除 revoked: everything here was deleted")
            return EXIT_WIPED
        self._say("! 设备令牌无效,请重新配对 the device token is no longer good: pair again")
        return EXIT_UNPAIRED
