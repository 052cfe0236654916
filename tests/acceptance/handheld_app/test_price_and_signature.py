"""What it costs and who signs for it: quote, confirmation, trial, refusal and cancellation (S-01)."""

import io
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import expect

from tests.acceptance.handheld import Handheld
from tests.acceptance.people import ZHOU_MIN, Cast
from tests.acceptance.phone import Phone
from tests.acceptance.repairs import looks_at_lamp, prices_lamp, repairs_lamp
from tests.acceptance.stack import House, wait_for

Dispatch = Callable[..., str]
GivePhone = Callable[..., Phone]
GiveHandheld = Callable[..., Handheld]

CUSTOMER = ZHOU_MIN[0]
#: As the customer writes, in hundredths of the paper's width and height.
STROKES = (
    ((15, 30), (30, 25), (45, 70), (60, 20)),
    ((30, 50), (55, 45), (80, 60)),
    ((65, 30), (85, 35), (70, 80), (90, 75)),
)
DOT = (((40, 50), (40, 50)),)
BIGGEST_PX = (900, 400)
DARK = 100


def signs(phone: Phone, strokes: tuple[tuple[tuple[int, int], ...], ...] = STROKES) -> None:
    """Write on the paper that is shown."""
    paper = phone.page.locator(".signature canvas")
    paper.evaluate("(paper) => paper.scrollIntoView({ block: 'end' })")
    box = paper.bounding_box()
    assert box is not None
    mouse = phone.page.mouse
    for (x, y), *others in strokes:
        mouse.move(box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100)
        mouse.down()
        for onto_x, onto_y in others:
            mouse.move(
                box["x"] + box["width"] * onto_x / 100,
                box["y"] + box["height"] * onto_y / 100,
                steps=6,
            )
        mouse.up()


def chooses(phone: Phone, value: str) -> None:
    """Tap one of the big choices."""
    phone.page.locator(f"input[type=radio][value='{value}']").check()


def sends(phone: Phone) -> None:
    """The one big button of a form."""
    phone.page.locator("form button[type=submit]").click()


def state_of(staff: Cast, number: str, state: str) -> None:
    """Wait until the house says so."""
    wait_for(lambda: staff.chenjing.order(number)["state"] == state, f"{number} to be {state}", 40)


def inspected(other: Handheld, number: str) -> None:
    """Everything up to the price, on the technician's other handheld."""
    other.goes_there(number)
    other.inspects(number, "启辉器坏,灯管两端发黑")
    looks_at_lamp(other, number)


def on_trial(other: Handheld, number: str) -> None:
    """Everything up to the customer's trial, on the technician's other handheld."""
    inspected(other, number)
    prices_lamp(other, number, CUSTOMER)
    repairs_lamp(other, number)
    other.records(number, "LAMP-19", {"value": "2", "unit": "times"})
    other.records(number, "LAMP-20", {}, "after")
    other.does("order.ready", number)


def sees(phone: Phone, number: str, state: str, *path: str) -> None:
    """The order is on the phone in this state; then one of its screens."""
    wait_for(
        lambda: any(
            held["number"] == number and held["snapshot"] and held["snapshot"]["state"] == state
            for held in phone.stored("orders")
        ),
        f"{number} as {state} on the phone",
    )
    phone.goes_to("order", number, *path)


