"""Photos as a technician takes them, from the camera's frame to the server's receipt."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from server.evidence import exif
from server.evidence.models import Photo
from tests.acceptance.handheld_app.photographer import (
    agree_to_place,
    another_second,
    bytes_of,
    drag,
    facts_of,
    give_file,
    is_red,
    kept_photo,
    on_site,
    open_camera,
    record_inspection,
    shutter,
    take_photo,
    with_time,
)
from tests.acceptance.people import ZHOU_MIN, Cast, cast_of
from tests.acceptance.phone import Phone, new_phone
from tests.acceptance.repairs import looks_at_lamp, prices_lamp, repairs_lamp
from tests.acceptance.stack import House, running_house, wait_for
from tests.factories import pictures

Phones = Callable[..., Phone]
Dispatch = Callable[..., str]

JINAN = {"latitude": 36.651, "longitude": 117.12}
#: the first photo step of the lamp's checklist that wants a picture from before
STEP = "LAMP-01"


def test_a_photo_arrives_byte_for_byte_with_its_time_and_without_its_place(
    house: House, phone_of: Phones, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang", geolocation=JINAN, permissions=["camera", "geolocation"])
    number = dispatched("liuqiang")
    on_site(phone, number)
    take_photo(phone.page)
    (kept,) = phone.photos(number)
    taken = bytes_of(phone, kept["sha256"])
    assert hashlib.sha256(taken).hexdigest() == kept["sha256"]
    assert kept["state"] == "kept"

    record_inspection(phone.page)
    phone.everything_verified()

    (photo,) = house.ask(sa.select(Photo).where(Photo.order_number == number))
    taken_at = dt.datetime.fromisoformat(kept["takenAt"])
    assert (photo.sha256, photo.size_bytes) == (kept["sha256"], len(taken))
    assert (photo.step, photo.tag) == (STEP, "before")
    assert photo.taken_at == taken_at
    assert photo.exif_taken_at == taken_at.replace(microsecond=0)
    assert max(photo.width_px, photo.height_px) == 1600
    assert facts_of(taken).latitude is None
    expect(phone.page.locator(".order-photos [data-state]")).to_have_attribute(
        "data-state", "verified"
    )
    assert phone.rows("bytes") == []


def test_what_is_taken_again_is_gone_and_what_is_drawn_is_in_the_picture(
    phone_of: Phones, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    number = dispatched("liuqiang")
    on_site(phone, number)
    page = phone.page
    open_camera(page)
    shutter(page)
    first = kept_photo(phone, number)
    page.get_by_role("button", name="重拍").click()
    wait_for(lambda: not phone.photos(number), "the first shot to go")
    another_second(page, first)
    shutter(page)
    plain = kept_photo(phone, number)
    assert plain["sha256"] != first["sha256"]
    assert not is_red(bytes_of(phone, plain["sha256"]), 0.5, 0.1)

    page.get_by_role("button", name="标注").click()
    drag(page, (0.1, 0.1), (0.9, 0.1))
    page.get_by_role("button", name="圆圈").click()
    drag(page, (0.2, 0.5), (0.8, 0.9))
    page.get_by_role("button", name="撤销一笔").click()
    page.get_by_role("button", name="标好了").click()
    page.get_by_role("button", name="用这张").click()

    drawn = kept_photo(phone, number)
    assert drawn["sha256"] != plain["sha256"]
    assert drawn["takenAt"] == plain["takenAt"]
    assert is_red(bytes_of(phone, drawn["sha256"]), 0.5, 0.1)
    assert not is_red(bytes_of(phone, drawn["sha256"]), 0.2, 0.7)
    assert [sha256 for sha256, _ in phone.rows("bytes")] == [drawn["sha256"]]


def test_the_picture_from_before_lies_over_the_finder_when_the_after_is_taken(
    staff: Cast, phone_of: Phones, dispatched: Dispatch
) -> None:
    other = staff.new_handheld("liuqiang", "HH-GHOST")
    other.connect()
    phone = phone_of("liuqiang")
    number = dispatched("liuqiang")
    on_site(phone, number)
    page = phone.page
    open_camera(page)
    expect(page.get_by_role("dialog").locator("video")).to_be_visible()
    assert page.locator(".ghost").count() == 0
    shutter(page)
    page.get_by_role("button", name="用这张").click()
    record_inspection(page)
    phone.everything_verified()
    # The work between is not the matter here.
    looks_at_lamp(other, number)
    prices_lamp(other, number, "周敏")
    repairs_lamp(other, number)
    other.records(number, "LAMP-19", {"value": "2", "unit": "times"})

    phone.goes_to("order", number, "step", "LAMP-20")
    after = page.locator(".photo-need[data-tag=after]")
    after.get_by_role("button", name="拍照").click()
    ghost = page.locator(".ghost")
    expect(ghost).to_have_css("opacity", "0.35")
    page.get_by_label("前图深浅").fill("60")
    expect(ghost).to_have_css("opacity", "0.6")
    page.get_by_label("叠加前图").uncheck()
    expect(ghost).to_have_count(0)


def test_the_same_picture_for_another_order_is_refused_with_the_reason_and_taken_again(
    phone_of: Phones, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    picture = pictures.photo(20_260_305, size=(640, 480))
    first, second = dispatched("liuqiang"), dispatched("liuqiang")
    for number in (first, second):
        on_site(phone, number)
        give_file(phone.page, "input[capture]", picture)
        record_inspection(phone.page)
    phone.everything_verified()

    (refused,) = phone.photos(second)
    assert refused["state"] == "refused"
    assert refused["problem"]["rule"] == "R-005"
    page = phone.page
    page.locator(".order-photos button").click()
    expect(page.get_by_role("dialog")).to_contain_text("已用作其他步骤或其他工单的证据")
    page.get_by_role("button", name="删除,重新拍").click()
    expect(page.get_by_role("button", name="拍照")).to_be_visible()
    assert phone.photos(second) == []


@pytest.fixture
def without_camera(house: House, staff: Cast, chromium: Browser) -> Iterator[Phone]:
    """A paired phone in the browser that has none."""
    enrolled = staff.zhaomin.post("/devices", label="no-camera", technician="liuqiang")
    phone = new_phone(house, chromium, "no-camera")
    yield phone.pair(enrolled["pairing_url"])
    phone.close()
    staff.zhaomin.post(f"/devices/{enrolled['id']}/revoke", reason="test over", lost=False)


def test_without_a_camera_in_the_browser_the_phones_own_takes_the_photo(
    without_camera: Phone, dispatched: Dispatch
) -> None:
    phone = without_camera
    number = dispatched("liuqiang")
    on_site(phone, number)
    open_camera(phone.page)
    expect(phone.page.get_by_role("alert")).to_contain_text("系统相机")
    give_file(phone.page, "dialog input[capture]", with_time("2026:03:05 12:30:45"))
    phone.page.get_by_role("button", name="用这张").click()
    kept = kept_photo(phone, number)
    assert facts_of(bytes_of(phone, kept["sha256"])).taken_at == dt.datetime.fromisoformat(
        kept["takenAt"]
    )


def test_the_gallery_is_offered_only_where_the_tag_allows_it(
    phone_of: Phones, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    on_site(phone, dispatched("liuqiang"))
    expect(phone.page.locator("input[type=file][capture=environment]")).to_have_count(1)
    expect(phone.page.locator("input[type=file]")).to_have_count(1)


@pytest.fixture(scope="module")
def willing_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that takes the "before" from the gallery, and places."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PAIGONG_PHOTO_GALLERY_TAGS", "before")
        environment.setenv("PAIGONG_PHOTO_KEEP_PLACE", "1")
        with running_house(tmp_path_factory.mktemp("willing") / "home") as house:
            yield house


@pytest.fixture
def willing_phone(willing_house: House, phones_browser: Browser) -> Iterator[tuple[Phone, str]]:
    """A phone on site, in that house; its order."""
    with cast_of(willing_house) as people:
        enrolled = people.zhaomin.post("/devices", label="willing", technician="liuqiang")
        phone = new_phone(
            willing_house,
            phones_browser,
            "willing",
            geolocation=JINAN,
            permissions=["camera", "geolocation"],
        ).pair(enrolled["pairing_url"])
        wait_for(lambda: phone.fact("settings"), "the settings")
        request = people.chenjing.registers(*ZHOU_MIN, "客厅日光灯闪烁")
        number = people.chenjing.issues(request["number"], "lamp", "L-LAMP")
        people.chenjing.dispatches(number, "liuqiang")
        on_site(phone, number)
        yield phone, number
        phone.close()
        people.zhaomin.post(f"/devices/{enrolled['id']}/revoke", reason="test over", lost=False)


def test_a_picture_from_the_gallery_keeps_its_own_time_and_gets_no_place_of_today(
    willing_phone: tuple[Phone, str],
) -> None:
    phone, number = willing_phone
    agree_to_place(phone)
    picture = with_time("2026:03:05 12:30:45", "+08:00")
    give_file(phone.page, "input[type=file]:not([capture])", picture)
    kept = kept_photo(phone, number)
    assert kept["takenAt"] == "2026-03-05T04:30:45.000Z"
    found = facts_of(bytes_of(phone, kept["sha256"]))
    assert found.taken_at == dt.datetime(2026, 3, 5, 4, 30, 45, tzinfo=dt.UTC)
    assert found.latitude is None


def test_a_place_is_kept_where_house_and_technician_agree(
    willing_phone: tuple[Phone, str],
) -> None:
    phone, number = willing_phone
    take_photo(phone.page)
    assert facts_of(bytes_of(phone, kept_photo(phone, number)["sha256"])).latitude is None

    agree_to_place(phone)
    open_camera(phone.page)

    def taken_with_place() -> exif.ExifFacts | None:
        shutter(phone.page)
        wait_for(lambda: len(phone.photos(number)) == 2, "the second photo")
        found = facts_of(bytes_of(phone, phone.photos(number)[-1]["sha256"]))
        if found.latitude is None:
            phone.page.get_by_role("button", name="重拍").click()
            return None
        return found

    # The place may come later than the first frame; it is not waited for.
    found = wait_for(taken_with_place, "a photo with a place")
    assert found.latitude == pytest.approx(JINAN["latitude"], abs=1e-5)
    assert found.longitude == pytest.approx(JINAN["longitude"], abs=1e-5)
