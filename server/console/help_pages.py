"""Short help for the page at hand: what it answers and which keys it knows, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, render_template, request

from server.console.wording import language
from server.errors import NotFound
from server.http import requires

pages = Blueprint("help", __name__)
TEXTS = Path(__file__).parent / "templates" / "help"
#: Every page that has a text: `help/<name>.zh.html` and `.en.html`.
NAMES = frozenset(path.name.split(".")[0] for path in TEXTS.glob("*.zh.html"))
#: Part of the console (the blueprint of its pages) -> text; what is not named has its own name.
TEXT_OF = {
    "order_forms": "order",
    "stock": "order",
    "counter": "stores",
    "warehouse": "stores",
    "quality": "review",
    "handover": "handovers",
    "complaint": "complaints",
    "complaint_new": "complaints",
    "cluster": "complaints",
    "handhelds": "staff",
    "account": "keys",
    "ledger": "finance",
    "fees": "finance",
    "waivers": "finance",
    "visits_queue": "visits",
    "visit": "visits",
}
GENERAL = "keys"


@pages.get("/help/<name>")
@requires("account.self")
def show(name: str) -> Any:
    """One text: alone for the dialog, as a page for a browser without scripts."""
    if name not in NAMES:
        raise NotFound("no-such-help", "没有这一页的帮助。", "There is no help for this page.")
    alone = request.headers.get("X-Requested-With") == "help"
    text = f"help/{name}.{language()}.html"
    return render_template(text if alone else "help.html", text=text)


def name_of(endpoint: str | None) -> str:
    """Which text belongs to the page at this endpoint; the general one where it has none."""
    part = (endpoint or "").split(".")
    if "queue" in part:
        return "quality"
    name = part[1] if len(part) > 1 else ""
    name = TEXT_OF.get(name, name)
    return name if name in NAMES else GENERAL