def test_the_price_comes_from_the_list_and_what_was_signed_stands_in_the_receipt(
    staff: Cast, phone_of: GivePhone, handheld_of: GiveHandheld, dispatched: Dispatch
) -> None:
    phone, other = phone_of("liuqiang"), handheld_of("liuqiang")
    number = dispatched("liuqiang")
    inspected(other, number)
    sees(phone, number, "on_site", "quote")
    page = phone.page
    page.locator("[data-offer='L-LAMP']").click()
    page.locator("[data-offer='M-TUBE36']").click()
    page.locator("[data-offer='M-STARTER']").click()
    quantity = page.locator("[data-item='M-STARTER'] input")
    quantity.fill("0.555")
    page.locator(".bar .primary").click()
    expect(page.locator("[data-item='M-STARTER'] [role=alert]")).to_contain_text("两位小数")
    quantity.fill("1.5")
    expect(page.locator(".bar [data-total]")).to_have_attribute("data-total", "3150")

    phone.reload()
    expect(page.locator(".bar [data-total]")).to_have_attribute("data-total", "3150")
    page.locator(".bar .primary").click()
    expect(page.locator("tfoot [data-total]")).to_have_text("¥31.50")

    chooses(phone, "owner")
    signs(phone, DOT)
    sends(phone)
    expect(page.locator(".signature [role=alert]")).to_contain_text("一个点不算签名")
    phone.press("清除重签")
    signs(phone)
    expect(page.get_by_role("img", name="客户签名: 已签名")).to_be_visible()
    phone.reload()
    expect(page.get_by_role("img", name="客户签名: 已签名")).to_be_visible()
    sends(phone)

    state_of(staff, number, "in_progress")
    assert staff.chenjing.order(number)["total_fen"] == 3150
    phone.everything_verified()
    confirmed = phone.acts(number)[-1]["data"]
    assert confirmed["signer"] == {"name": CUSTOMER, "relation": "owner"}
    held = {photo["sha256"]: photo for photo in other.receipt(number)["photos"]}
    (kept,) = phone.photos(number)
    assert confirmed["signature"] == kept["sha256"]
    told = held[kept["sha256"]]
    assert (told["tag"], told["size"]) == ("signature", kept["sizeBytes"])


def test_the_signature_is_a_picture_black_on_white_of_a_sensible_size(
    phone_of: GivePhone, handheld_of: GiveHandheld, dispatched: Dispatch
) -> None:
    phone, other = phone_of("liuqiang"), handheld_of("liuqiang")
    number = dispatched("liuqiang")
    inspected(other, number)
    other.quotes(number, 1500, "L-LAMP")
    sees(phone, number, "quoted", "confirm")
    phone.page.locator(".signature canvas").wait_for()
    phone.offline()
    chooses(phone, "tenant")
    signs(phone)
    sends(phone)
    expect(phone.page.locator(".state")).to_have_text("施工中")

    (kept,) = phone.photos(number)
    (content,) = phone.stored("bytes")
    assert len(content) == kept["sizeBytes"]
    with Image.open(io.BytesIO(content)) as opened:
        assert opened.format == "PNG"
        assert opened.width <= BIGGEST_PX[0]
        assert opened.height <= BIGGEST_PX[1]
        shades = opened.convert("L").histogram()
    assert 0 < sum(shades[:DARK]) < shades[255]
    phone.online()
    phone.everything_verified(60)


def test_what_is_not_on_the_list_is_priced_by_the_manager(
    staff: Cast, phone_of: GivePhone, handheld_of: GiveHandheld, dispatched: Dispatch
) -> None:
    phone, other = phone_of("liuqiang"), handheld_of("liuqiang")
    number = dispatched("liuqiang")
    inspected(other, number)
    sees(phone, number, "on_site", "quote")
    page = phone.page
    phone.press("请经理定价")
    sends(phone)
    expect(page.get_by_role("alert").first).to_be_visible()
    page.locator("textarea[name=description]").fill("嵌入式灯盘 600×600")
    page.locator("input[name=qty]").fill("2")
    page.locator("textarea[name=reason]").fill("原灯盘烧毁")
    sends(phone)
    expect(page.locator("[data-request=asked]")).to_contain_text("嵌入式灯盘", timeout=20_000)

    wanted = staff.zhaomin.open_alerts(number)["price.requested"]["data"]["wanted"]
    assert wanted == [{"description": "嵌入式灯盘 600×600", "qty": "2", "reason": "原灯盘烧毁"}]
    staff.zhaomin.post(
        f"/orders/{number}/price-approvals",
        description="嵌入式灯盘 600×600",
        price_fen=8850,
        reason="不在收费标准内",
    )
    expect(page.locator("[data-request=approved]")).to_contain_text("X-1", timeout=20_000)
    page.locator("[data-offer='X-1']").click()
    expect(page.locator("[data-item='X-1'] input")).to_have_value("2")
    page.locator(".bar .primary").click()
    expect(page.locator("tfoot [data-total]")).to_have_text("¥177.00")
    state_of(staff, number, "quoted")
    assert other.holds(number, state="quoted")["quote"]["total_fen"] == 17700


