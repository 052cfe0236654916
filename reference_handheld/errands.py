"""What a handheld fetches and brings over HTTP in passing: templates, prices, photos, receipts."""

import random
import time

from reference_handheld import held_orders, photos
from reference_handheld.http import Door, NotAuthorisedError, RefusedError, UnreachableError
from reference_handheld.speech import Say
from reference_handheld.store import Store
from reference_handheld.uploads import Uploads

_LONGEST_PAUSE_S = 30.0


class Errands:
    """At most one request a turn, so that the line is never left waiting for long."""

    def __init__(self, store: Store, door: Door, *, say: Say, rng: random.Random) -> None:
        self._store = store
        self._door = door
        self._say = say
        self._rng = rng
        self._uploads = Uploads(store, door, say=say)
        self._next_try = 0.0
        self._looked_at = -1
        self._pause_s = 0.5
        self._refused: set[str] = set()
        self._prices_asked = False

    def turn(self) -> bool:
        """Run one errand; True where there may be another at once.

        Raises NotAuthorisedError where the server no longer knows this device.
        """
        if time.monotonic() < self._next_try or self._looked_at == self._store.changes:
            return False
        try:
            busy = self._template() or self._prices() or self._uploads.turn() or self._receipt()
        except UnreachableError:
            self._next_try = time.monotonic() + self._rng.uniform(self._pause_s / 2, self._pause_s)
            self._pause_s = min(_LONGEST_PAUSE_S, self._pause_s * 2)
            return False
        self._pause_s = 0.5
        if not busy:
            self._looked_at = self._store.changes
        return busy

    def _template(self) -> bool:
        named = {
            template
            for order in held_orders.held(self._store)
            for template in held_orders.templates_named(order.snapshot)
        }
        for code, version in sorted(named):
            what = f"{code} v{version}"
            if what in self._refused or self._store.template(code, version) is not None:
                continue
            try:
                self._store.keep_template(code, version, self._door.checklist(code, version))
            except NotAuthorisedError:
                raise
            except RefusedError as refused:
                self._give_up(what, refused)
            return True
        return False

    def _prices(self) -> bool:
        """Once per start: a price list may have a newer version."""
        if self._prices_asked:
            return False
        try:
            self._store.remember("price_list", self._door.price_list())
        except NotAuthorisedError:
            raise
        except RefusedError as refused:
            self._give_up("价目表 price list", refused)
            if self._store.fact("price_list") is None:
                self._store.remember("price_list", {"version": None, "items": []})
        self._prices_asked = True
        return True

    def _receipt(self) -> bool:
        """Ask what the server really holds, and free only that."""
        for number in photos.orders_to_confirm(self._store):
            if number in self._refused:
                continue
            try:
                receipt = self._door.receipt(number)
            except NotAuthorisedError:
                raise
            except RefusedError as refused:
                self._give_up(number, refused)
                return True
            held_by_server = {photo["sha256"] for photo in receipt.get("photos", ())}
            freed, again = photos.confirm(self._store, number, held_by_server)
            if again:
                self._say(f"! {number}: 服务器缺 {again} 张照片,重传 {again} photos missing there")
            if freed:
                self._say(f"← {number}: 服务器已确认 {freed} 张照片 {freed} photos confirmed")
            return True
        return False

    def _give_up(self, what: str, refused: RefusedError) -> None:
        """Not asked for again in this run; a restart asks anew."""
        self._refused.add(what)
        self._say(f"! {what}: {refused}")
