"""Every page of the console at 1280×720 in both languages: nothing serious for axe, nothing beyond
the edge, nothing left untranslated, and light enough for a bad line."""

import gzip
import re

import pytest
from playwright.sync_api import Page, Response, expect

from tests.acceptance import axe
from tests.acceptance.browser import PATIENCE_MS
from tests.acceptance.console.conftest import Windows
from tests.acceptance.desk import in_minutes
from tests.acceptance.handheld_app.looking import CJK
from tests.acceptance.people import WANG_LIHUA, ZHOU_MIN, Cast
from tests.acceptance.stack import House

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)
HEAVIEST_BYTES = 200_000
#: Who looks at which pages; `{order}` and `{request}` are numbers of this house.
PAGES = {
    "zhaomin": (
        "/",
        "/?view=technicians",
        "/?view=day",
        "/alerts",
        "/assignment-modes",
        "/requests/new",
        "/requests/{request}",
        "/orders/{order}",
        "/quality",
        "/quality/{order}",
        "/quality/plans",
        "/roster?who=liuqiang",
        "/handovers",
        "/notices",
        "/help/board",
        "/orders?state=all",
        "/requests?state=all",
        "/search?q=1502",
        "/audit",
        "/incidents?state=all",
        "/incidents/new",
        "/damages?state=all",
        "/damages/new",
        "/escalations?state=all",
        "/capacity-applications",
        "/complaints?state=all",
        "/complaints/new",
        "/complaints/{complaint}",
        "/complaint-clusters",
        "/figures?weeks=1",
        "/figures/K-01",
        "/deadlines/{order}",
        "/figures/month",
        "/figures/month/K-17",
        "/slips",
        "/month-end",
        "/weekly",
        "/paper",
        "/paper/F-02/{order}",
        "/price-lists",
        "/price-lists/PL-2025-01",
        "/public-notices",
        "/declines",
        "/messages",
        "/return-visits",
        "/return-visits?tab=done",
        "/return-visits/spot-checks",
        "/account",
        "/finance",
        "/finance/entries?state=unbilled",
        "/finance/waivers",
        "/finance/notices",
        "/finance/chase",
        "/orders/{order}/money",
        "/assets",
        "/warranty-classes",
        "/preventive-plans",
        "/replacement-proposals",
    ),
    "chenjing": ("/", "/requests/{request}", "/orders/{order}", "/door-codes"),
    "admin": ("/admin", "/admin/users/chenjing", "/neighbours"),
    "qianjin": (
        "/captures/new",
        "/stores",
        "/stores/items",
        "/stores/items/M-TUBE36",
        "/stores/people",
        "/stores/people/zhangwei",
        "/stores/count",
    ),
}
#: What people wrote, and names: shown as they are in either language.
_DATA = re.compile(r"鲁能星城 Star City \(demo\)|中文|\d+栋(?:\d+单元)?\d*|[A-Z]-\w+ .*")
_TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const holder = walk.currentNode.parentElement;
    const isTheirs = holder.closest("[lang], .content, .person, .tel, td, dd, option, label, textarea");
    if (holder.checkVisibility() && !isTheirs) found.push(walk.currentNode.data);
  }
  return found;
}"""


class Scale:
    """Weighs what a page loads, as a proxy that compresses would send it; photos apart."""

    def __init__(self, page: Page) -> None:
        self._answers: list[Response] = []
        page.on("response", self._hear)

    def _hear(self, answer: Response) -> None:
        if answer.request.is_navigation_request():
            # Nobody can read the bodies of a page that was left, and some of them come late.
            self._answers.clear()
        self._answers.append(answer)

    def weigh(self) -> int:
        total = 0
        for answer in self._answers:
            kind = answer.request.resource_type
            if kind in {"document", "stylesheet", "script"} and answer.status == 200:
                total += len(gzip.compress(answer.body()))
        return total


@pytest.fixture
def numbers(staff: Cast) -> dict[str, str]:
    """An order that is on its way, and a request that still waits."""
    asked = staff.chenjing.registers(*WANG_LIHUA, "玄关灯不亮", appointment_at=in_minutes(90))
    order = staff.chenjing.issues(asked["number"], "lamp", "L-LAMP")
    staff.chenjing.dispatches(order, "liuqiang")
    waiting = staff.chenjing.registers(*ZHOU_MIN, "水槽堵了")
    name, unit_code, phone = ZHOU_MIN
    complaint = staff.chenjing.post(
        "/complaints",
        customer={"name": name, "unit_code": unit_code, "phone": phone},
        content="水槽堵了三天没有人来",
        channel="phone",
        target="service",
        apology=True,
    )
    return {
        "order": order,
        "request": waiting["number"],
        "complaint": complaint["number"],
    }


#: So many at a time: a test ends within its time also where the machine is slow.
AT_ONCE = 15
STRETCHES = [
    pytest.param(username, paths[start : start + AT_ONCE], id=f"{username}-{start}")
    for username, paths in PAGES.items()
    for start in range(0, len(paths), AT_ONCE)
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("username", "paths"), STRETCHES)
def test_every_page_is_fit_to_work_on(
    windows: Windows,
    house: House,
    numbers: dict[str, str],
    username: str,
    paths: tuple[str, ...],
    language: str,
) -> None:
    page = windows.at(username, "/account")
    scale = Scale(page)
    if language == "en":
        _turns_to(page, "English")
    found: list[str] = []
    try:
        for path in paths:
            goal = path.format(**numbers)
            answer = page.goto(goal)
            assert answer is not None
            assert answer.status == 200, goal
            found += [f"{language} {goal}: {what}" for what in _wrong(page, scale, language)]
    finally:
        if language == "en":
            page.goto("/account")
            _turns_to(page, "中文")
    assert found == []


def _turns_to(page: Page, language: str) -> None:
    page.get_by_role("button", name=language).click()
    expect(page.get_by_role("button", name=language)).to_have_count(0)


def _wrong(page: Page, scale: Scale, language: str) -> list[str]:
    # Roles, names and contrast are the same in every language; width and words are not.
    found = axe.serious(page) if language == "zh" else []
    width = page.evaluate("() => document.documentElement.scrollWidth")
    if width > 1280:
        found.append(f"{width} px wide")
    weight = scale.weigh()
    if weight > HEAVIEST_BYTES:
        found.append(f"{weight} bytes compressed")
    if language == "en":
        left = (_DATA.sub("", text) for text in page.evaluate(_TEXTS))
        found += [f"not translated: {text.strip()}" for text in left if CJK.search(text)]
    return found
