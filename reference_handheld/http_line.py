"""The same conversation over HTTP alone, for networks that block MQTT: ask, send, wait, again."""

import time

from reference_handheld import envelope, held_orders, outgoing, speech
from reference_handheld.envelope import Message
from reference_handheld.http import (
    EVENTS_AT_ONCE,
    Door,
    NotAuthorisedError,
    RefusedError,
    UnreachableError,
)
from reference_handheld.inbox import Effect, Inbox
from reference_handheld.outgoing import StoredEvent
from reference_handheld.speech import Say
from reference_handheld.store import Store

ASK_EVERY_S = 3.0
BATCH_BYTES = 256 * 1024


class HttpLine:
    """Asks for the work list every few seconds and sends the queue whenever there is one."""

    def __init__(
        self, store: Store, door: Door, inbox: Inbox, *, say: Say, ask_every_s: float = ASK_EVERY_S
    ) -> None:
        self._store = store
        self._door = door
        self._inbox = inbox
        self._say = say
        self._ask_every_s = ask_every_s
        self._next_ask = 0.0
        self._next_send = 0.0
        self.up = False
        self.wiped = False

    def turn(self) -> None:
        """Ask and send where it is time. Raises NotAuthorisedError where the token is refused."""
        now = time.monotonic()
        try:
            if now >= self._next_ask:
                self._next_ask = now + self._ask_every_s
                self._ask()
            if self.up and now >= self._next_send:
                self._send()
        except UnreachableError as error:
            if self.up:
                self._say(f"! 连不上 cannot reach the server: {error}")
            self.up = False
        except NotAuthorisedError:
            raise
        except RefusedError as refused:
            self.up = False
            self._say(f"! {speech.reason(refused.problem) or refused}")

    def _ask(self) -> None:
        held_orders.begin_sync(self._store)
        found = self._door.orders()
        snapshots = [_snapshot(item) for item in found["items"]]
        for snapshot in snapshots:
            self._inbox.receive(snapshot)
        for notice in found.get("notices") or ():
            self._take(_notice(notice))
        result = {
            "epoch": found.get("epoch"),
            "orders": [snapshot.data["number"] for snapshot in snapshots],
            "expected_seq": found.get("expected_seq"),
        }
        effect = self._take(Message(type="sync.result", subject=None, data=result))
        self.up = effect.synced
        if effect.sync_wanted:
            self._next_ask = 0.0

    def _send(self) -> None:
        events = _batch(outgoing.waiting(self._store, limit=EVENTS_AT_ONCE))
        if not events:
            return
        for event in events:
            self._say(f"→ {event.seq} {event.subject or ''} {speech.event(event.type, event.data)}")
        for reply in self._door.send_events([event.body for event in events]):
            data = reply.get("data", reply)
            self._take(Message(type="reply", subject=None, data=data))
        if outgoing.waiting(self._store, limit=1) == events[:1]:
            self._next_send = time.monotonic() + self._ask_every_s
        else:
            self._next_ask = 0.0  # what was done shows in the work list

    def _take(self, message: Message) -> Effect:
        effect = self._inbox.receive(message)
        self.wiped = self.wiped or effect.wiped
        return effect


def _batch(events: list[StoredEvent]) -> list[StoredEvent]:
    """As many from the front as a slow network and a body limit take well; at least one."""
    size = 0
    taken: list[StoredEvent] = []
    for event in events:
        size += len(event.body)
        if taken and size > BATCH_BYTES:
            break
        taken.append(event)
    return taken


def _notice(item: dict[str, object]) -> Message:
    """A notice of the list as the command that MQTT would have brought, under the same id."""
    return Message(
        type="device.notice",
        subject=None,
        data={"text": item.get("text") or ""},
        id=str(item["id"]) if "id" in item else None,
    )


def _snapshot(item: dict[str, object]) -> Message:
    """An item of the list, whether it comes in its envelope or bare."""
    if "specversion" in item:
        return envelope.message(item)
    return Message(type="order.snapshot", subject=str(item["number"]), data=item)
