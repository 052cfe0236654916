"""What both doors of the test's office have in common: numbers in order, ids known, no rules."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any


class Desk:
    """The books of a server of one person. Look at them under `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.epoch = "first"
        self.orders: dict[str, dict[str, Any]] = {}
        self.applied: list[dict[str, Any]] = []
        self.received: Counter[str] = Counter()
        self.refuse: Callable[[dict[str, Any]], bool] = lambda _event: False

    def restore_backup(self, *, keep: int) -> None:
        """Forget all but the first `keep` events, as a restored server does."""
        with self.lock:
            self.applied = self.applied[:keep]
            self.epoch = "restored"

    def types(self) -> list[str]:
        with self.lock:
            return [event["type"] for event in self.applied]

    def sync_result(self) -> dict[str, Any]:
        return {
            "epoch": self.epoch,
            "orders": list(self.orders),
            "expected_seq": len(self.applied) + 1,
        }

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        """Take an event and say what became of it."""
        self.received[event["id"]] += 1
        reply: dict[str, Any] = {"event": event["id"], "server_time": now(), "order_version": 1}
        expected_seq = len(self.applied) + 1
        if event["id"] in {known["id"] for known in self.applied}:
            return reply | {"outcome": "duplicate", "first_outcome": "applied"}
        if event["seq"] != expected_seq:
            return reply | {"outcome": "out_of_order", "expected_seq": expected_seq}
        self.applied.append(event)
        if self.refuse(event):
            problem = {"title": "refused", "detail": "不可以; Not allowed", "rule": "R-056"}
            return reply | {"outcome": "rejected", "problem": problem}
        return reply | {"outcome": "applied"}


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
