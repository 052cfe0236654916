"""An order as the technician stands before it: the server's snapshot plus what was done since.

Pure. The server's word is the snapshot; what this handheld has done and the snapshot does not
show yet is added on top, which is how work goes on without a network.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checklists.evaluate import judge
from checklists.run import Answer, Context, Photo, Refused, Result, Run
from checklists.template import Template
from checklists.vocabulary import Status
from reference_handheld.outgoing import StoredEvent
from reference_handheld.store import HeldOrder

_LEADS_TO = {
    "order.acknowledged": "acknowledged",
    "order.returned": "created",
    "order.arrived": "on_site",
    "order.quoted": "quoted",
    "quote.confirmed": "in_progress",
    "order.suspended": "suspended",
    "order.ready": "awaiting_acceptance",
    "order.accepted": "accepted",
    "order.rejected": "rework",
    "signature.refused": "escalated",
    "order.cancel_requested": "cancel_pending",
    "hazard.alarm": "suspended",
}
_PRICE_AGREED_IN = frozenset({"in_progress", "awaiting_acceptance", "rework", "accepted"})
_UNSAID = frozenset({"rejected", "recorded"})


@dataclass(frozen=True, kw_only=True)
class Job:
    """An order with everything this handheld knows of it. `run` is None without a template."""

    order: HeldOrder
    state: str
    events: tuple[StoredEvent, ...]
    run: Run | None
    context: Context

    @property
    def number(self) -> str:
        return self.order.number

    def said(self, type_: str) -> bool:
        """Whether this handheld reported such an event during this stay, and it counts."""
        return any(event.type == type_ and event.outcome not in _UNSAID for event in self.events)

    @property
    def refused(self) -> bool:
        """Whether the server refused anything of this stay for good."""
        return any(event.outcome == "rejected" for event in self.events)

    @property
    def waiting(self) -> bool:
        """Whether the server still owes an answer about this order."""
        return any(event.outcome is None for event in self.events)

    @property
    def behind(self) -> bool:
        """Whether the server has gone on further than the snapshot here shows."""
        return any((event.order_version or 0) > self.order.version for event in self.events)

    @property
    def quoted_items(self) -> frozenset[str]:
        """Price-list codes of the latest quote, ours or the snapshot's."""
        quote: Mapping[str, Any] = self.order.snapshot.get("quote") or {}
        for event in self.events:
            if event.type == "order.quoted" and event.outcome not in _UNSAID:
                quote = event.data
        return frozenset(str(line["item"]) for line in quote.get("lines") or ())

    @property
    def recorded_since_rejection(self) -> bool:
        """Whether any step was done since the customer last turned the work down here."""
        types = [event.type for event in self.events if event.outcome not in _UNSAID]
        if "order.rejected" in types:
            types = types[len(types) - types[::-1].index("order.rejected") :]
        return "step.recorded" in types

    @property
    def rework_round(self) -> int:
        return int(self.order.snapshot.get("rework_round") or 0)


def job(
    order: HeldOrder,
    events: Sequence[StoredEvent],
    *,
    templates: Sequence[Mapping[str, Any]],
    kept_photos: Iterable[tuple[str, str, str]] = (),
) -> Job:
    """Put snapshot, own events and templates together.

    `events`: those of this stay, in order. `templates`: the order's own first, then those it may
    open; none where it has none or they have not come. `kept_photos`: (step, tag, sha256) here.
    """
    state = _state(order, events)
    snapshot = order.snapshot
    quote = snapshot.get("quote") or {}
    confirmed = state in _PRICE_AGREED_IN or (state != "quoted" and bool(quote.get("confirmed_at")))
    fresh = [event for event in events if event.type == "step.recorded" and _fresh(event, order)]
    # Made against this very snapshot, which already asks for the step: done again as well.
    fresh += [
        event
        for event in events
        if event.type == "step.recorded"
        and event.outcome not in _UNSAID
        and event.data.get("order_version") == order.version
    ]
    redone = {str(event.data["step"]) for event in fresh}
    context = Context(
        price_confirmed=confirmed,
        held_photos=frozenset(kept_photos) | _photos_of(snapshot),
        rework_steps=frozenset(
            str(returned["step"]) for returned in snapshot.get("returned_steps") or ()
        )
        - redone,
        hazard=bool(snapshot.get("hazard")),
    )
    run = None
    if templates:
        run = _run([Template.from_json(one) for one in templates], snapshot, events, context)
    return Job(order=order, state=state, events=tuple(events), run=run, context=context)


def _state(order: HeldOrder, events: Iterable[StoredEvent]) -> str:
    state = before = str(order.snapshot["state"])
    for event in events:
        if not _fresh(event, order):
            continue
        if event.type == "order.resumed":
            state = before
        elif event.type in _LEADS_TO:
            before, state = state, _LEADS_TO[event.type]
    return state


def _fresh(event: StoredEvent, order: HeldOrder) -> bool:
    """Whether an event counts and the snapshot cannot show it yet."""
    if event.outcome in _UNSAID:
        return False
    return event.outcome is None or (event.order_version or 0) > order.version


def _run(
    templates: Sequence[Template],
    snapshot: Mapping[str, Any],
    events: Iterable[StoredEvent],
    context: Context,
) -> Run:
    run = Run(
        template=templates[0],
        children={child.code: child for child in templates[1:]},
        results=tuple(_results(snapshot)),
    )
    known = {(result.step, result.attempt) for result in run.results}
    for event in events:
        if event.type != "step.recorded" or event.outcome in _UNSAID:
            continue
        data = event.data
        if (data["step"], data["attempt"]) in known:
            continue
        answer = Answer(
            step=data["step"],
            attempt=data["attempt"],
            answer=data["answer"],
            photos=tuple(Photo(**photo) for photo in data.get("photos", ())),
            text=data.get("text"),
            reason=data.get("reason"),
        )
        try:
            run = run.with_result(judge(run, answer, context))
        except (Refused, KeyError):
            continue  # the server will say why; nothing can be built on it
    return run


def _results(snapshot: Mapping[str, Any]) -> Iterable[Result]:
    for found in snapshot.get("run") or ():
        yield Result(
            step=found["step"],
            attempt=int(found["attempt"]),
            status=Status(found["status"]),
            answer=found.get("answer") or {},
            photos=tuple(
                Photo(sha256=photo["sha256"], tag=photo["tag"])
                for photo in found.get("photos") or ()
            ),
            text=found.get("text"),
            reason=found.get("reason"),
            band=found.get("band"),
        )


def _photos_of(snapshot: Mapping[str, Any]) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (result.step, photo.tag, photo.sha256)
        for result in _results(snapshot)
        for photo in result.photos
    )
