"""A handheld that somebody else wrote: paho-mqtt, requests, the official tus client, and nothing
of this project. It knows what docs/wire.md says and remembers what it hears."""

import base64
import datetime as dt
import hashlib
import io
import json
import time
from collections.abc import Callable
from typing import Any

import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from tests.acceptance.handheld_line import PATIENCE_S, SEND_AGAIN_S, TIMEOUT_S, Line, spelled


class Handheld(Line):
    """One paired device. `draw` gives the bytes of a new picture, or of a signature."""

    def __init__(self, url: str, draw: Callable[[str], bytes]) -> None:
        super().__init__(url)
        self.draw = draw
        self.attempts: dict[tuple[str, str], int] = {}

    # What goes up

    def event(self, kind: str, order: str | None = None, /, **data: Any) -> dict[str, Any]:
        """The next event in the numbering, in the queue; `at` (a moment) is its own time."""
        at = data.pop("at", None)
        self.seq += 1
        if order is not None:
            data.setdefault("order_version", self.orders[order]["version"])
        made = {**self.envelope(kind, order, data), "seq": self.seq}
        if at is not None:
            made["time"] = self.time(at)
        self.queue.append(made)
        return made

    def send(self, event: dict[str, Any], *, again: bool = False) -> dict[str, Any]:
        """Publish an event until its reply comes; the reply's data."""
        known = len(self.replies_to(event))
        assert again or not known
        deadline = time.monotonic() + 2 * PATIENCE_S
        while len(self.replies_to(event)) == known:
            assert time.monotonic() < deadline, f"no reply to {event}"
            self.publish("events", spelled(event))
            with self._changed:
                self._changed.wait_for(lambda: len(self.replies_to(event)) > known, SEND_AGAIN_S)
        reply: dict[str, Any] = self.replies_to(event)[known]
        if event in self.queue and reply["outcome"] != "out_of_order":
            self.queue.remove(event)
        return reply

    def does(self, kind: str, order: str | None = None, /, **data: Any) -> dict[str, Any]:
        """Do something that must be applied; off line it waits in the queue."""
        event = self.event(kind, order, **data)
        if not self.online:
            return event
        reply = self.send(event)
        assert reply["outcome"] == "applied", f"{kind} {data}: {reply}"
        if order is not None:
            self.catches_up(order, reply["order_version"])
        return reply

    def is_refused(self, kind: str, order: str, rule: str | None = None, /, **data: Any) -> Any:
        """Try something that must be rejected; the problem."""
        reply = self.send(self.event(kind, order, **data))
        assert reply["outcome"] == "rejected", f"{kind} {data}: {reply}"
        problem = reply["problem"]
        if rule is not None:
            assert problem.get("rule") == rule, problem
        return problem

    def catches_up(self, order: str, version: int) -> None:
        """Wait for the snapshot that shows what was applied, or for its going."""
        self.wait(
            lambda: order not in self.orders or self.orders[order]["version"] >= version,
            f"version {version} of {order}",
        )

    def flush(self) -> list[dict[str, Any]]:
        """Send the queue in its order; the replies."""
        return [self.send(event, again=True) for event in list(self.queue)]

    def post_events(self, events: list[Any]) -> requests.Response:
        """The other door: events over HTTP."""
        return self.http.post(f"{self.url}/field/v1/events", json=events, timeout=TIMEOUT_S)

    def ask(self, path: str) -> requests.Response:
        """Read something of `/field/v1`."""
        return self.http.get(f"{self.url}/field/v1{path}", timeout=TIMEOUT_S)

    def receipt(self, order: str) -> Any:
        """What the server says it holds."""
        answer = self.ask(f"/orders/{order}/receipt")
        assert answer.ok, answer.text
        return answer.json()

    # Pictures

    def uploads(
        self,
        order: str,
        tag: str,
        content: bytes | None = None,
        *,
        step: str = "",
        taken_at: dt.datetime | None = None,
    ) -> dict[str, str]:
        """Send a picture by tus; how an event names it. Raises Refused."""
        content = content if content is not None else self.draw(tag)
        named = {"sha256": hashlib.sha256(content).hexdigest(), "tag": tag}
        metadata = {
            "sha256": named["sha256"],
            "filetype": "image/png" if tag == "signature" else "image/jpeg",
            "order": order,
            "tag": tag,
            "taken_at": self.time(taken_at),
        }
        if step:
            metadata["step"] = step
        client = TusClient(
            f"{self.url}/field/v1/photos",
            headers={"Authorization": str(self.http.headers["Authorization"])},
        )
        uploader = client.uploader(file_stream=io.BytesIO(content), metadata=metadata)
        try:
            uploader.upload()
        except TusCommunicationError as refused:
            raise Refused(refused.status_code, json.loads(refused.response_content)) from None
        return named

    def records(
        self,
        order: str,
        step: str,
        answer: dict[str, Any] | None = None,
        *photos: str,
        **more: Any,
    ) -> dict[str, Any]:
        """Record a step with new pictures of these tags; it must be applied."""
        return self.does("step.recorded", order, **self.step(order, step, answer, *photos, **more))

    def cannot_record(
        self, order: str, step: str, answer: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        """Try a step that must be refused; the problem. Its attempt does not count."""
        data = self.step(order, step, answer, **more)
        self.attempts[order, step] -= 1
        return self.is_refused("step.recorded", order, **data)

    def step(
        self,
        order: str,
        step: str,
        answer: dict[str, Any] | None = None,
        *photos: str,
        **more: Any,
    ) -> dict[str, Any]:
        """The data of a step, its pictures uploaded where there is a network."""
        known = [row["attempt"] for row in self.orders[order]["run"] if row["step"] == step]
        attempt = max([*known, self.attempts.get((order, step), 0)]) + 1
        self.attempts[order, step] = attempt
        named = more.pop("named", [])
        named += [self.uploads(order, tag, step=step) for tag in photos]
        return {"step": step, "attempt": attempt, "answer": answer or {}, "photos": named, **more}

    def results(self, order: str) -> dict[tuple[str, int], str]:
        """(step, attempt) and what the server made of it, as the snapshot tells."""
        return {(row["step"], row["attempt"]): row["status"] for row in self.orders[order]["run"]}

    def bands(self, order: str) -> dict[tuple[str, int], str | None]:
        """(step, attempt) and the band in which a reading fell."""
        return {(row["step"], row["attempt"]): row["band"] for row in self.orders[order]["run"]}

    # A technician's routine

    def goes_there(self, order: str) -> None:
        """Take the order and arrive."""
        self.holds(order, state="dispatched")
        self.does("order.received", order)
        self.does("order.acknowledged", order)
        self.does("order.arrived", order)

    def inspects(self, order: str, note: str) -> None:
        """Look at the fault and take a picture of it."""
        self.does("order.inspected", order, note=note, photos=[self.uploads(order, "before")])

    def quotes(self, order: str, total_fen: int, *lines: str, **qty: str) -> None:
        """Name the price from the list."""
        wanted = [{"item": item, "qty": qty.get(item.replace("-", "_"), "1")} for item in lines]
        self.does("order.quoted", order, lines=wanted, total_fen=total_fen)

    def price_agreed(self, order: str, signer: str) -> str:
        """The customer signs the price; the sha256 of the signature."""
        signature = self.uploads(order, "signature")["sha256"]
        self.does(
            "quote.confirmed",
            order,
            method="handheld_signature",
            signer=signer,
            signature=signature,
        )
        return signature

    def signed_off(self, order: str, signer: str) -> str:
        """The customer tried it and signs; the sha256 of the signature."""
        signature = self.uploads(order, "signature")["sha256"]
        self.does(
            "order.accepted",
            order,
            signer={"name": signer, "relation": "owner"},
            signature=signature,
        )
        return signature


class Refused(Exception):
    """An upload that the server would not take."""

    def __init__(self, status: int, problem: Any) -> None:
        super().__init__(f"{status} {problem}")
        self.status, self.problem = status, problem


def tus_metadata(**values: str) -> str:
    """`Upload-Metadata` by hand."""
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items()
    )
