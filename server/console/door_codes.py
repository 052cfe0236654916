"""Printing the codes that hang at doors and in lifts, and replacing one."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from server.console.handhelds import qr_svg
from server.console.resident_report import key
from server.console.wording import gettext
from server.db import session, transaction
from server.errors import Invalid, NotFound, Problem
from server.http import actor, requires, settings
from server.residents import addresses, operations, queries
from server.residents.models import DoorCode
from server.residents.queries import SHEET

pages = Blueprint("door_codes", __name__)
_BETWEEN = re.compile(r"[\s,;,;、]+")


@dataclass(frozen=True, kw_only=True)
class Sticker:
    """One code as it is cut out."""

    code: DoorCode
    url: str
    qr: Markup


@pages.get("/door-codes")
@requires("request.register")
def show() -> Any:
    """Choose what to print."""
    return _choice()


@pages.post("/door-codes")
@requires("request.register")
def make() -> Any:
    """The sheet of the chosen units and places."""
    try:
        with transaction() as current:
            units, places = _chosen()
            found = operations.codes_for(current, unit_codes=units, places=places, by=actor())
            # Drawn within: what is printed is what is committed.
            stickers = [_sticker(code) for code in found]
    except Problem as problem:
        return _choice(problem), problem.status
    return render_template("door_codes_sheet.html", stickers=stickers)


@pages.post("/door-codes/<uuid:code_id>/renewal")
@requires("request.register")
def renew(code_id: uuid.UUID) -> Any:
    """Make what hangs there invalid."""
    with transaction() as current:
        code = operations.renew_code(current, code_id, by=actor())
    flash(gettext("%(place)s 的旧码已作废,请重新打印。", place=code.where))
    return redirect(url_for("console.door_codes.show"), 303)


def _chosen() -> tuple[list[str], list[str]]:
    units = [code for code in _BETWEEN.split(request.form.get("units", "")) if code]
    if (building := _number("building")) is not None:
        units += queries.unit_codes(
            session(), actor().estate_id, building, _number("entrance"), limit=SHEET + 1
        )
    lines = request.form.get("places", "").splitlines()
    places = [line.strip() for line in lines if line.strip()]
    if not 1 <= len(units) + len(places) <= SHEET:
        raise Invalid(
            "bad-sheet",
            f"请选 1 到 {SHEET} 个房号或位置。",
            f"Choose 1 to {SHEET} units or places.",
            errors={"units": [f"1–{SHEET}"]},
        )
    return units, places


def _number(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None


def _sticker(code: DoorCode) -> Sticker:
    token = addresses.door_token(key(), code.id, code.generation)
    url = f"{settings().web_url.rstrip('/')}/r/{token}"
    return Sticker(code=code, url=url, qr=qr_svg(url))


def _choice(problem: Problem | None = None) -> str:
    if isinstance(problem, NotFound):
        raise problem
    return render_template(
        "door_codes.html",
        buildings=queries.buildings(session(), actor().estate_id),
        problem=problem,
        typed=request.form,
        most=SHEET,
    )
