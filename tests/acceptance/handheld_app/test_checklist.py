"""The checklist in the technician's hands: judged while typed, locked with a key, sent back in part."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.handheld import Handheld
from tests.acceptance.handheld_app.technician import Technician
from tests.acceptance.people import Cast
from tests.acceptance.phone import Phone
from tests.acceptance.repairs import looks_at_lamp, prices_lamp, repairs_lamp
from tests.acceptance.stack import wait_for


@pytest.fixture
def phone(phone_of: Callable[..., Phone]) -> Phone:
    return phone_of("T-01")


@pytest.fixture
def other(staff: Cast) -> Handheld:
    """The same technician's other handheld, for what is not the matter of a test."""
    handheld = staff.new_handheld("T-01", "HH-OTHER")
    handheld.connect()
    return handheld


@pytest.fixture
def number(dispatched: Callable[..., str], phone: Phone, other: Handheld) -> str:
    """A lamp; its technician has arrived."""
    order = dispatched("T-01")
    phone.card(order).wait_for()
    other.goes_there(order)
    return order


@pytest.fixture
def technician(phone: Phone, number: str) -> Technician:
    hands = Technician(phone, number)
    wait_for(lambda: hands.state() == "on_site", "the arrival to be on the phone")
    return hands


def step_shown(page: Page) -> str | None:
    return page.locator(".step").get_attribute("data-step")


def key_in(page: Page, figure: str) -> None:
    for key in figure:
        page.locator(f"[data-key='{key}']").click()


def test_a_reading_is_judged_while_it_is_keyed_in_and_outlives_a_killed_tab(
    phone: Phone, technician: Technician
) -> None:
    page = phone.page
    technician.records("LAMP-01", {}, "before")
    technician.records("LAMP-02", {"confirmed": True})
    technician.looks("step", "LAMP-03")
    page.locator(".pad").wait_for()
    key_in(page, "180")
    outcome = page.locator(".outcome")
    expect(outcome).to_have_attribute("data-status", "fail")
    expect(outcome).to_contain_text("LAMP-04")
    expect(page.locator(".band-marker")).to_have_attribute("data-marker", "0")
    # The tab dies before anything was recorded.
    wait_for(lambda: any(d["value"]["value"] == "180" for d in phone.stored("drafts")), "a draft")
    phone.reload()
    expect(page.locator("input[name=value]")).to_have_value("180")
    for _ in "180":
        page.locator("[data-key=back]").click()
    key_in(page, "221")
    expect(outcome).to_have_attribute("data-status", "pass")
    expect(page.locator(".band-marker")).to_have_attribute("data-marker", "1")
    technician.takes("meter")
    page.locator("button[type=submit]").click()
    expect(page.locator(".step")).to_have_attribute("data-step", "LAMP-05")
    technician.looks("checklist")
    row = page.locator("[data-step=LAMP-03]")
    expect(row).to_contain_text("合格")
    expect(row).to_contain_text("221 V")


def test_a_locked_step_leads_to_its_key_and_a_slip_is_mended_where_it_was_made(
    phone: Phone, technician: Technician, number: str
) -> None:
    page = phone.page
    technician.records("LAMP-01", {}, "before")
    technician.records("LAMP-02", {"confirmed": True})
    technician.records("LAMP-03", {"value": "221"}, "meter")
    expect(technician.is_not_let("LAMP-06")).to_contain_text("LAMP-05")
    page.get_by_role("button", name="去做 LAMP-05").click()
    expect(page.locator(".step")).to_have_attribute("data-step", "LAMP-05")
    technician.takes("isolation")
    page.locator(".yes").click()
    expect(page.locator(".step")).to_have_attribute("data-step", "LAMP-06")
    phone.offline()
    page.locator(".no").click()
    expect(page.locator(".step")).to_have_attribute("data-step", "LAMP-08")
    page.get_by_role("button", name="撤销").last.click()
    expect(page.locator(".step")).to_have_attribute("data-step", "LAMP-06")
    expect(page.locator(".step")).to_have_attribute("data-standing", "open")
    assert not any(act["data"].get("step") == "LAMP-06" for act in phone.acts(number))


def test_a_photo_taken_after_the_answer_arrives_without_an_act(
    phone: Phone, technician: Technician, other: Handheld, number: str
) -> None:
    page = phone.page
    technician.records("LAMP-01", {})
    expect(page.locator(".step .attempt")).to_be_visible()
    assert step_shown(page) == "LAMP-01", "the photo is still owed"
    technician.takes("before")
    phone.everything_verified()
    photos = [(photo["step"], photo["tag"]) for photo in other.receipt(number)["photos"]]
    assert ("LAMP-01", "before") in photos
    recorded = [act for act in phone.acts(number) if act["type"] == "step.recorded"]
    assert [act["data"]["photos"] for act in recorded] == [[]]


def test_old_and_new_part_in_one_frame_count_for_both(
    phone: Phone, technician: Technician, other: Handheld, number: str
) -> None:
    other.inspects(number, "启辉器坏")
    looks_at_lamp(other, number)
    prices_lamp(other, number, "王丽华")
    wait_for(lambda: technician.state() == "in_progress", "the price to be on the phone")
    technician.looks("step", "LAMP-09")
    technician.takes("old_part")
    phone.page.get_by_role("button", name="这张里也有新件").click()
    wait_for(lambda: len(phone.photos(number)) == 2, "the picture to serve both")
    phone.page.locator(".yes").click()
    expect(phone.page.locator(".step")).to_have_attribute("data-step", "LAMP-11")
    phone.everything_verified()
    missing = [(one["step"], one["tag"]) for one in other.receipt(number)["missing"]]
    assert not [one for one in missing if one[0] == "LAMP-09"]
    shas = {photo["sha256"] for photo in phone.photos(number)}
    assert len(shas) == 1


def test_only_what_qa_sent_back_is_asked_for(
    phone: Phone, technician: Technician, other: Handheld, number: str, staff: Cast
) -> None:
    other.inspects(number, "启辉器和灯管坏")
    looks_at_lamp(other, number)
    prices_lamp(other, number, "王丽华")
    repairs_lamp(other, number)
    other.records(number, "LAMP-19", {"value": "2", "unit": "times", "fields": {"lit": "1"}})
    other.records(number, "LAMP-20", {}, "after")
    other.does("order.ready", number)
    other.signed_off(number, "王丽华")
    steps = [{"step": "LAMP-03", "reason": "读数照片模糊"}]
    staff.sunqian.post(f"/orders/{number}/reviews", outcome="returned", steps=steps)

    page = phone.page
    technician.looks("checklist")
    rows = page.locator(".row")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("读数照片模糊")
    expect(rows).to_contain_text("221 V")
    rows.locator("a").click()
    expect(page.locator(".attempt")).to_contain_text("221 V")
    technician.records("LAMP-03", {"value": "220"}, "meter")
    phone.everything_verified()
    assert staff.sunqian.order(number)["qa_state"] == "pending"
    assert other.results(number)["LAMP-03", 2] == "pass"
    assert other.receipt(number)["missing"] == []
