"""What axe finds wrong with a page as it stands."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_SCRIPT = Path("handheld/node_modules/axe-core/axe.min.js")
_SERIOUS = {"serious", "critical"}
#: No style sheet is fetched again for it.
_JUDGE = """async () => (await axe.run(document, {
  resultTypes: ["violations"],
  preload: false,
})).violations"""


def violations(page: Page, *, impact: set[str] | None = None) -> list[str]:
    """Rule, element and reason of each; only those of an `impact` where one is named."""
    # Through the debugger: the page itself may load no script but its own.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_SCRIPT.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_JUDGE)
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found
        if impact is None or one["impact"] in impact
        for node in one["nodes"]
    ]


def serious(page: Page) -> list[str]:
    """What keeps somebody out."""
    return violations(page, impact=_SERIOUS)
