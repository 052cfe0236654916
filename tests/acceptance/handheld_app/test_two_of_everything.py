"""Two taps, two tabs, two handhelds of one technician, a lost one: each has a designed answer."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.acceptance.people import Cast
from tests.acceptance.phone import Phone
from tests.acceptance.stack import wait_for

Dispatch = Callable[..., str]
GivePhone = Callable[..., Phone]


def test_a_tap_that_bounces_is_one_act_and_not_the_next_one_too(
    phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    number = dispatched("liuqiang")
    phone.card(number).click()
    button = phone.page.get_by_role("button", name="接单")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    for _ in range(3):
        phone.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, delay=60)
    expect(phone.page.get_by_role("button", name="到场")).to_be_enabled()
    done = [act["type"] for act in phone.acts(number)]
    assert [kind for kind in done if kind not in {"order.received", "order.opened"}] == [
        "order.acknowledged"
    ]


def test_of_two_tabs_one_speaks_to_the_server_and_both_show_the_same(
    staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    expect(phone.page.locator(".line")).to_have_text("在线")
    other = phone.another_tab()
    expect(other.locator(".line")).to_have_text("另一页面在线")

    number = dispatched("liuqiang")
    other.locator(f"[data-order='{number}']").click()
    other.get_by_role("button", name="接单").click()
    wait_for(lambda: staff.chenjing.order(number)["state"] == "acknowledged", "the receipt")
    phone.card(number).click()
    phone.press("到场")
    wait_for(lambda: staff.chenjing.order(number)["state"] == "on_site", "the arrival")

    phone.everything_verified()
    sealed = [act["seq"] for act in phone.acts()]
    assert sorted(sealed) == list(range(1, len(sealed) + 1))
    said = [row["kind"] for row in staff.chenjing.history(number)]
    assert said.count("order.acknowledged") == 1
    assert said.count("order.arrived") == 1


def test_when_the_speaking_tab_is_closed_the_other_takes_over(
    staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("liuqiang")
    expect(phone.page.locator(".line")).to_have_text("在线")
    other = phone.another_tab()
    expect(other.locator(".line")).to_have_text("另一页面在线")
    phone.page.close()
    expect(other.locator(".line")).to_have_text("在线")
    phone.page = other

    number = dispatched("liuqiang")
    phone.card(number).wait_for()


def test_what_another_handheld_of_the_technician_did_shows_here_and_nothing_is_done_twice(
    staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    first, second = phone_of("liuqiang"), phone_of("liuqiang")
    number = dispatched("liuqiang")
    for phone in (first, second):
        phone.card(number).click()
        phone.page.get_by_role("button", name="接单").wait_for()
    # The second one cannot know that the first has acknowledged meanwhile.
    second.offline()
    first.press("接单")
    wait_for(lambda: staff.chenjing.order(number)["state"] == "acknowledged", "the receipt")
    second.press("接单")
    wait_for(lambda: second.acts(number)[-1]["type"] == "order.acknowledged", "it to be kept")
    second.online()
    wait_for(lambda: second.acts(number)[-1]["outcome"] == "rejected", "the answer", 40)

    expect(second.page.locator(".top .strip.late")).to_contain_text("被退回")
    expect(second.page.get_by_role("button", name="到场")).to_be_visible()
    said = [row["kind"] for row in staff.chenjing.history(number)]
    assert said.count("order.acknowledged") == 1


def test_s14_a_lost_handheld_is_emptied_on_its_next_contact(
    staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("zhangwei")
    number = dispatched("zhangwei", "tap_valve", "L-TAP", "水龙头漏水")
    phone.card(number).click()
    phone.page.get_by_role("button", name="接单").wait_for()
    phone.offline()
    phone.press("接单")
    wait_for(lambda: phone.acts(number)[-1]["outcome"] is None, "it to wait")
    device = phone.fact("pairing")["device"]
    staff.chenjing.post(f"/devices/{device}/revoke", reason="遗失 lost", lost=True)
    wait_for(lambda: staff.chenjing.order(number)["state"] == "created", "the recall")

    phone.online()

    expect(phone.page.get_by_role("heading", name="配对手持机")).to_be_visible(timeout=40_000)
    expect(phone.page.locator(".strip.late")).to_contain_text("已全部清除")
    for store in ("facts", "acts", "orders", "photos", "bytes", "drafts", "templates"):
        assert phone.rows(store) == [], store


def test_any_other_refusal_is_no_order_to_wipe(
    staff: Cast, phone_of: GivePhone, dispatched: Dispatch
) -> None:
    phone = phone_of("zhangwei")
    number = dispatched("zhangwei", "tap_valve", "L-TAP", "水龙头漏水")
    phone.card(number).wait_for()
    # A token that the server does not know: a restored backup from before the pairing.
    phone.page.evaluate(
        """() => new Promise((resolve) => {
          const opening = indexedDB.open("paigong-handheld");
          opening.onsuccess = () => {
            const database = opening.result;
            const facts = database.transaction("facts", "readwrite").objectStore("facts");
            facts.get("pairing").onsuccess = (event) => {
              const pairing = event.target.result;
              const mqtt = { ...pairing.mqtt, password: "wrong" };
              facts.put({ ...pairing, token: "unknown", mqtt }, "pairing").onsuccess = () => {
                database.close();
                resolve(true);
              };
            };
          };
        })"""
    )
    phone.reload()
    expect(phone.page.locator(".line")).to_have_text("未获准接入", timeout=30_000)
    phone.card(number).wait_for()
    assert phone.acts(number) != []


def test_a_store_that_cannot_be_opened_is_said_instead_of_a_white_page(
    phone_of: GivePhone,
) -> None:
    phone = phone_of("liuqiang")
    page = phone.context.new_page()
    page.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('no', 'UnknownError'); };"
    )
    page.goto(phone.url())
    expect(page.get_by_text("打不开本机存储")).to_be_visible()
    expect(page.get_by_role("button", name="刷新 Reload")).to_be_visible()
