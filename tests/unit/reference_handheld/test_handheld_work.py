"""What the technician sees of an order: the server's word, and on top what it cannot show yet."""

from typing import Any

import pytest

from reference_handheld.outgoing import StoredEvent
from reference_handheld.store import HeldOrder
from reference_handheld.work import Job, job


def order(state: str = "dispatched", version: int = 3, **more: Any) -> HeldOrder:
    return HeldOrder(
        number="FW-202503-0001",
        version=version,
        snapshot={"state": state, "version": version, **more},
        since_seq=1,
    )


def event(type_: str, outcome: str | None = None, order_version: int | None = None) -> StoredEvent:
    return StoredEvent(
        seq=1,
        id="x",
        type=type_,
        subject="FW-202503-0001",
        body=b'{"data": {}}',
        outcome=outcome,
        order_version=order_version,
        problem=None,
    )


def seen(held: HeldOrder, *events: StoredEvent) -> Job:
    return job(held, events, templates=())


def test_work_done_without_a_network_shows_at_once() -> None:
    assert seen(order(), event("order.acknowledged"), event("order.arrived")).state == "on_site"


def test_an_answered_event_counts_until_the_snapshot_shows_it() -> None:
    arrived = event("order.arrived", "applied", 5)
    assert seen(order("acknowledged", 4), arrived).state == "on_site"
    assert seen(order("acknowledged", 4), arrived).behind


def test_once_the_snapshot_shows_it_the_snapshot_alone_counts() -> None:
    arrived = event("order.arrived", "applied", 5)
    assert seen(order("suspended", 6), arrived).state == "suspended"
    assert not seen(order("suspended", 6), arrived).behind


@pytest.mark.parametrize("outcome", ["rejected", "recorded"])
def test_what_the_server_did_not_take_changes_nothing(outcome: str) -> None:
    refused = event("order.arrived", outcome, 9)
    assert seen(order("acknowledged", 4), refused).state == "acknowledged"


def test_a_resumed_order_goes_on_where_it_was() -> None:
    suspended, resumed = event("order.suspended"), event("order.resumed")
    assert seen(order("in_progress"), suspended, resumed).state == "in_progress"


def test_the_price_is_agreed_by_the_snapshot_or_by_an_event_of_ours() -> None:
    assert not seen(order("quoted")).context.price_confirmed
    assert seen(order("quoted"), event("quote.confirmed")).context.price_confirmed
    agreed = {"confirmed_at": "2025-03-05T02:35:00.000Z", "lines": []}
    assert seen(order("suspended", quote=agreed)).context.price_confirmed


def test_a_price_that_changed_has_to_be_agreed_again() -> None:
    agreed = {"confirmed_at": "2025-03-05T02:35:00.000Z", "lines": []}
    changed = seen(order("in_progress", quote=agreed), event("order.quoted"))
    assert not changed.context.price_confirmed
