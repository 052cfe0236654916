"""The house, the people at their desks and the handhelds of the acceptance tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.acceptance.browser import CHROMIUM, FLAGS
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import Cast, cast_of
from tests.acceptance.stack import House, running_house
from tests.acceptance.tidying import puts_everything_away

_SHARED = pytest.StashKey[House]()
#: A slip can be taken back for this long; whoever tests that goes where nothing is sent.
_UNDO_S = {"PAIGONG_HANDHELD_UNDO_S": "1"}
_HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def house(request: pytest.FixtureRequest, quick_folder: Path) -> Iterator[House]:
    """One house for all tests that do it no harm."""
    with running_house(quick_folder / "house", _UNDO_S) as running:
        request.session.stash[_SHARED] = running
        yield running


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Its workers take nothing from the tests elsewhere that come after these."""
    shared = item.session.stash.get(_SHARED, None)
    if shared and not (nextitem and nextitem.path.is_relative_to(_HERE)):
        shared.stop()


@pytest.fixture(autouse=True)
def put_away(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whoever worked in the shared house leaves nothing on the desks there."""
    shared = request.getfixturevalue("house") if "house" in request.fixturenames else None
    if shared is not None and not shared.is_running:
        shared.start()
    yield
    if shared is not None:
        puts_everything_away(shared)


@pytest.fixture(scope="session")
def playwright_here() -> Iterator[Playwright]:
    """What drives browsers."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright_here: Playwright) -> Iterator[Browser]:
    """One browser for the whole run."""
    browser = playwright_here.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def staff(house: House) -> Iterator[Cast]:
    """Everybody who works in the shared house."""
    with cast_of(house) as people:
        yield people


@pytest.fixture
def handheld_of(house: House) -> Iterator[Callable[[str], Handheld]]:
    """Gives a technician a handheld, connected; it is taken back after the test."""
    with cast_of(house) as people:
        given = []

        def give(technician: str, label: str = "HH") -> Handheld:
            handheld = people.new_handheld(technician, label)
            given.append(handheld)
            return handheld.connect()

        yield give
        for handheld in given:
            people.zhaomin.post(
                f"/devices/{handheld.device}/revoke", reason="test over", lost=False
            )
