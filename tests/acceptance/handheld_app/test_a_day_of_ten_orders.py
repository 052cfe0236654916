"""A bad day: ten orders, the network cut, tabs and browser killed; then everything is compared.

What happens when is drawn by lot. The seed is printed; PAIGONG_SEED repeats a day.
"""

import hashlib
import itertools
import json
import random
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Playwright

from server.checklist_runs.models import StepResult
from server.evidence.models import Photo
from server.evidence.storage import FileStore
from server.fieldwork.models import DeviceEvent
from server.work_orders.models import Quote, Signature, WorkOrder
from tests.acceptance.handheld_app.misfortunes import Misfortunes, seed_of_today
from tests.acceptance.handheld_app.technician import Technician
from tests.acceptance.people import Cast
from tests.acceptance.phone import DurablePhone
from tests.acceptance.stack import House, wait_for

Act = Callable[[], None]
Dispatch = Callable[..., str]

SIGNER = '周敏 "O\'Brien" 😀'
#: What people type: several scripts, quotes, line breaks, signs of four bytes, of right to left.
ODD_NOTES = (
    "启辉器坏,灯管两端发黑 👨‍👩‍👧‍👦\n第二行:\t\"引号\" 'quote' \\ / <b>&amp;</b>",
    "漏水💧—每分钟约 3 滴;阀芯 ½″,ﬁne ligature, e\u0301 ≠ é\n\n空一行",
    '{"json": [1, 2, null]} %s %00 ${x} `rm -rf` ; DROP TABLE photo; --',
    "שלום עולם العربية \u200fmixed\u200e 𠮷野家 𝟛 ﷽ 🇨🇳",
)
_notes = itertools.cycle(ODD_NOTES)
#: Said by the app itself.
IN_PASSING = {"order.received", "order.opened"}


@pytest.fixture
def durable_phone(
    house: House, staff: Cast, playwright_here: Playwright, tmp_path: Path
) -> Iterator[DurablePhone]:
    """A phone of T-01 with a disk of its own, paired."""
    enrolled = staff.zhaomin.post("/devices", label="DAY", technician="liuqiang")
    phone = DurablePhone(house, playwright_here, tmp_path / "phone", "DAY")
    phone.pair(enrolled["pairing_url"])
    phone.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    yield phone
    phone.close()
    staff.zhaomin.post(f"/devices/{enrolled['id']}/revoke", reason="test over", lost=False)
    assert phone.complaints == []


def begins(hands: Technician, photos: int = 1) -> list[Act]:
    """Receipt, arrival, inspection."""
    inspect = partial(hands.inspects, next(_notes), photos=photos)
    return [hands.acknowledges, hands.arrives, inspect]


def agrees(hands: Technician, *codes: str) -> list[Act]:
    """The price, signed."""
    return [partial(hands.quotes, *codes), partial(hands.price_agreed, SIGNER)]


def ends(hands: Technician) -> list[Act]:
    """The customer tries it and signs."""
    return [hands.is_ready, partial(hands.is_accepted, SIGNER)]


def lamp_until_isolated(hands: Technician) -> list[Act]:
    """The first steps at a lamp."""
    does = hands.records
    return [
        *begins(hands, 2),
        partial(does, "LAMP-01", {}, "before", text=next(_notes)),
        partial(does, "LAMP-02", {"confirmed": True}),
        partial(does, "LAMP-03", {"value": "221.50"}, "meter"),
        partial(does, "LAMP-05", {"confirmed": True}, "isolation"),
    ]


def lamp(hands: Technician) -> list[Act]:
    """A lamp that gets a new tube."""
    does = hands.records
    spec = {"done": True, "old_spec": "36 W “T8”", "new_spec": "36 W “T8”"}
    return [
        *lamp_until_isolated(hands),
        partial(does, "LAMP-06", {"ok": True}),
        partial(does, "LAMP-08", {"ok": True}),
        partial(does, "LAMP-10", {"ok": False}),
        *agrees(hands, "L-LAMP", "M-TUBE36"),
        partial(does, "LAMP-11", spec, "old_part", "new_part"),
        partial(does, "LAMP-12", {"ok": True}),
        partial(does, "LAMP-16", {"ok": True}),
        partial(does, "LAMP-18", {"done": True}),
        partial(does, "LAMP-19", {"value": "2"}),
        partial(does, "LAMP-20", {}, "after"),
        *ends(hands),
    ]


