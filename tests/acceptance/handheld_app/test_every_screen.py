"""Every screen of the app on a small phone, in both languages: nothing cut, small, unlabelled, untranslated."""

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import TimeoutError as NotThere

from demo.people import RESIDENTS, STAFF
from demo.prices import ITEMS, STOCK
from tests.acceptance.desk import in_minutes
from tests.acceptance.handheld import Handheld
from tests.acceptance.handheld_app.looking import Looking
from tests.acceptance.people import Cast
from tests.acceptance.phone import Phone, new_phone
from tests.acceptance.repairs import (
    looks_at_air_conditioner,
    looks_at_lamp,
    prices_lamp,
    repairs_lamp,
    runs_air_conditioner,
)
from tests.acceptance.stack import House, wait_for

LAMP, COLD = "客厅日光灯闪烁", "客厅空调不凉"
NOTE = "启辉器坏,灯管两端发黑"
WRITTEN = (
    "地址写错",
    "家里临时有事",
    "读数照片模糊",
    "灯还是闪",
    "对不起",
    "杨帆",
    "明天停水",
    "今天下午全区停水,请先备水",
    "周六能来加班吗",
    "二号楼水泵检修",
    "步骤退回补做",
    "请接单",
)
#: Words that belong to both languages: the app's name, and the languages' own names.
NAMES = (
    "鲁能星城 Star City (demo)",
    "已收回 Taken back: ",
    "派工",
    "中文",
    "语言",
    "English",
    "Language",
)
LOOKS = (("深色",), ("日光",), ("浅色", "特大"))
READINGS = {"pass": "0.52", "warn": "0.45", "fail": "0.36", "refused": "1.8"}

Screen = tuple[str, tuple[str, ...], str]


class Day:
    """One technician's orders, each brought to where it stands by her other handheld."""

    def __init__(self, staff: Cast, other: Handheld) -> None:
        self.staff, self.other = staff, other
        self._residents = itertools.cycle(RESIDENTS)
        self.minutes = 0

    def is_on(self, phone: Phone) -> bool:
        """Whether the phone shows every order as the other handheld does."""
        held = {one["number"]: one["snapshot"] for one in phone.stored("orders")}
        return all(
            held.get(number) is not None and held[number]["version"] == order["version"]
            for number, order in self.other.orders.items()
        )

    def order(self, category: str = "lamp", item: str = "L-LAMP", content: str = LAMP) -> str:
        """A new order, dispatched."""
        self.minutes += 15
        desk = self.staff.chenjing
        resident = next(self._residents)
        request = desk.registers(*resident, content, appointment_at=in_minutes(self.minutes))
        number = desk.issues(request["number"], category, item)
        desk.dispatches(number, "sunhao")
        return number

    def on_site(self) -> str:
        """Arrived, nothing looked at."""
        number = self.order()
        self.other.goes_there(number)
        return number

    def inspected(self) -> str:
        """Ready to be priced."""
        number = self.on_site()
        self.other.inspects(number, NOTE)
        looks_at_lamp(self.other, number)
        return number

    def quoted(self) -> str:
        """The customer has heard the price."""
        number = self.inspected()
        self.other.quotes(number, 3000, "L-LAMP", "M-TUBE36", "M-STARTER")
        return number

    def in_progress(self) -> str:
        """The price is signed."""
        number = self.inspected()
        prices_lamp(self.other, number, "周敏")
        return number

    def finished(self) -> str:
        """Nothing is missing any more."""
        number = self.in_progress()
        repairs_lamp(self.other, number)
        self.other.records(number, "LAMP-19", {"value": "2", "unit": "times"})
        self.other.records(number, "LAMP-20", {}, "after")
        return number

    def on_trial(self) -> str:
        """The customer tries it."""
        number = self.finished()
        self.other.does("order.ready", number)
        return number

    def accepted(self) -> str:
        """Signed off."""
        number = self.on_trial()
        self.other.signed_off(number, "周敏")
        return number

    def cold(self) -> str:
        """An air conditioner whose pressures are to be taken."""
        number = self.order("air_conditioner", "L-ACCHK", COLD)
        self.other.goes_there(number)
        self.other.inspects(number, "不凉,需检修")
        looks_at_air_conditioner(self.other, number)
        self.other.quotes(number, 5000, "L-ACCHK")
        self.other.price_agreed(number, "林芳")
        runs_air_conditioner(self.other, number)
        return number


@pytest.fixture
def phone(phone_of: Callable[..., Phone]) -> Phone:
    return phone_of("sunhao")


@pytest.fixture
def day(staff: Cast, handheld_of: Callable[[str], Handheld]) -> Day:
    return Day(staff, handheld_of("sunhao"))


@pytest.fixture
def looking(phone: Phone) -> Looking:
    people = [one.name for one in STAFF] + [text for one in RESIDENTS for text in one]
    things = [one.zh for one in ITEMS] + [one.en for one in ITEMS] + [one[1] for one in STOCK]
    data = {*people, *things, LAMP, COLD, NOTE, "不凉,需检修", *WRITTEN, *NAMES}
    return Looking(phone, tuple(sorted(data, key=len, reverse=True)))


