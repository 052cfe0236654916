"""People at real browsers, before the running house."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.stack import House


class Windows:
    """Opens windows; what a page complains about (a script's error, a blocked style) is kept."""

    def __init__(self, browser: Browser, house: House) -> None:
        self._browser = browser
        self._house = house
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def at(self, username: str, path: str = "/", *, init_script: str = "") -> Page:
        """A window of somebody who has signed in by the form and is looking at `path`."""
        page = self.empty(init_script=init_script)
        page.goto(f"/sign-in?next={path}")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(self._house.passwords[username])
        page.get_by_label("密码").press("Enter")
        # Not the address itself: where one signs in, it stands in the address too.
        page.wait_for_url(lambda address: "/sign-in" not in address)
        return page

    def empty(self, *, init_script: str = "") -> Page:
        """A window of nobody yet."""
        context = self._browser.new_context(
            base_url=self._house.url, locale="zh-CN", viewport={"width": 1280, "height": 720}
        )
        context.set_default_timeout(PATIENCE_MS)
        if init_script:
            context.add_init_script(init_script)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        return page

    def _heard(self, message: object) -> None:
        text = getattr(message, "text", "")
        if "Content Security Policy" in text or "Refused to" in text:
            self.complaints.append(text)

    def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def windows(chromium: Browser, house: House) -> Iterator[Windows]:
    """Windows of this test; no page may have complained."""
    opened = Windows(chromium, house)
    yield opened
    opened.close()
    assert opened.complaints == []
