"""What must not go wrong: an alarm by one press, and a queue that leaves by hand."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.acceptance.handheld_app.technician import Technician
from tests.acceptance.people import HUANG_ZHIYUAN, Cast, draw
from tests.acceptance.phone import Phone
from tests.acceptance.stack import House, wait_for

FOUND = "incident.found"


def hold(phone: Phone, target: Locator) -> None:
    """A finger that stays."""
    target.scroll_into_view_if_needed()
    target.hover()
    phone.page.mouse.down()
    expect(phone.page).to_have_url(re.compile("/hazard$"))
    phone.page.mouse.up()


@pytest.fixture
def gas_order(staff: Cast, dispatched: Callable[..., str]) -> Iterator[str]:
    """A gas water heater that does not light; a manager clears the danger afterwards (P-22)."""
    number = dispatched("liuqiang", "gas_water_heater", None, "热水器打不着火", HUANG_ZHIYUAN)
    yield number
    staff.zhaomin.post(f"/orders/{number}/decisions", decision="resume", text="test over")


def test_smelling_gas_one_press_that_is_held_is_the_alarm(
    staff: Cast, phone_of: Callable[..., Phone], gas_order: str
) -> None:
    phone = phone_of("liuqiang")
    phone.card(gas_order).click()
    phone.press("接单")
    expect(phone.page.get_by_role("button", name="到场")).to_be_visible()
    expect(phone.page.locator("main .strip.soon")).to_have_count(0)  # its checklist is here

    hold(phone, phone.page.locator(".aside-alarm"))

    expect(phone.page.get_by_role("alert")).to_contain_text("先离开")
    alarm = phone.acts(gas_order)[-1]
    assert (alarm["type"], alarm["data"]["kind"]) == ("hazard.alarm", "gas_leak")
    wait_for(lambda: staff.chenjing.order(gas_order)["hazard"], "the alarm at the desk")
    assert staff.chenjing.order(gas_order)["state"] == "suspended"


def test_on_the_gas_checklist_the_alarm_is_one_press_away(
    staff: Cast, phone_of: Callable[..., Phone], gas_order: str
) -> None:
    phone = phone_of("liuqiang")
    phone.card(gas_order).click()
    phone.press("接单")
    phone.press("到场")
    phone.goes_to("order", gas_order, "checklist")

    hold(phone, phone.page.locator(".alarm-small"))

    wait_for(lambda: staff.chenjing.order(gas_order)["hazard"], "the alarm at the desk")


def test_a_failed_gas_check_is_an_alarm_and_is_here_until_the_desk_has_it(
    staff: Cast, phone_of: Callable[..., Phone], gas_order: str
) -> None:
    phone = phone_of("liuqiang")
    hands = Technician(phone, gas_order)
    phone.card(gas_order).wait_for()
    hands.acknowledges()
    hands.arrives()
    phone.offline()
    hands.records("GWH-01", {"confirmed": False, "fields": {"lel_percent": "12"}})

    expect(phone.page.locator("main [role=status]")).to_contain_text("报警已存本机")
    expect(phone.page.get_by_role("button", name="撤销")).to_have_count(0)
    alarm, step = phone.acts(gas_order)[-2:]
    assert (alarm["type"], alarm["data"]["kind"]) == ("hazard.alarm", "gas_leak")
    assert (step["type"], alarm["holdUntil"], step["holdUntil"]) == ("step.recorded", 0, 0)

    phone.online()
    expect(phone.page.locator("main [role=status]")).to_contain_text("报警已送到调度台")
    wait_for(lambda: phone.acts(gas_order)[-1]["outcome"] == "applied", "the step at the desk")


def test_a_brush_against_the_alarm_raises_none_and_two_taps_do(
    staff: Cast, phone_of: Callable[..., Phone], gas_order: str
) -> None:
    phone = phone_of("liuqiang")
    phone.card(gas_order).click()
    phone.press("接单")
    phone.page.locator(".aside-alarm").click()
    expect(phone.page.get_by_role("alert")).to_contain_text("先离开")
    assert [act["type"] for act in phone.acts(gas_order)][-1] == "order.acknowledged"

    phone.page.locator("[data-kind=gas_leak]").click()

    wait_for(lambda: staff.chenjing.order(gas_order)["hazard"], "the alarm at the desk")


def test_the_alarm_is_on_every_screen_of_an_order(
    staff: Cast, phone_of: Callable[..., Phone], dispatched: Callable[..., str]
) -> None:
    phone = phone_of("liuqiang")
    number = dispatched("liuqiang")
    phone.card(number).click()
    phone.press("接单")
    phone.press("到场")
    for screen in ("inspect", "quote", "suspend", "cancel", "stock", "damage", "history"):
        phone.goes_to("order", number, screen)
        phone.page.get_by_role("heading").first.wait_for()
        expect(phone.page.locator(".alarm-small")).to_have_count(1)
    phone.goes_to("order", number, "step", "LAMP-01")
    turning = phone.page.locator(".step-turn button")
    expect(turning).to_have_count(4)
    tops = {box["y"] for one in turning.all() if (box := one.bounding_box())}
    assert len(tops) == 1, "the alarm takes the room of the step"
    phone.page.locator(".alarm-small").click()
    expect(phone.page.get_by_role("alert")).to_contain_text("先离开")


def test_danger_without_an_order_is_a_major_incident(
    staff: Cast, phone_of: Callable[..., Phone]
) -> None:
    phone = phone_of("zhangwei")
    phone.press("险情报警")
    phone.page.get_by_label("地点").fill("地下车库 B2 东侧")
    phone.page.locator("[data-kind=water]").click()
    expect(phone.page.get_by_role("heading", name="大量漏水")).to_be_visible()

    def at_the_desk() -> list[dict[str, Any]]:
        found = [one for one in staff.zhaomin.get("/alerts")["items"] if one["kind"] == FOUND]
        return [one for one in found if one["data"].get("place") == "地下车库 B2 东侧"]

    [incident] = wait_for(at_the_desk, "the incident at the desk")
    assert incident["rule"] == "R-029", "a major one"


_LISTENING = """globalThis.SpeechRecognition = class {
  start() { globalThis.listener = this; }
  stop() { this.onend?.(); }
};"""


def test_what_is_said_takes_nothing_away_of_what_was_typed_meanwhile(
    phone_of: Callable[..., Phone],
) -> None:
    phone = phone_of("zhangwei")
    phone.page.add_init_script(_LISTENING)
    phone.reload()
    phone.goes_to("incident")
    seen = phone.page.get_by_label("看到了什么")
    seen.locator("xpath=..").get_by_role("button", name="语音输入").click()
    phone.page.get_by_label("地点").fill("3栋大堂")
    seen.fill("水管")
    phone.page.evaluate(
        "listener.onresult({ resultIndex: 0, results: [[{ transcript: '地面积水' }]] })"
    )
    expect(seen).to_have_value("水管 地面积水")
    expect(phone.page.get_by_label("地点")).to_have_value("3栋大堂")
    expect(seen).to_have_attribute("maxlength", "2000")


def test_an_incident_arrives_with_its_picture(staff: Cast, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of("zhangwei")
    phone.goes_to("incident")
    phone.page.get_by_label("地点").fill("3栋大堂")
    phone.page.get_by_label("看到了什么").fill("地面积水")
    picture = {"name": "wet.jpg", "mimeType": "image/jpeg", "buffer": draw("fault_point")}
    phone.page.locator("input[type=file]").first.set_input_files(picture)
    phone.page.locator(".photo-tile img").wait_for()
    phone.press("报告")

    wait_for(lambda: phone.photos("")[0]["state"] == "sent", "the picture to be up", 40)

    assert phone.stored("acts")[0]["outcome"] == "applied", "the report went before it"
    expect(phone.counter("arrived")).to_have_text("0")
    expect(phone.counter("here")).to_have_text("0")


def test_without_any_network_the_queue_leaves_as_a_file_and_counts_once(
    house: House,
    staff: Cast,
    phone_of: Callable[..., Phone],
    dispatched: Callable[..., str],
    tmp_path: Path,
) -> None:
    number = dispatched("liuqiang")
    phone = phone_of("liuqiang")
    phone.card(number).wait_for()
    wait_for(lambda: phone.fact("settings"), "the key of the server")
    phone.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    phone.offline()
    phone.reload()
    phone.card(number).click()
    phone.press("接单")
    wait_for(lambda: phone.acts(number)[-1]["type"] == "order.acknowledged", "it to be kept")
    phone.goes_to("order", number, "damage")
    phone.page.get_by_label("哪样东西").fill("客厅地砖")
    phone.page.get_by_label("经过").fill("梯子滑落,砸裂一块")
    picture = {"name": "tile.jpg", "mimeType": "image/jpeg", "buffer": draw("fault_point")}
    phone.page.locator("input[type=file]").first.set_input_files(picture)
    phone.page.locator(".photo-tile img").wait_for()
    phone.press("报告")
    wait_for(lambda: phone.acts(number)[-1]["type"] == "damage.reported", "the report to be kept")

    phone.goes_to("queue")
    phone.press("导出未送达的内容")
    with phone.page.expect_download() as downloading:
        phone.press("保存文件")
    file = tmp_path / "queue.pgq"
    downloading.value.save_as(file)
    taken = house.command("handheld", "import", str(file))

    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert staff.chenjing.order(number)["state"] == "acknowledged"
    taken_in = staff.chenjing.history(number)
    assert phone.count("here") > 0, "an export drops nothing"

    phone.online()
    phone.everything_verified()
    told = [(row["kind"], row["at"]) for row in taken_in]
    assert [(row["kind"], row["at"]) for row in staff.chenjing.history(number)] == told
    assert len(phone.photos(number)) == 1
