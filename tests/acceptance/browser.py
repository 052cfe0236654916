"""Debian's Chromium as the tests start it; nothing is downloaded.

Pages are opened in its headless shell, which is the same engine without the frame of windows and
menus around it and takes a quarter less of the processor. What needs the frame, or is about the
browser rather than about a page, asks for the whole one.
"""

import os

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as NotThere

CHROMIUM = os.environ.get("CHROMIUM_HEADLESS_SHELL", "/usr/bin/chromium-headless-shell")
WHOLE_CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 20_000

_SAID = """() => [
  ...Array.from(document.querySelectorAll("h1, [role=alert]"), (one) => one.innerText.trim()),
  ...Array.from(document.querySelectorAll(":invalid:not(form, fieldset)"),
    (one) => `${one.name}=${one.value}: ${one.validationMessage}`),
]"""


def lands_on(page: Page, address: str) -> None:
    """Wait until a page is there; where another one stays instead, what that one says."""
    try:
        page.wait_for_url(address)
    except NotThere as error:
        said = page.evaluate(_SAID)
        raise AssertionError(f"{page.url} instead of {address} says {said}") from error
