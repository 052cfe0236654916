"""抢单: what waits for whoever is quickest, on the technician's phone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.acceptance.handheld import Handheld
from tests.acceptance.handheld_app.looking import Looking
from tests.acceptance.people import WANG_LIHUA, ZHOU_MIN, Cast
from tests.acceptance.phone import Phone
from tests.acceptance.stack import House, wait_for

CATEGORY = "household_other"
LOCK, HINGE = "门锁打不开", "柜门合页松"


@pytest.fixture
def is_in_the_pool(
    house: House, staff: Cast, phones_browser: Browser
) -> Iterator[Callable[..., str]]:
    """Puts a new order in the pool; afterwards this category is given by hand again."""
    numbers = []

    def choose(mode: str) -> None:
        with phones_browser.new_context(base_url=house.url) as context:
            page = context.new_page()
            page.goto("/sign-in?next=/assignment-modes")
            page.get_by_label("用户名").fill("heli")
            page.get_by_label("密码").fill(house.passwords["heli"])
            page.get_by_label("密码").press("Enter")
            page.locator(f"select[name={CATEGORY}]").select_option(mode)
            page.get_by_role("button", name="保存").click()
            page.get_by_text("派工方式已保存").wait_for()

    def put(resident: tuple[str, str, str], content: str) -> str:
        request = staff.chenjing.registers(*resident, content)
        number = staff.chenjing.issues(request["number"], CATEGORY, nature="routine")
        numbers.append(number)
        return number

    choose("open_pool")
    yield put
    choose("by_hand")
    for number in numbers:
        if staff.chenjing.order(number)["state"] in {"dispatched", "acknowledged"}:
            staff.chenjing.post(f"/orders/{number}/recall", reason="test over")


def test_one_press_takes_it_unless_another_was_quicker(
    staff: Cast,
    phone_of: Callable[..., Phone],
    handheld_of: Callable[[str], Handheld],
    is_in_the_pool: Callable[..., str],
) -> None:
    phone, other = phone_of("tanjun"), handheld_of("denglin")
    page = phone.page
    looking = Looking(phone, ("派工", "通知", "可抢单", LOCK, HINGE, ZHOU_MIN[1], "2栋", "3栋"))
    expect(page.locator(".line")).to_have_text("在线")
    entry = page.get_by_role("link", name="可抢工单")
    expect(entry).to_have_count(0)

    # The server's notice brings it, with nobody looking into the pool.
    number = is_in_the_pool(ZHOU_MIN, LOCK)
    expect(entry).to_contain_text("1 单")
    looking.at("work-list", "zh")
    entry.click()
    waiting = page.locator(f"[data-pool='{number}']")
    expect(waiting).to_contain_text("2栋")
    expect(waiting).to_contain_text(LOCK)
    expect(waiting).not_to_contain_text("1104")
    looking.at("pool", "zh")
    phone.speaks("en")
    phone.goes_to("pool")
    take = page.get_by_role("button", name="Take it")
    take.wait_for()
    looking.at("pool", "en")

    phone.offline()
    take.click()
    expect(waiting.get_by_role("alert")).to_contain_text("Claiming needs the network")
    looking.at("no-network", "en")
    assert staff.chenjing.order(number)["state"] == "created"

    phone.online()
    take.click()
    phone.card(number).wait_for()
    assert staff.chenjing.order(number)["technician"] == "tanjun"

    second = is_in_the_pool(WANG_LIHUA, HINGE)
    phone.goes_to("pool")
    take.wait_for()
    # The list on the screen is from before: what was asked since does not arrive.
    page.route("**/field/v1/pool", lambda route: route.abort())
    claimed = other.http.post(f"{other.url}/field/v1/pool/{second}/claim", timeout=20)
    assert claimed.status_code == 204, claimed.text
    take.click()
    expect(page.get_by_text(f"{second}: another was quicker")).to_be_visible()
    page.unroute("**/field/v1/pool")
    phone.reload()
    page.get_by_role("heading", name="Nothing to take just now").wait_for()
    expect(take).to_have_count(0)
    looking.at("pool-empty", "en")
    wait_for(lambda: second in other.orders, "the order to come to the other")
    assert not looking.findings, "\n".join(looking.findings)
