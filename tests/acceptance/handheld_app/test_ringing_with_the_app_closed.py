"""A ring reaches the handheld's service worker, and a touch on it opens the order."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.acceptance.browser import FLAGS, WHOLE_CHROMIUM
from tests.acceptance.phone import Phone
from tests.acceptance.stack import wait_for

_SHOWN = """() => navigator.serviceWorker.ready
  .then((registration) => registration.getNotifications())
  .then((shown) => shown.map(({ title, body, tag, requireInteraction }) =>
    ({ title, body, tag, requireInteraction })))"""


@pytest.fixture(scope="module")
def phones_browser(playwright_here: Playwright) -> Iterator[Browser]:
    """The whole browser: its shell knows no push messages."""
    browser = playwright_here.chromium.launch(executable_path=WHOLE_CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


def test_a_push_shows_the_order_and_a_second_one_does_not_pile_up(
    phone_of: Callable[..., Phone], dispatched: Callable[..., str]
) -> None:
    phone = phone_of("liuqiang")
    number = dispatched("liuqiang")
    phone.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    devtools = phone.context.new_cdp_session(phone.page)
    registered: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registered.extend(
            one["registrationId"] for one in event["registrations"] if not one["isDeleted"]
        ),
    )
    devtools.send("ServiceWorker.enable")
    # Events of the browser come while Playwright is asked for something.
    wait_for(lambda: phone.page.title() and registered, "the registration")

    told = {"kind": "order.dispatched", "number": number, "urgency": "emergency"}
    for _ in range(2):
        devtools.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": phone.house.url,
                "registrationId": registered[-1],
                "data": json.dumps(told),
            },
        )
    (shown,) = wait_for(lambda: phone.page.evaluate(_SHOWN), "the notification")
    assert (shown["body"], shown["tag"], shown["requireInteraction"]) == (number, number, True)
    assert "急单" in shown["title"]


def test_from_an_order_that_a_ring_has_opened_one_tap_leads_to_the_work_list(
    phone_of: Callable[..., Phone], dispatched: Callable[..., str]
) -> None:
    phone = phone_of("liuqiang")
    number = dispatched("liuqiang")
    phone.card(number).wait_for()
    rung = phone.context.new_page()
    rung.goto(phone.url("order", number))
    rung.get_by_role("button", name="返回").click()
    rung.locator(f"[data-order='{number}']").click()
    rung.get_by_role("link", name="我的记录").click()
    rung.reload()
    rung.get_by_role("button", name="返回").click()
    expect(rung).to_have_url(phone.url("order", number))


def test_who_skips_to_the_content_stays_on_the_screen(
    phone_of: Callable[..., Phone], dispatched: Callable[..., str]
) -> None:
    phone = phone_of("liuqiang")
    phone.goes_to("queue")
    phone.page.get_by_role("heading").first.wait_for()
    phone.page.get_by_role("button", name="跳到内容").focus()
    phone.page.keyboard.press("Enter")
    expect(phone.page.locator("main")).to_be_focused()
    expect(phone.page).to_have_url(phone.url("queue"))
