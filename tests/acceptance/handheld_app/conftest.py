"""Technicians with the handheld app in their hands."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from tests.acceptance.browser import CHROMIUM, FLAGS
from tests.acceptance.desk import in_minutes
from tests.acceptance.people import ZHOU_MIN, Cast
from tests.acceptance.phone import CAMERA, Phone, new_phone
from tests.acceptance.stack import House

_labels = itertools.count(1)


@pytest.fixture(scope="session")
def phones_browser(playwright_here: Playwright) -> Iterator[Browser]:
    """A browser with a camera."""
    browser = playwright_here.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *CAMERA])
    yield browser
    browser.close()


@pytest.fixture
def phone_of(house: House, staff: Cast, phones_browser: Browser) -> Iterator[Callable[..., Phone]]:
    """Gives a technician a paired phone; its pages may not have complained."""
    given: list[tuple[Phone, str]] = []

    def give(technician: str, **options: object) -> Phone:
        label = f"APP-{next(_labels)}"
        enrolled = staff.zhaomin.post("/devices", label=label, technician=technician)
        phone = new_phone(house, phones_browser, label, **options)
        given.append((phone, enrolled["id"]))
        return phone.pair(enrolled["pairing_url"])

    yield give
    for phone, device in given:
        phone.close()
        staff.zhaomin.post(f"/devices/{device}/revoke", reason="test over", lost=False)
    assert [complaint for phone, _ in given for complaint in phone.complaints] == []


@pytest.fixture
def dispatched(staff: Cast) -> Callable[..., str]:
    """Dispatches a new order and gives its number."""

    def dispatch(
        technician: str,
        category: str = "lamp",
        item: str | None = "L-LAMP",
        content: str = "客厅日光灯闪烁",
        resident: tuple[str, str, str] = ZHOU_MIN,
        minutes: float = 60,
    ) -> str:
        request = staff.chenjing.registers(*resident, content, appointment_at=in_minutes(minutes))
        number = staff.chenjing.issues(request["number"], category, item)
        staff.chenjing.dispatches(number, technician)
        return number

    return dispatch
