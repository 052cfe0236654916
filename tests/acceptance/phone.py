"""A technician's phone: the handheld app in a browser of its own, before the running house.

What the app keeps is read straight from its IndexedDB, so that a test can compare what was typed
with what is there, byte for byte.
"""

import base64
import contextlib
import json
import os
import signal
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright

from tests.acceptance.browser import FLAGS, PATIENCE_MS, WHOLE_CHROMIUM
from tests.acceptance.stack import House, wait_for

SCREEN = {"width": 360, "height": 740}
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]

#: The connection is kept by the page, for to open one takes longer than to read; it gives way to the
#: app's own upgrades and wipes.
_OPEN = """const opened = () => globalThis.lookingOn ??= new Promise((resolve, reject) => {
  const opening = indexedDB.open("paigong-handheld");
  const forget = () => { opening.result?.close(); delete globalThis.lookingOn; };
  opening.onerror = () => { delete globalThis.lookingOn; reject(opening.error); };
  opening.onsuccess = () => {
    if (opening.result.objectStoreNames.length === 0) forget();
    else opening.result.onversionchange = opening.result.onclose = forget;
    resolve(opening.result);
  };
});
const done = (asked) => new Promise((resolve, reject) => {
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => resolve(asked.result);
});
const coded = (value) => {
  if (!(value instanceof ArrayBuffer)) return value;
  let text = "";
  for (const byte of new Uint8Array(value)) text += String.fromCharCode(byte);
  return btoa(text);
};
"""

_READ_ALL = (
    """async ([name, only]) => {"""
    + _OPEN
    + """
  const database = await opened();
  if (!database.objectStoreNames.contains(name)) return [];
  const store = database.transaction(name).objectStore(name);
  const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
  const wanted = Object.entries(only);
  return keys.map((key, place) => [key, values[place]])
    .filter(([, value]) => wanted.every(([field, is]) => value[field] === is))
    .map(([key, value]) => [key, coded(value)]);
}"""
)

_READ_PICTURE = (
    """async (sha256) => {"""
    + _OPEN
    + """
  const database = await opened();
  const found = await done(database.transaction("bytes").objectStore("bytes").get(sha256));
  return found === undefined ? null : coded(found);
}"""
)