def test_a_quote_that_is_taken_back_leaves_its_lines_and_a_new_one_shows_what_changes(
    staff: Cast, phone_of: GivePhone, handheld_of: GiveHandheld, dispatched: Dispatch
) -> None:
    phone, other = phone_of("liuqiang"), handheld_of("liuqiang")
    number = dispatched("liuqiang")
    inspected(other, number)
    prices_lamp(other, number, CUSTOMER)
    sees(phone, number, "in_progress", "quote")
    page = phone.page
    expect(page.locator(".strip.soon").first).to_contain_text("锁定")
    page.locator("[data-item='M-STARTER'] .stepper button").last.click()
    expect(page.locator("[data-item='M-STARTER'] .mark")).to_have_text("原 1")
    expect(page.locator(".bar-total")).to_contain_text("比原报价多 ¥3.00")

    phone.offline()
    page.locator(".bar .primary").click()
    expect(page.locator("tfoot [data-total]")).to_have_text("¥33.00")
    phone.press("撤销")
    phone.goes_to("order", number, "quote")
    expect(page.locator("[data-item='M-STARTER'] input")).to_have_value("2")
    phone.online()
    assert staff.chenjing.order(number)["state"] == "in_progress"

    page.locator(".bar .primary").click()
    chooses(phone, "phone")
    chooses(phone, "family")
    sends(phone)
    wait_for(lambda: staff.chenjing.order(number)["total_fen"] == 3300, "the new price", 40)
    state_of(staff, number, "in_progress")


def test_a_dissatisfied_customer_gets_an_apology_and_a_satisfied_one_signs_without_a_network(
    staff: Cast, phone_of: GivePhone, handheld_of: GiveHandheld, dispatched: Dispatch
) -> None:
    phone, other = phone_of("liuqiang"), handheld_of("liuqiang")
    number = dispatched("liuqiang")
    on_trial(other, number)
    sees(phone, number, "awaiting_acceptance", "trial", "dissatisfied")
    page = phone.page
    expect(page.locator("[data-tells=nobody]")).to_contain_text("返工第 1 次")
    chooses(phone, "other")
    page.locator("textarea[name=own]").fill("灯还是闪")
    sends(phone)
    expect(page.get_by_role("alert")).to_contain_text("先向客户道歉")
    page.locator("input[name=apology]").check()
    sends(phone)
    state_of(staff, number, "rework")
    other.holds(number, state="rework")
    other.records(number, "LAMP-20", {}, "after")
    other.does("order.ready", number)

    sees(phone, number, "awaiting_acceptance", "trial")
    phone.press("满意,签名")
    phone.offline()
    chooses(phone, "owner")
    signs(phone)
    sends(phone)
    expect(page.locator(".left")).to_contain_text("客户签名的图片还没有送达")
    assert staff.chenjing.order(number)["state"] == "awaiting_acceptance"
    phone.online()
    state_of(staff, number, "accepted")
    expect(page.locator(".left")).to_contain_text("本单已全部送达", timeout=40_000)
    staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")


def test_without_a_signature_a_witness_stands_in_and_the_manager_decides(
    staff: Cast, phone_of: GivePhone, handheld_of: GiveHandheld, dispatched: Dispatch
) -> None:
    phone, other = phone_of("liuqiang"), handheld_of("liuqiang")
    number = dispatched("liuqiang")
    on_trial(other, number)
    sees(phone, number, "awaiting_acceptance", "trial", "unsigned")
    chooses(phone, "absent")
    sends(phone)
    expect(phone.page.get_by_role("alert")).to_contain_text("见证人")
    phone.page.locator("input[name=witness]").fill("保安 老周")
    sends(phone)
    state_of(staff, number, "escalated")
    (told,) = [row for row in phone.acts(number) if row["type"] == "signature.refused"]
    assert (told["data"]["reason"], told["data"]["witness"]) == ("absent", "保安 老周")
    assert "escalation.L1_cs_manager" in staff.zhaomin.open_alerts(number)


def test_a_customer_who_cancels_before_the_price_pays_nothing(
    house: House, staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    number = dispatched("liuqiang")
    sees(phone, number, "dispatched", "cancel")
    expect(phone.page.locator(".strip.soon")).to_contain_text("不收任何费用")
    sends(phone)
    expect(phone.page.get_by_role("alert")).to_contain_text("请选择一项")
    chooses(phone, "solved")
    sends(phone)
    state_of(staff, number, "cancel_pending")
    assert staff.chenjing.order(number)["charge_fen"] == 0
    staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")
    house.assert_history_holds(number)
