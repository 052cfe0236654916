"""Thirty orders and three hundred pictures on a handheld without a network: all arrives."""

import base64
import hashlib
import itertools
import secrets
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from server.evidence.models import Photo
from server.evidence.storage import FileStore
from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.people import Cast
from tests.acceptance.phone import Phone
from tests.acceptance.stack import House, wait_for
from tests.factories import pictures

ORDERS = 30
PHOTOS_EACH = 10
PICTURE = (240, 180)

#: A quick pair of hands: the same buttons and the same file input, without a pause between.
ARRIVES_AND_INSPECTS = """async ([number, note, photos]) => {
  const until = async (what, look) => {
    const end = performance.now() + 20000;
    for (;;) {
      const found = look();
      if (found) return found;
      if (performance.now() > end) throw new Error(`${number}: in vain for ${what}`);
      await new Promise(requestAnimationFrame);
    }
  };
  const button = (words) => until(words, () =>
    [...document.querySelectorAll("main button:not([disabled])")].find((one) =>
      one.textContent.includes(words)));
  const shows = () => document.querySelector(".order")?.textContent.includes(number);
  location.hash = `#/order/${number}`;
  await until("the order", shows);
  (await button("接单")).click();
  (await button("到场")).click();
  await until("the arrival", () => document.querySelector(".order .state.s-on_site"));
  location.hash = `#/order/${number}/inspect`;
  for (const [index, photo] of photos.entries()) {
    const input = await until("the camera", () =>
      document.querySelector(".inspect .photo-need[data-tag=before] input[capture]"));
    const bytes = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0));
    const chosen = new DataTransfer();
    chosen.items.add(new File([bytes], "photo.jpg", { type: "image/jpeg" }));
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    await until(`photo ${index}`, () =>
      document.querySelectorAll(".inspect .photo-strip li").length > index);
  }
  const words = document.querySelector("textarea[name=note]");
  words.value = note;
  words.dispatchEvent(new Event("input", { bubbles: true }));
  (await button("记录勘查")).click();
  await until("the order", shows);
}"""


@pytest.mark.timeout(600)
def test_thirty_orders_and_three_hundred_pictures_without_a_network(
    house: House, staff: Cast, phone_of: Callable[..., Phone], dispatched: Callable[..., str]
) -> None:
    phone = phone_of("denglin")
    numbers = [dispatched("denglin", "lamp", "L-LAMP", "三十单") for _ in range(ORDERS)]
    expect(phone.page.locator("[data-order]")).to_have_count(ORDERS, timeout=60_000)
    phone.offline()
    seeds = itertools.count(secrets.randbelow(10**9))
    for number in numbers:
        taken = [pictures.photo(next(seeds), size=PICTURE) for _ in range(PHOTOS_EACH)]
        coded = [base64.b64encode(photo).decode() for photo in taken]
        phone.page.evaluate(ARRIVES_AND_INSPECTS, [number, f"灯管两端发黑 {number} 😀", coded])
    kept = {hashlib.sha256(content).hexdigest() for content in phone.stored("bytes")}
    assert len(kept) == ORDERS * PHOTOS_EACH

    phone.goes_to()
    phone.reload()
    expect(phone.page.locator("[data-order]")).to_have_count(ORDERS, timeout=PATIENCE_MS)
    phone.card(numbers[-1]).click()
    expect(phone.page.locator(".order .state.s-on_site")).to_be_visible(timeout=PATIENCE_MS)

    held = sa.select(Photo.sha256).filter_by(device_id=phone.fact("pairing")["device"])
    phone.online()
    # Asked of the server: the phone has enough to do.
    wait_for(lambda: len(house.ask(held)) == len(kept), "the pictures to arrive", 240)
    phone.everything_verified(120)
    assert {act["outcome"] for act in phone.acts()} == {"applied"}
    assert set(house.ask(held)) == kept
    store = FileStore(house.settings.home / "photos")
    for sha256 in kept:
        with store.open(sha256) as original:
            assert hashlib.sha256(original.read()).hexdigest() == sha256