class Phone:
    """One installation of the app. What its pages complain about is kept."""

    def __init__(self, house: House, context: BrowserContext, label: str) -> None:
        self.house = house
        self.label = label
        self.complaints: list[str] = []
        self.is_offline = False
        self._take(context)

    def _take(self, context: BrowserContext) -> None:
        self.context = context
        context.set_offline(self.is_offline)
        context.set_default_timeout(PATIENCE_MS)
        self.page = self._watched(context.pages[0] if context.pages else context.new_page())

    def _watched(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._heard(message.text))
        return page

    def _heard(self, text: str) -> None:
        if "Content Security Policy" in text or "Refused to" in text:
            self.complaints.append(text)

    def pair(self, url: str) -> "Phone":
        """Open the address of the QR code; the work list must come up."""
        self.page.goto(url)
        self.counter("here").wait_for()
        return self

    def another_tab(self) -> Page:
        """The same app once more, as people open it by mistake."""
        page = self._watched(self.context.new_page())
        page.goto(self.url())
        return page

    def url(self, *path: str) -> str:
        """The address of a screen."""
        return f"{self.house.url}/handheld/#/{'/'.join(path)}"

    def goes_to(self, *path: str) -> None:
        """Open a screen by its address, within the app."""
        self.page.evaluate("(hash) => { location.hash = hash; }", f"#/{'/'.join(path)}")

    def reload(self) -> None:
        """What people do when something seems to hang."""
        self.page.reload()
        self.counter("here").wait_for()

    def tab_is_killed(self) -> None:
        """The tab is swiped away without a word to it; later the app is opened again."""
        killed, self.page = self.page, self._watched(self.context.new_page())
        killed.close()
        self.page.goto(self.url())
        self.counter("here").wait_for()

    def offline(self) -> None:
        """Into the cellar."""
        self.is_offline = True
        self.context.set_offline(True)

    def online(self) -> None:
        """And out again."""
        self.is_offline = False
        self.context.set_offline(False)

    def speaks(self, language: str) -> None:
        """Choose a language as the settings screen does; `zh` or `en`."""
        self.goes_to("settings")
        self.page.locator(f"input[name=language][value={language}]").check()

    def card(self, number: str) -> Locator:
        """An order on the work list."""
        return self.page.locator(f"[data-order='{number}']")

    def counter(self, name: str) -> Locator:
        """One of the three counters: here, arrived, verified."""
        return self.page.locator(f"[data-count={name}] b")

    def count(self, name: str) -> int:
        """What a counter shows."""
        text = self.counter(name).inner_text()
        return int(text) if text.isdigit() else -1

    def press(self, name: str) -> None:
        """Tap a button or link by its words."""
        target = self.page.get_by_role("button", name=name).or_(
            self.page.get_by_role("link", name=name)
        )
        target.first.click()

    def stored(self, store: str, **only: str) -> list[Any]:
        """Everything of one store, by key, or `only` where a field has a value; bytes as bytes."""
        return [
            base64.b64decode(value) if isinstance(value, str) else value
            for _key, value in self.rows(store, **only)
        ]

    def rows(self, store: str, **only: str) -> list[tuple[Any, Any]]:
        """Key and value of the same; bytes in base64."""
        return [(key, value) for key, value in self.page.evaluate(_READ_ALL, [store, only])]

    def picture(self, sha256: str) -> bytes | None:
        """The bytes that are kept of a picture, until a receipt lets go of them."""
        kept = self.page.evaluate(_READ_PICTURE, sha256)
        return None if kept is None else base64.b64decode(kept)

    def fact(self, name: str) -> Any:
        """One of the things that the app remembers by name."""
        return dict(self.rows("facts")).get(name)

    def acts(self, number: str | None = None) -> list[dict[str, Any]]:
        """What was done on this phone, oldest first; on one order where it is named."""
        return self.stored("acts") if number is None else self.stored("acts", subject=number)

    def photos(self, number: str) -> list[dict[str, Any]]:
        """The pictures of an order on this phone."""
        return self.stored("photos", order=number)

    def everything_verified(self, seconds: float = 40.0) -> None:
        """Wait until nothing is on this phone that the server's receipt does not cover."""

        def settled() -> bool:
            acts = self.stored("acts")
            photos = self.stored("photos")
            return all(
                act["outcome"] is not None and (act["verified"] or act["subject"] is None)
                for act in acts
            ) and all(photo["state"] in {"verified", "refused"} for photo in photos)

        wait_for(settled, f"everything of {self.label} to be verified", seconds)

    def sent_bodies(self) -> dict[str, Any]:
        """Event id -> the event as it was sealed here."""
        return {act["id"]: json.loads(act["body"]) for act in self.acts() if act["body"]}

    def close(self) -> None:
        """Switch it off."""
        self.context.close()


class DurablePhone(Phone):
    """A phone whose battery may die: its browser is killed and started again on the same disk."""

    def __init__(self, house: House, playwright: Playwright, folder: Path, label: str) -> None:
        self._playwright = playwright
        self._folder = folder
        super().__init__(house, self._start(), label)

    def _start(self) -> BrowserContext:
        return self._playwright.chromium.launch_persistent_context(
            self._folder,
            executable_path=WHOLE_CHROMIUM,
            args=[*FLAGS, *CAMERA],
            headless=True,
            viewport=SCREEN,  # type: ignore[arg-type]
            locale="zh-CN",
            permissions=["camera"],
        )

    def battery_dies(self) -> None:
        """kill -9 of the whole browser; then charged, and the app opened again."""
        kill_browser(self._folder)
        self._take(self._start())
        self.page.goto(self.url())
        self.counter("here").wait_for()


def kill_browser(folder: Path) -> None:
    """SIGKILL every process of the browser that lives in a folder."""
    mark = f"--user-data-dir={folder}".encode()

    def processes() -> list[int]:
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if mark in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
        return found

    for pid in processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not processes(), "the browser to be gone")


def new_phone(house: House, browser: Browser, label: str, **options: Any) -> Phone:
    """A phone in a window of the shared browser."""
    context = browser.new_context(
        **{
            "viewport": SCREEN,
            "locale": "zh-CN",
            "has_touch": True,
            "is_mobile": True,
            "permissions": ["camera", "notifications"],
            **options,
        }
    )
    return Phone(house, context, label)
