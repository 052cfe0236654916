"""A technician's hands on the camera of the app, and eyes on what it kept."""

import hashlib
import io
from typing import Any

from PIL import Image
from PIL.ExifTags import IFD, Base
from playwright.sync_api import Page, expect

from server.evidence import exif
from tests.acceptance.handheld_app.technician import Technician
from tests.acceptance.phone import Phone
from tests.acceptance.stack import wait_for
from tests.factories import pictures

NOTE = "启辉器坏,需换一只"


def on_site(phone: Phone, number: str) -> None:
    """Acknowledge, arrive and open the inspection."""
    phone.goes_to()
    phone.card(number).click()
    technician = Technician(phone, number)
    technician.acknowledges()
    technician.arrives()
    technician.looks("inspect")
    expect(phone.page.get_by_role("group", name="维修前")).to_be_visible()


def open_camera(page: Page) -> None:
    """Open the camera of the app."""
    page.get_by_role("group", name="维修前").get_by_role("button", name="拍").last.click()


def shutter(page: Page) -> None:
    """Take what the camera sees; it is kept."""
    page.get_by_role("dialog").get_by_role("button", name="拍照").click()
    expect(page.get_by_role("button", name="用这张")).to_be_enabled()


def another_second(page: Page, than_of: dict[str, Any]) -> None:
    """Wait until a shot cannot be the very same picture as one that was taken before.

    The browser's camera begins with the same frames whenever it is opened, and what a picture says
    of its time ends with the second.
    """
    now = "() => new Date().toISOString().slice(0, 19)"
    wait_for(lambda: page.evaluate(now) > than_of["takenAt"][:19], "another second")


def take_photo(page: Page) -> None:
    """Take a photo and be content with it."""
    open_camera(page)
    shutter(page)
    page.get_by_role("button", name="用这张").click()


def record_inspection(page: Page) -> None:
    """Write what was found, and record it."""
    page.get_by_label("查到了什么").fill(NOTE)
    page.get_by_role("button", name="记录勘查").click()
    expect(page.locator(".order-photos")).to_be_visible()


def give_file(page: Page, where: str, picture: bytes) -> None:
    """A picture as the phone's camera or gallery hands it over."""
    page.locator(where).set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture}
    )


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A finger across the picture, in shares of its width and height."""
    box = page.locator(".drawing-on").bounding_box()
    assert box is not None
    (x0, y0), (x1, y1) = (
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)
    )
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move(x1, y1, steps=5)
    page.mouse.up()


def agree_to_place(phone: Phone) -> None:
    """As the switch in the app's settings does."""
    phone.page.evaluate(
        """() => new Promise((resolve) => {
          const opening = indexedDB.open("paigong-handheld");
          opening.onsuccess = () => {
            const database = opening.result;
            const writing = database.transaction("facts", "readwrite");
            const facts = writing.objectStore("facts");
            const asked = facts.get("preferences");
            asked.onsuccess = () =>
              facts.put({ ...asked.result, keepPlace: true }, "preferences");
            writing.oncomplete = () => { database.close(); resolve(); };
          };
        })"""
    )
    phone.reload()


def kept_photo(phone: Phone, number: str) -> dict[str, Any]:
    """The one picture of an order on the phone, once it is there."""
    (photo,) = wait_for(lambda: phone.photos(number), "a photo on the phone")
    return dict(photo)


def bytes_of(phone: Phone, sha256: str) -> bytes:
    """A picture as it lies on the phone."""
    (found,) = [
        stored for stored in phone.stored("bytes") if hashlib.sha256(stored).hexdigest() == sha256
    ]
    return bytes(found)


def facts_of(jpeg: bytes) -> exif.ExifFacts:
    """What the server reads in a picture's metadata."""
    with Image.open(io.BytesIO(jpeg)) as image:
        return exif.read(image)


def with_time(clock: str, offset: str | None = None) -> bytes:
    """A picture with the time that a camera wrote into it."""
    tags = Image.Exif()
    camera = tags.get_ifd(IFD.Exif)
    camera[Base.DateTimeOriginal] = clock
    if offset is not None:
        camera[Base.OffsetTimeOriginal] = offset
    written = io.BytesIO()
    with Image.open(io.BytesIO(pictures.photo(7, size=(800, 600)))) as image:
        image.save(written, "JPEG", exif=tags)
    return written.getvalue()


def is_red(jpeg: bytes, x: float, y: float) -> bool:
    """Whether a picture is red at a place, given in shares of its width and height."""
    with Image.open(io.BytesIO(jpeg)) as image:
        red, green, blue = image.convert("RGB").getpixel(  # type: ignore[misc]
            (int(x * image.width), int(y * image.height))
        )
    return red > 180 and green < 110 and blue < 110
