"""What comes down, over either door: snapshots, replies, sync results and commands, stored first.

Nothing here trusts order or uniqueness: late, repeated and foreign messages leave no trace.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reference_handheld import held_orders, outgoing, speech
from reference_handheld.envelope import Message
from reference_handheld.speech import Say
from reference_handheld.store import Store
from reference_handheld.times import Clock, from_wire

SKEW_SHOWN_S = 120
NOTICES_REMEMBERED = 1000


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What the line has to do about a message, beyond what was stored."""

    synced: bool = False
    sync_wanted: bool = False
    send_from_seq: int | None = None
    wiped: bool = False


class Inbox:
    """Stores what the server says. `receive` is the only way in."""

    def __init__(self, store: Store, *, say: Say, clock: Clock) -> None:
        self._store = store
        self._say = say
        self._clock = clock

    def receive(self, message: Message) -> Effect:
        """Store one message; a second time it changes nothing."""
        data = message.data
        known: dict[str, Callable[[], Effect]] = {
            "order.snapshot": lambda: self._snapshot(data),
            "order.withdrawn": lambda: self._withdrawn(message),
            "sync.result": lambda: self._sync_result(data),
            "device.wipe": self._wipe,
            "device.sync": lambda: Effect(sync_wanted=True),
            "device.notice": lambda: self._notice(message),
        }
        if message.type in known:
            return known[message.type]()
        if "event" in data and "outcome" in data:
            return self._reply(data)
        return Effect()  # a newer server may say things this handheld has no use for

    def _snapshot(self, data: Mapping[str, Any]) -> Effect:
        if held_orders.take(self._store, data):
            self._say(
                f"← {data['number']} v{data['version']} {data.get('state')}"
                f" {data.get('category') or ''} 工单 order"
            )
        return Effect()

    def _notice(self, message: Message) -> Effect:
        """Show a notice once: it may come over MQTT, and again with every list over HTTP."""
        shown: list[str] = self._store.fact("notices") or []
        if message.id in shown:
            return Effect()
        if message.id is not None:
            self._store.remember("notices", [*shown, message.id][-NOTICES_REMEMBERED:])
        text = message.data.get("text", dict(message.data))
        self._say(f"! 通知 notice: {speech.text(text)}")
        return Effect()

    def _withdrawn(self, message: Message) -> Effect:
        number, data = message.subject or str(message.data.get("number", "")), message.data
        if held_orders.put_away(self._store, number):
            reason = speech.text(data.get("reason") or "")
            self._say(f"← {number} 已撤回 withdrawn: {reason}")
        return Effect()

    def _sync_result(self, data: Mapping[str, Any]) -> Effect:
        # Without its list a result must not put everything away: a KeyError says it is unreadable.
        store, epoch, listed = self._store, data["epoch"], set(data["orders"])
        restored = store.fact("epoch") not in (None, epoch)
        with store.transaction():
            store.remember("epoch", epoch)
            held_orders.first_epoch(store)
            gone = [] if restored else held_orders.keep_only(store, listed)
            expected_seq = data.get("expected_seq")
            again = 0
            if isinstance(expected_seq, int):
                again = outgoing.send_again_from(store, expected_seq)
        for number in gone:
            self._say(f"← {number} 不再属于本机 no longer on this handheld")
        if again:
            self._say(f"← 从 {expected_seq} 起重发 sending again from {expected_seq}")
        if restored:
            self._say("← 服务器已恢复备份,重新同步 the server was restored; asking again")
        # Snapshots of the old epoch no longer count, so the question is put once more.
        return Effect(
            synced=not restored,
            sync_wanted=restored,
            send_from_seq=expected_seq if again else None,
        )

    def _reply(self, data: Mapping[str, Any]) -> Effect:
        self._learn_skew(data.get("server_time"))
        if data["outcome"] == "out_of_order":
            return self._out_of_order(data.get("expected_seq"))
        event = outgoing.settle(self._store, data, at=self._clock())
        if event is None:
            return Effect()
        line = f"← {event.seq} {event.subject or ''} {speech.outcome(str(data['outcome']))}"
        first = data.get("first_outcome")
        if first:
            line += f" ({speech.outcome(first)})"
        if event.outcome == "rejected":
            line += f": {speech.event(event.type, event.data)}: {speech.reason(event.problem)}"
        self._say(line)
        return Effect()

    def _out_of_order(self, expected_seq: Any) -> Effect:
        if not isinstance(expected_seq, int):
            return Effect()
        if not outgoing.holds(self._store, expected_seq):
            self._say(
                f"! 服务器要第 {expected_seq} 号,本机已无此事件,请重新配对"
                f" the server wants event {expected_seq}, which is no longer here: pair again"
            )
            return Effect()
        if outgoing.outcome_of(self._store, expected_seq) is not None:
            outgoing.send_again_from(self._store, expected_seq)
        return Effect(send_from_seq=expected_seq)

    def _wipe(self) -> Effect:
        self._store.wipe()
        self._say("! 服务器要求清除,本机数据已全部删除 wiped on the server's order")
        return Effect(wiped=True)

    def _learn_skew(self, server_time: Any) -> None:
        """Show how far this clock is off. Event times stay as the clock gave them (P-18)."""
        try:
            at: datetime = from_wire(str(server_time))
        except ValueError:
            return
        skew_s = round((self._clock() - at).total_seconds())
        before = self._store.fact("skew_s")
        if before is None or abs(skew_s - before) > 1:
            self._store.remember("skew_s", skew_s)
        if abs(skew_s) > SKEW_SHOWN_S and abs(before or 0) <= SKEW_SHOWN_S:
            self._say(f"! 本机时钟偏差 {skew_s} 秒 this clock is {skew_s} s off the server's")