def shown(phone: Phone, path: tuple[str, ...], ready: str) -> None:
    """Go to a screen and wait until the one before has left and this one is there."""
    page = phone.page
    page.evaluate("() => document.querySelector('main > *').setAttribute('data-before', '')")
    phone.goes_to(*path)
    page.locator("main [data-before]").first.wait_for(state="detached")
    page.locator(ready).first.wait_for()


def sees(looking: Looking, name: str, language: str, path: tuple[str, ...], ready: str) -> None:
    """Look at one screen; one that does not come up is a finding, too."""
    try:
        shown(looking.phone, path, ready)
    except NotThere:
        looking.findings.append(f"{language} {name}: does not come up ({ready})")
    looking.at(name, language)


def refused(phone: Phone, staff: Cast, other: Handheld, number: str) -> None:
    """What this phone does without a network, somebody else has done already."""
    phone.goes_to("order", number)
    phone.page.get_by_role("button", name="接单").wait_for()
    phone.offline()
    other.does("order.acknowledged", number)
    phone.press("接单")
    wait_for(lambda: phone.acts(number)[-1]["type"] == "order.acknowledged", "it to be kept")
    phone.online()
    wait_for(lambda: phone.acts(number)[-1]["outcome"] == "rejected", "the answer", 40)


def test_pairing_in_both_languages(house: House, phones_browser: Browser) -> None:
    phone = new_phone(house, phones_browser, "unpaired")
    looking = Looking(phone, NAMES)
    phone.page.goto(phone.url())
    for language, other in (("zh", "English"), ("en", "中文")):
        change = phone.page.get_by_role("button", name=other)
        change.wait_for()
        looking.at("pairing", language)
        change.click()
    phone.close()
    assert looking.findings + phone.complaints == []


