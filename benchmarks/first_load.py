"""The handheld's first load: from the address to the form, with nothing of the app on the phone.

Chromium's own preset of slow 4G and a processor a quarter as fast as this machine's.
"""

from __future__ import annotations

import os
import time

from playwright.sync_api import Browser, sync_playwright

from benchmarks.figures import Figure, median_and_tail
from benchmarks.house import House

PART = "first load"
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6 * 1024 * 1024 / 8,
    "uploadThroughput": 750 * 1024 / 8,
}
MID_RANGE_PHONE = 4
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def measure(house: House, *, samples: int) -> list[Figure]:
    """Until the form can be typed into, beside a page of the same line that has nothing to load."""
    with sync_playwright() as here:
        browser = here.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        ours = [
            _usable_after_s(browser, f"{house.settings.web_url}/handheld/", "input")
            for _ in range(samples)
        ]
        bare = [
            _usable_after_s(browser, f"{house.settings.web_url}/healthz", "body")
            for _ in range(samples)
        ]
        browser.close()
    return median_and_tail(
        PART,
        "the handheld's first page usable, slow 4G, mid-range phone",
        ours,
        bare,
        "a page without a script",
    )


def _usable_after_s(browser: Browser, address: str, awaited: str) -> float:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_4G)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": MID_RANGE_PHONE})
    begun = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(awaited).first.wait_for()
    took_s = time.perf_counter() - begun
    context.close()
    return took_s
