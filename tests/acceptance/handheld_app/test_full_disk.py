"""A phone whose disk is full: said while there is still room, and nothing kept by half."""

import io
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.acceptance.handheld_app.photographer import (
    another_second,
    bytes_of,
    kept_photo,
    on_site,
    open_camera,
    shutter,
)
from tests.acceptance.people import Cast
from tests.acceptance.phone import Phone, new_phone
from tests.acceptance.stack import House, wait_for

QUOTA_BYTES = 48 * 1024 * 1024
#: What the app sets aside (handheld/src/store/reserve.ts).
RESERVE_PIECES = 8
RESERVE_WITHIN_S = 60.0

_OPEN = """const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME);
    opening.onupgradeneeded = () =>
      opening.result.createObjectStore("filler", { autoIncrement: true });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });"""
#: Fills what room is left, as other apps do: to the last KB, less than any picture needs.
FILL = """async () => {
  OPEN
  const fits = (size) => new Promise((resolve) => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
    const writing = database.transaction("filler", "readwrite");
    writing.objectStore("filler").put(bytes);
    writing.oncomplete = () => resolve(true);
    writing.onabort = () => resolve(false);
  });
  let size = 1024 * 1024;
  while (size >= 1024) if (!(await fits(size))) size /= 2;
  database.close();
}""".replace("OPEN", _OPEN.replace("NAME", '"filler"'))
SET_ASIDE = """() => new Promise((resolve) => {
  const opening = indexedDB.open("paigong-reserve");
  opening.onsuccess = () => {
    const database = opening.result;
    if (!database.objectStoreNames.contains("pieces")) { database.close(); resolve(0); return; }
    const counting = database.transaction("pieces").objectStore("pieces")
      .count(IDBKeyRange.lowerBound(0));
    counting.onsuccess = () => { database.close(); resolve(counting.result); };
  };
})"""


@pytest.fixture
def small_phone(
    house: House, staff: Cast, phones_browser: Browser
) -> Iterator[tuple[Phone, Callable[[], None]]]:
    """A phone with little room, and what gives it more."""
    enrolled = staff.zhaomin.post("/devices", label="small", technician="liuqiang")
    phone = new_phone(house, phones_browser, "small")
    # Before the app writes anything: the browser remembers for a while how much room there was.
    phone.page.goto(f"{house.url}/healthz")
    devtools = phone.context.new_cdp_session(phone.page)
    small = {"origin": house.url, "quotaSize": QUOTA_BYTES}
    devtools.send("Storage.overrideQuotaForOrigin", small)

    def give_room() -> None:
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": house.url})

    yield phone.pair(enrolled["pairing_url"]), give_room
    phone.close()
    staff.zhaomin.post(f"/devices/{enrolled['id']}/revoke", reason="test over", lost=False)


def test_the_last_room_is_used_and_said_and_then_no_shot_is_lost(
    small_phone: tuple[Phone, Callable[[], None]], dispatched: Callable[..., str]
) -> None:
    phone, give_room = small_phone
    page = phone.page
    number = dispatched("liuqiang")
    on_site(phone, number)
    wait_for(lambda: page.evaluate(SET_ASIDE) == RESERVE_PIECES, "the reserve", RESERVE_WITHIN_S)
    page.evaluate(FILL)
    expect(page.locator("[data-space]")).to_have_count(0)

    open_camera(page)
    shutter(page)
    page.get_by_role("button", name="用这张").click()
    kept = kept_photo(phone, number)
    assert page.evaluate(SET_ASIDE) == 0
    expect(page.locator("[data-space=critical]")).to_contain_text("请联网上传 1 张照片")

    page.evaluate(FILL)
    another_second(page, kept)
    open_camera(page)
    page.get_by_role("dialog").get_by_role("button", name="拍照").click()
    expect(page.get_by_role("alert")).to_contain_text("存储已满")
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_role("alert")).to_contain_text("存储已满")
    assert phone.photos(number) == [kept]
    assert [sha256 for sha256, _ in phone.rows("bytes")] == [kept["sha256"]]
    assert [sha256 for sha256, _ in phone.rows("thumbnails")] == [kept["sha256"]]

    give_room()
    page.get_by_role("button", name="缩小一半再存").click()
    wait_for(lambda: len(phone.photos(number)) == 2, "the second photo")
    with Image.open(io.BytesIO(bytes_of(phone, phone.photos(number)[1]["sha256"]))) as picture:
        assert picture.size == (800, 600)