@pytest.mark.timeout(600)
def test_every_screen_in_both_languages(
    staff: Cast, phone: Phone, day: Day, looking: Looking
) -> None:
    page = phone.page
    page.locator(".empty").wait_for()
    looking.at("empty", "zh")
    phone.speaks("en")
    shown(phone, (), ".empty")
    looking.at("empty", "en")

    other = day.other
    recalled, fresh = day.order(), day.order()
    taken = day.order()
    other.holds(taken, state="dispatched")
    other.does("order.acknowledged", taken)
    arrived, inspected, quoted = day.on_site(), day.inspected(), day.quoted()
    other.records(arrived, "LAMP-01", {}, "before")
    measuring, fitting = day.on_site(), day.in_progress()
    other.records(measuring, "LAMP-01", {}, "before")
    other.records(measuring, "LAMP-02", {"confirmed": True})
    other.records(fitting, "LAMP-09", {"done": True}, "old_part", "new_part")
    working, finished, trial = day.in_progress(), day.finished(), day.on_trial()
    accepted, returned, again = day.accepted(), day.accepted(), day.on_trial()
    steps = [{"step": "LAMP-03", "reason": "读数照片模糊"}]
    staff.sunqian.post(f"/orders/{returned}/reviews", outcome="returned", steps=steps)
    other.does("order.rejected", again, reason="灯还是闪", apology="对不起")
    waiting, called_off, unsigned = day.on_site(), day.order(), day.on_trial()
    other.does(
        "order.suspended", waiting, reason="customer_absent", next_contact_at=in_minutes(900)
    )
    other.holds(called_off, state="dispatched")
    other.does("order.acknowledged", called_off)
    other.does("order.cancel_requested", called_off, by="周敏", reason="家里临时有事")
    other.does("signature.refused", unsigned, reason="refused", witness="杨帆")
    danger = day.on_site()
    other.does("hazard.alarm", danger, kind="electric_shock")
    cold = day.cold()
    choosing = day.order("air_conditioner", "L-ACCHK", COLD)
    other.goes_there(choosing)
    phone.card(recalled).wait_for()
    staff.chenjing.post(f"/orders/{recalled}/recall", reason="地址写错")
    phone.page.get_by_text("地址写错").first.wait_for()
    wait_for(lambda: day.is_on(phone), "everything to be on the phone")

    words = {"title": "周六能来加班吗", "text": "二号楼水泵检修", "wants_reply": True}
    asking = staff.zhaomin.post("/messages", to=["sunhao"], **words)["id"]
    wait_for(lambda: asking in str(phone.fact("messages")), "the message to be on the phone")

    def order(number: str, *path: str) -> tuple[str, ...]:
        return ("order", number, *path)

    states = {
        "dispatched": fresh, "acknowledged": taken, "on-site": arrived, "inspected": inspected,
        "quoted": quoted, "in-progress": working, "finished": finished, "trial": trial,
        "accepted": accepted, "returned": returned, "rework": again, "suspended": waiting,
        "cancelled": called_off, "escalated": unsigned, "hazard": danger,
    }  # fmt: skip
    screens: list[Screen] = [
        ("work-list", (), f"[data-order='{fresh}']"),
        *((f"order-{name}", order(number), ".order") for name, number in states.items()),
        ("inspect", order(arrived, "inspect"), "textarea"),
        ("quote-empty", order(inspected, "quote"), ".bar"),
        ("quote-again", order(working, "quote"), ".bar"),
        ("quote-ask", order(inspected, "quote", "ask"), "textarea"),
        ("confirm", order(quoted, "confirm"), "canvas"),
        ("checklist", order(working, "checklist"), ".row"),
        ("checklist-returned", order(returned, "checklist"), ".row"),
        ("step-safety", order(arrived, "step", "LAMP-02"), ".yes-no"),
        ("step-photo", order(finished, "step", "LAMP-20"), ".step"),
        ("step-locked", order(arrived, "step", "LAMP-06"), ".obstacles"),
        ("step-reading", order(measuring, "step", "LAMP-03"), ".pad"),
        ("step-passed", order(working, "step", "LAMP-03"), ".attempt"),
        ("step-action", order(working, "step", "LAMP-09"), ".yes-no"),
        ("step-specs", order(fitting, "step", "LAMP-11"), ".specs"),
        ("step-check", order(working, "step", "LAMP-12"), ".yes-no"),
        ("step-choice", order(choosing, "step", "AC-01"), ".choices"),
        ("step-plate", order(choosing, "step", "AC-02"), ".step"),
        ("trial", order(trial, "trial"), "main h1"),
        ("trial-satisfied", order(trial, "trial", "satisfied"), "canvas"),
        ("trial-dissatisfied", order(trial, "trial", "dissatisfied"), "form"),
        ("trial-unsigned", order(trial, "trial", "unsigned"), "form"),
        ("cancel", order(inspected, "cancel"), "form"),
        ("return", order(fresh, "return"), "form"),
        ("suspend", order(working, "suspend"), "form"),
        ("alarm", order(working, "alarm"), "[data-kind]"),
        ("hazard", order(danger, "hazard"), "main h1, main h2"),
        ("stock", order(working, "stock"), "main h1"),
        ("damage", order(working, "damage"), "form"),
        ("history", order(fresh, "history"), "main h1"),
        ("queue", ("queue",), "main h1"),
        ("more", ("more",), ".menu"),
        ("settings", ("settings",), ".settings"),
        ("notices", ("notices",), "main h1"),
        ("messages", ("messages",), "[data-message]"),
        ("message", ("messages", asking), ".words textarea"),
        ("incident", ("incident",), "form"),
        ("shift", ("shift",), "main h1"),
        ("things", ("things",), "main h1"),
        ("alarm-anywhere", ("alarm",), "[data-kind]"),
    ]
    expect(page.locator(".toast")).to_have_count(0, timeout=20_000)
    for language in ("en", "zh"):
        phone.speaks(language)
        for name, path, ready in screens:
            sees(looking, name, language, path, ready)
        for name, figure in READINGS.items():
            phone.goes_to(*order(cold, "step", "AC-18"))
            field = page.locator("input[name=value]")
            field.fill(figure)
            page.locator(".outcome").wait_for()
            looking.at(f"reading-{name}", language)
            field.fill("")
        phone.goes_to(*order(arrived, "inspect"))
        page.locator(".photo-take").click()
        page.wait_for_function("() => document.querySelector('.layer video')?.currentTime > 0")
        looking.at("camera", language)
        page.keyboard.press("Escape")
        phone.goes_to(*order(inspected, "quote"))
        for code in ("L-LAMP", "M-TUBE36"):
            page.locator(f"[data-offer='{code}']").click()
        looking.at("quote-filled", language)
        page.locator("[data-item='L-LAMP'] .stepper button").first.click()
        page.locator("[data-item='M-TUBE36'] .stepper button").first.click()
    for look in LOOKS:
        phone.goes_to("settings")
        for text in look:
            page.get_by_text(text, exact=True).click()
        for name, path, ready in (
            screens[0],
            ("order", order(working), ".order"),
            ("step", order(measuring, "step", "LAMP-03"), ".pad"),
            ("confirm", order(quoted, "confirm"), "canvas"),
        ):
            sees(looking, f"{name}-{look[0]}", "zh", path, ready)
    phone.goes_to("settings")
    page.get_by_text("跟随系统", exact=True).click()
    page.get_by_text("标准", exact=True).click()
    refused(phone, staff, other, fresh)
    expect(page.locator(".toast")).to_have_count(0, timeout=20_000)
    for language in ("zh", "en"):
        phone.speaks(language)
        sees(looking, "queue-refused", language, ("queue",), "main h1")
        sees(looking, "order-refused", language, order(fresh), ".order")
    staff.zhaomin.post(f"/orders/{danger}/decisions", decision="resume", text="test over")
    assert not looking.findings, "\n".join(looking.findings)
