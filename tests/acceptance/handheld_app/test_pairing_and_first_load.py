"""Pairing once, opening with no network from then on, and how little has to be loaded for it."""

from typing import Any

from playwright.sync_api import Browser, CDPSession, expect

from tests.acceptance.people import Cast
from tests.acceptance.phone import new_phone
from tests.acceptance.stack import House

MOST_SCRIPT_BYTES = 150 * 1024
#: Chromium's own preset of slow 4G, and a processor a quarter as fast as this machine's.
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6 * 1024 * 1024 / 8,
    "uploadThroughput": 750 * 1024 / 8,
}
MID_RANGE_PHONE = 4


def test_a_code_is_typed_once_and_the_app_opens_without_a_network_from_then_on(
    house: House, staff: Cast, phones_browser: Browser
) -> None:
    enrolled = staff.zhaomin.post("/devices", label="typed", technician="liuqiang")
    phone = new_phone(house, phones_browser, "typed")
    phone.page.goto(f"{house.url}/handheld/")
    phone.page.get_by_label("配对码").fill(enrolled["pairing_code"])
    phone.page.get_by_role("button", name="配对").click()
    expect(phone.page.locator(".line")).to_have_text("在线")
    phone.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")

    phone.offline()
    phone.reload()

    expect(phone.page.locator(".line")).to_have_text("离线")
    assert phone.fact("pairing")["device"] == enrolled["id"]
    phone.close()
    staff.zhaomin.post(f"/devices/{enrolled['id']}/revoke", reason="test over", lost=False)


def test_a_code_that_was_used_is_refused_with_the_reason(
    house: House, staff: Cast, phones_browser: Browser
) -> None:
    enrolled = staff.zhaomin.post("/devices", label="twice", technician="liuqiang")
    first = new_phone(house, phones_browser, "first").pair(enrolled["pairing_url"])
    second = new_phone(house, phones_browser, "second")
    second.page.goto(enrolled["pairing_url"])
    expect(second.page.get_by_role("alert")).to_contain_text("配对码无效")
    assert second.fact("pairing") is None
    first.close()
    second.close()
    staff.zhaomin.post(f"/devices/{enrolled['id']}/revoke", reason="test over", lost=False)


def test_the_first_load_is_small(house: House, staff: Cast, phones_browser: Browser) -> None:
    enrolled = staff.zhaomin.post("/devices", label="slow", technician="liuqiang")
    phone = new_phone(house, phones_browser, "slow")
    devtools = phone.context.new_cdp_session(phone.page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_4G)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": MID_RANGE_PHONE})
    scripts = _loaded_scripts(devtools)
    phone.page.goto(f"{house.url}/handheld/")
    code = phone.page.get_by_label("配对码")
    code.wait_for()

    # Until it is connected: the part that speaks MQTT is counted too.
    code.fill(enrolled["pairing_code"])
    phone.page.get_by_role("button", name="配对").click()
    expect(phone.page.locator(".line")).to_have_text("在线")
    assert len(scripts) >= 2
    assert sum(scripts.values()) <= MOST_SCRIPT_BYTES, scripts
    phone.close()
    staff.zhaomin.post(f"/devices/{enrolled['id']}/revoke", reason="test over", lost=False)


def _loaded_scripts(devtools: CDPSession) -> dict[str, int]:
    """Address -> bytes on the network of every script that the page loads from here on."""
    addresses: dict[str, str] = {}
    scripts: dict[str, int] = {}

    def finished(event: dict[str, Any]) -> None:
        address = addresses.get(event["requestId"], "")
        if address.endswith(".js"):
            scripts[address] = int(event["encodedDataLength"])

    devtools.on(
        "Network.responseReceived",
        lambda event: addresses.update({event["requestId"]: event["response"]["url"]}),
    )
    devtools.on("Network.loadingFinished", finished)
    return scripts