def tap(hands: Technician) -> list[Act]:
    """A tap that is taken off, looked at and put back."""
    does = hands.records
    return [
        *begins(hands),
        partial(does, "TAP-01", {}, "before"),
        partial(does, "TAP-02", {"confirmed": True}, "isolation"),
        *agrees(hands, "L-TAP"),
        partial(does, "TAP-03", {"done": True}),
        partial(does, "TAP-04", {"done": True}),
        partial(does, "TAP-05", {"ok": True}, "old_part", text=next(_notes)),
        partial(does, "TAP-07", {"done": True}, "thread"),
        partial(does, "TAP-08", {"done": True}),
        partial(does, "TAP-09", {"ok": True}, "joint"),
        partial(does, "TAP-10", {"ok": True}),
        partial(does, "TAP-11", {"ok": True}, "closed"),
        partial(does, "TAP-12", {}, "after"),
        *ends(hands),
    ]


def switch(hands: Technician) -> list[Act]:
    """A switch that is replaced."""
    does = hands.records
    megger = {"value": "200", "fields": {"test_voltage_v": "500"}}
    spec = {"done": True, "old_spec": "10A", "new_spec": "10A"}
    return [
        *begins(hands),
        partial(does, "SW-01", {}, "before"),
        partial(does, "SW-02", {"value": "6.10", "fields": {"rated_a": "10"}}, "rating_label"),
        partial(does, "SW-04", {"confirmed": True}, "isolation"),
        partial(does, "SW-05", {"ok": True}, "meter"),
        partial(does, "SW-07", {"confirmed": True}),
        partial(does, "SW-08", megger, "meter"),
        *agrees(hands, "L-SW", "M-SW10A"),
        partial(does, "SW-10", spec, "old_part", "new_part"),
        partial(does, "SW-11", {"done": True}),
        partial(does, "SW-12", {"ok": True}),
        partial(does, "SW-13", {}, "after"),
        *ends(hands),
    ]


def household(hands: Technician) -> list[Act]:
    """Work without a checklist."""
    return [*begins(hands, 5), *agrees(hands, "L-TAP"), *ends(hands)]


def suspended(hands: Technician) -> list[Act]:
    """A lamp for which material is wanting."""
    return [*lamp_until_isolated(hands), partial(hands.suspends, next(_notes))]


def cancelled(hands: Technician) -> list[Act]:
    """The customer thinks better of it."""
    return [*begins(hands, 5), partial(hands.customer_cancels, next(_notes))]


def returned(hands: Technician) -> list[Act]:
    """Nothing that this technician can do."""
    return [hands.acknowledges, partial(hands.returns, next(_notes))]


LAMP = ("lamp", "L-LAMP")
TAP = ("tap_valve", "L-TAP")
SWITCH = ("switch", "L-SW")
HOUSEHOLD = ("household_other", None)
#: How each order goes, what it is, and where it stands in the evening.
MORNING = (
    (lamp, LAMP, "accepted"),
    (household, HOUSEHOLD, "accepted"),
    (suspended, LAMP, "suspended"),
    (tap, TAP, "accepted"),
    (household, HOUSEHOLD, "accepted"),
    (cancelled, HOUSEHOLD, "cancel_pending"),
)
LATER = (
    (switch, SWITCH, "accepted"),
    (household, HOUSEHOLD, "accepted"),
    (returned, TAP, "created"),
    (household, HOUSEHOLD, "accepted"),
)


@pytest.mark.timeout(600)
def test_a_day_of_ten_orders(
    house: House, staff: Cast, durable_phone: DurablePhone, dispatched: Dispatch
) -> None:
    seed = seed_of_today()
    sys.stdout.write(f"PAIGONG_SEED={seed}\n")
    dice = random.Random(seed)
    phone = durable_phone
    day: dict[str, tuple[Technician, list[Act], str]] = {}

    def dispatch(orders: Any) -> None:
        for course, (category, item), evening in orders:
            number = dispatched("liuqiang", category, item, "一天十单")
            hands = Technician(phone, number)
            day[number] = (hands, course(hands), evening)

    dispatch(MORNING)
    phone.offline()
    dispatch(LATER)
    phone.online()
    for number in day:
        phone.card(number).wait_for()

    misfortunes = Misfortunes(house, phone, dice)
    for hands, _acts, _evening in day.values():
        hands.half_way = misfortunes.half_way
    under_way = list(day)
    while under_way:
        number = dice.choice(under_way)
        acts = day[number][1]
        misfortunes.befall()
        acts.pop(0)()
        if not acts:
            under_way.remove(number)
    misfortunes.over()
    sys.stdout.write(f"befell: {', '.join(misfortunes.told)}\n")
    phone.everything_verified(120)

    for number, (hands, _acts, evening) in day.items():
        wait_for(lambda n=number, e=evening: staff.chenjing.order(n)["state"] == e, evening, 20)
        assert_as_typed(hands)
        assert_the_order_says_so(house, hands)
    assert_events_are_equal(house, phone)
    assert_pictures_are_equal(house, phone, [hands for hands, _acts, _evening in day.values()])
    for number in day:
        house.assert_history_holds(number)


