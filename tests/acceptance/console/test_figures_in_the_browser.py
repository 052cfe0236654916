"""The manager's day at a browser: today at once, the four weeks a moment later, the way to orders."""

import pytest
from playwright.sync_api import expect

from tests.acceptance import axe
from tests.acceptance.browser import PATIENCE_MS, lands_on
from tests.acceptance.console.conftest import Windows

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_day_is_drawn_and_leads_to_what_is_behind_it(windows: Windows, scheme: str) -> None:
    page = windows.at("zhaomin", "/figures")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    chart = page.locator("#f-K-23").get_by_role("img", name="尚无结果")
    # Drawn, not only there: a picture that arrived as plain elements has no height.
    expect(chart).to_be_visible()
    expect(chart.locator("rect.bar").last).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.locator("#d-K-23 summary").click()
    expect(page.locator("#d-K-23 tbody tr")).to_have_count(29)
    assert axe.violations(page) == []
    page.get_by_role("link", name="背后的").first.click()
    lands_on(page, "**/figures/K-01?day=*")
    expect(page.get_by_role("heading", name="K-01")).to_be_visible()
    assert axe.violations(page) == []
