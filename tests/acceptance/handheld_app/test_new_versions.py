"""A new version of the app, or of a checklist, while a job is open: nobody is interrupted."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.acceptance.people import Cast, cast_of
from tests.acceptance.phone import Phone, new_phone
from tests.acceptance.stack import House, running_house, wait_for

BUILT = Path(__file__).parents[3] / "handheld" / "dist"


@pytest.fixture(scope="module")
def app_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built app, to be replaced by a newer one."""
    folder = tmp_path_factory.mktemp("app") / "dist"
    shutil.copytree(BUILT, folder)
    return folder


@pytest.fixture(scope="module")
def own_house(tmp_path_factory: pytest.TempPathFactory, app_folder: Path) -> Iterator[House]:
    """A house that serves that folder."""
    more = {"PAIGONG_HANDHELD_DIST": str(app_folder)}
    with running_house(tmp_path_factory.mktemp("versions"), more) as running:
        yield running


@pytest.fixture(scope="module")
def people(own_house: House) -> Iterator[Cast]:
    with cast_of(own_house) as people:
        yield people


@pytest.fixture
def phone(own_house: House, people: Cast, phones_browser: Browser) -> Iterator[Phone]:
    enrolled = people.zhaomin.post("/devices", label="versions", technician="liuqiang")
    phone = new_phone(own_house, phones_browser, "versions").pair(enrolled["pairing_url"])
    phone.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    yield phone
    phone.close()
    people.zhaomin.post(f"/devices/{enrolled['id']}/revoke", reason="test over", lost=False)


def dispatched(people: Cast) -> str:
    request = people.chenjing.registers("周敏", "2栋1单元1104", "13800000003", "灯闪")
    number = people.chenjing.issues(request["number"], "lamp", "L-LAMP")
    people.chenjing.dispatches(number, "liuqiang")
    return number


def release(folder: Path, mark: str) -> None:
    """A newer build: its page carries a mark, its worker another version."""
    for name, edit in (
        ("index.html", lambda text: text.replace("<title>", f'<title data-mark="{mark}">')),
        ("sw.js", lambda text: re.sub(r"shell-[0-9a-z-]+", f"shell-{mark}", text)),
    ):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        changed = edit(text)
        assert changed != text
        path.write_text(changed, encoding="utf-8")
        for twin in (".br", ".gz"):
            path.with_name(name + twin).unlink(missing_ok=True)


def mark_of(phone: Phone) -> str | None:
    return phone.page.locator("title").first.get_attribute("data-mark")


def test_a_new_app_waits_while_a_job_is_open_and_takes_over_at_the_next_start(
    people: Cast, phone: Phone, app_folder: Path
) -> None:
    number = dispatched(people)
    phone.card(number).click()
    phone.press("接单")
    phone.page.get_by_role("button", name="到场").wait_for()
    release(app_folder, "newer")
    phone.page.evaluate(
        "() => navigator.serviceWorker.ready.then((worker) => worker.update()).then(() => true)"
    )
    expect(phone.page.locator(".toast").filter(has_text="有新版本")).to_be_visible()
    # The old one works on, also with no network: its shell is untouched.
    phone.offline()
    phone.press("到场")
    expect(phone.page.locator(".state")).to_have_text("已到场")
    assert mark_of(phone) is None
    phone.online()
    wait_for(lambda: people.chenjing.order(number)["state"] == "on_site", "the arrival")

    phone.page.goto("about:blank")
    phone.page.goto(phone.url())
    wait_for(lambda: mark_of(phone) == "newer", "the new app")
    phone.card(number).wait_for()
    phone.everything_verified()


def test_a_checklist_published_meanwhile_does_not_touch_the_open_job(
    own_house: House, people: Cast, phone: Phone, tmp_path: Path
) -> None:
    number = dispatched(people)
    phone.card(number).wait_for()
    wait_for(lambda: "CL-LAMP@1" in dict(phone.rows("templates")), "the checklist")
    catalogue = Path(__file__).parents[3] / "checklists" / "catalogue" / "cl-lamp.yaml"
    newer = tmp_path / "cl-lamp.yaml"
    written = catalogue.read_text("utf-8")
    newer.write_text(written.replace("zh: ", "zh: 新版", 1), encoding="utf-8")
    published = own_house.command("checklist", "publish", str(newer))
    assert published.returncode == 0, published.stderr + published.stdout

    later = dispatched(people)
    phone.card(later).wait_for()
    orders = dict(phone.rows("orders"))
    assert orders[number]["snapshot"]["checklist"]["version"] == 1
    assert orders[later]["snapshot"]["checklist"]["version"] == 2
    wait_for(lambda: "CL-LAMP@2" in dict(phone.rows("templates")), "the newer checklist")
    assert "CL-LAMP@1" in dict(phone.rows("templates"))