def assert_as_typed(hands: Technician) -> None:
    """What the phone kept is what was typed, act by act, and nothing else; all was wanted."""
    kept = [act for act in hands.phone.acts(hands.number) if act["type"] not in IN_PASSING]
    assert [act["type"] for act in kept] == [kind for kind, _typed in hands.typed]
    for act, (kind, typed) in zip(kept, hands.typed, strict=True):
        assert act["outcome"] == "applied", act
        assert_within(typed, act["data"], f"{hands.number} {kind}")


def assert_within(typed: Any, kept: Any, where: str) -> None:
    """Everything that was typed stands there, exactly."""
    if isinstance(typed, dict):
        for name, value in typed.items():
            assert name in kept, f"{where}: no {name} in {kept}"
            assert_within(value, kept[name], f"{where}.{name}")
    elif isinstance(typed, list):
        assert len(typed) == len(kept), where
        for one, other in zip(typed, kept, strict=True):
            assert_within(one, other, where)
    else:
        assert typed == kept, where


def assert_events_are_equal(house: House, phone: DurablePhone) -> None:
    """The inbox holds every act of the phone once, as it was sealed, without a gap."""
    device = phone.fact("pairing")["device"]
    query = sa.select(DeviceEvent).filter_by(device_id=device).order_by(DeviceEvent.seq)
    held = house.ask(query)
    acts = sorted(phone.acts(), key=lambda act: act["seq"])
    assert [row.seq for row in held] == list(range(1, len(held) + 1))
    assert [row.event_id for row in held] == [act["id"] for act in acts]
    for row, act in zip(held, acts, strict=True):
        sealed = json.loads(act["body"])
        assert row.payload == sealed
        assert (sealed["data"], sealed["type"]) == (act["data"], act["type"])
        assert row.outcome == act["outcome"]


def assert_the_order_says_so(house: House, hands: Technician) -> None:
    """What became of the acts: the results, the quotes, the signatures."""
    (order,) = house.ask(sa.select(WorkOrder).filter_by(number=hands.number))
    done = hands.phone.acts(hands.number)
    of = lambda kind: [act["data"] for act in done if act["type"] == kind]  # noqa: E731
    results = house.ask(
        sa.select(StepResult).filter_by(order_id=order.id).order_by(StepResult.position)
    )
    recorded = of("step.recorded")
    assert [row.step for row in results] == [data["step"] for data in recorded]
    for row, data in zip(results, recorded, strict=True):
        assert row.answer == data["answer"]
        assert (row.text, row.reason) == (data.get("text"), data.get("reason"))
        assert row.photos == data["photos"]
    for data in of("order.inspected"):
        assert order.inspection_note == data["note"]
        assert order.inspection_photos == data["photos"]
    quotes = house.ask(sa.select(Quote).filter_by(order_id=order.id).order_by(Quote.revision))
    assert [row.total_fen for row in quotes] == [data["total_fen"] for data in of("order.quoted")]
    signatures = house.ask(sa.select(Signature).filter_by(order_id=order.id))
    signed = [*of("quote.confirmed"), *of("order.accepted")]
    assert {(row.signer_name, row.sha256) for row in signatures} == {
        (data["signer"]["name"], data["signature"]) for data in signed
    }


def assert_pictures_are_equal(house: House, phone: DurablePhone, day: list[Technician]) -> None:
    """Every original is there bit for bit as it lay on the phone, and there are no others."""
    store = FileStore(house.settings.home / "photos")
    taken = {sha256: kept for hands in day for sha256, kept in hands.pictures.items()}
    for sha256, kept in taken.items():
        assert sha256 == kept
        with store.open(sha256) as original:
            assert hashlib.sha256(original.read()).hexdigest() == kept
    device = phone.fact("pairing")["device"]
    held = house.ask(sa.select(Photo.sha256).filter_by(device_id=device))
    assert sorted(held) == sorted(taken)
    full = [hands for hands in day if len(hands.typed) > 2]
    assert all(len(hands.pictures) >= 5 for hands in full)
