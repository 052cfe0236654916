"""The assets: their list, one of them on one page, and which order is about it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import PureWindowsPath
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.queries import everybody, names_of
from server.api import asset_documents
from server.api import assets as door
from server.api import trainings as training_door
from server.api.asset_documents import UploadIn
from server.api.schemas import CATEGORIES, ReasonIn
from server.api.warranties import RulingIn
from server.assets import checks, classes, documents, proposals, queries, trainings
from server.assets import operations as assets
from server.assets.document_types import TYPES
from server.assets.documents import Contents
from server.assets.replacing import days_in_repair
from server.assets.warranty import Case
from server.console import exports, forms, saved_filters
from server.console.asset_extras import today
from server.console.export_columns import asset_columns
from server.console.list_filters import ASSETS, spelled
from server.console.order_forms import change
from server.console.wording import gettext
from server.db import session, snapshot, transaction, utcnow
from server.errors import Invalid, Problem
from server.estate import finding
from server.http import actor, level, requires, settings
from server.preventive import queries as plans
from server.work_orders.models import WorkOrder
from server.work_orders.operations import covering, replacing

pages = Blueprint("assets", __name__)
PAGE = 50
DOES = frozenset("DA")
#: what may stand between two names, beside a new line
_BETWEEN = re.compile(r"[、,,;;]")
FIELDS = (
    "label",
    "unit_code",
    "warranty_class",
    "place",
    "brand",
    "model",
    "serial",
    "refrigerant",
    "rated_current_a",
    "factory_on",
    "first_use_on",
    "accepted_on",
)


@pages.get("/assets")
@requires("asset.manage", reading=True)
def index() -> Any:
    """Assets by unit, kind, label or serial number."""
    if (opening := saved_filters.opening(ASSETS)) is not None:
        return redirect(opening, 303)
    return _index()


@pages.get("/assets/export.<form>")
@requires("asset.manage", reading=True)
def export(form: str) -> Response:
    """Every asset that the filter of the address asks for."""
    words = _words()

    def turn(place: str | None) -> exports.Turned:
        page = _found(words, exports.CHUNK, place)
        return page.rows, page.next_cursor

    with snapshot():
        return exports.sent("assets", form, asset_columns(), exports.every(turn))


@pages.post("/assets/new")
@requires("asset.manage")
def register() -> Any:
    """A new asset; without a label it gets a provisional one (X-017)."""
    try:
        with transaction() as current:
            asset = door.register(current, forms.loaded(door.AssetIn, _typed("kind")))
    except Problem as problem:
        return _index(problem), problem.status
    flash(gettext("设备 %(label)s 已登记。", label=asset.label))
    return redirect(url_for("console.assets.show", asset_id=asset.id), 303)


@pages.get("/assets/<uuid:asset_id>")
@requires("asset.manage", reading=True)
def show(asset_id: uuid.UUID) -> Any:
    """Everything about one asset."""
    return _page(asset_id)


@pages.post("/assets/<uuid:asset_id>")
@requires("asset.manage")
def put_right(asset_id: uuid.UUID) -> Any:
    """What is known of it is put right."""

    def act(current: Session) -> None:
        data = forms.loaded(door.FactsIn, _typed())
        door.change(current, asset_id, data, version=forms.seen_version())

    return _do(asset_id, act, done=gettext("设备资料已保存。"))


@pages.post("/assets/<uuid:asset_id>/retire")
@requires("asset.manage")
def retire(asset_id: uuid.UUID) -> Any:
    """It is there no longer."""

    def act(current: Session) -> None:
        data = forms.loaded(ReasonIn, forms.taken("reason"))
        asset = assets.find(current, asset_id, by=actor(), lock=True)
        assets.retire(current, asset, **data, by=actor(), at=utcnow())

    return _do(asset_id, act, done=gettext("设备已停用。"))


@pages.post("/assets/<uuid:asset_id>/documents")
@requires("asset.manage")
def add_document(asset_id: uuid.UUID) -> Any:
    """A document that was handed over; the same form with the same file lists it once (X-004)."""
    try:
        name, contents = _handed_over(asset_id)
        with transaction() as current:
            if not forms.sent_before(current, name, contents.sha256):
                asset = assets.find(current, asset_id, by=actor(), lock=True)
                documents.add(current, asset, contents, name=name, by=actor(), at=utcnow())
    except Problem as problem:
        return _page(asset_id, problem), problem.status
    flash(gettext("文件已登记。"))
    return redirect(url_for("console.assets.show", asset_id=asset_id), 303)


@pages.post("/assets/<uuid:asset_id>/trainings")
@requires("asset.manage")
def train(asset_id: uuid.UUID) -> Any:
    """Operators were trained on it (X-008)."""

    def act(current: Session) -> None:
        data = forms.taken("trained_on", "subject", "trainer", "signed_by", "note")
        lines = _BETWEEN.sub("\n", request.form.get("operators", "")).splitlines()
        data["operators"] = [name for line in lines if (name := line.strip())]
        training_door.record_training(
            current, asset_id, forms.loaded(training_door.TrainingIn, data)
        )

    return _do(asset_id, act, done=gettext("培训已记下。"))


@pages.post("/assets/<uuid:asset_id>/departures")
@requires("asset.manage")
def operator_left(asset_id: uuid.UUID) -> Any:
    """One of those who were trained left or was replaced (X-008)."""

    def act(current: Session) -> None:
        data = forms.loaded(training_door.DepartureIn, forms.taken("name", "left_on", "reason"))
        training_door.report_departure(current, asset_id, data)

    return _do(asset_id, act, done=gettext("人员变动已记下,须再次培训。"))


@pages.post("/orders/<number>/asset")
@requires("asset.manage")
def name_on_order(number: str) -> Any:
    """The order is about this asset."""

    def act(current: Session, order: WorkOrder) -> None:
        label = request.form.get("asset", "").strip()[:40]
        asset = queries.by_label(current, order.estate_id, label)
        covering.link_asset(current, settings(), order, asset, by=actor(), at=utcnow())

    return change(number, act, done=gettext("已关联设备。"))


@pages.post("/orders/<number>/warranty")
@requires("warranty.rule")
def rule(number: str) -> Any:
    """What was found on site: paid or free, whatever the calendar says (X-002, X-003)."""

    def act(current: Session, order: WorkOrder) -> None:
        data = forms.loaded(RulingIn, forms.taken("finding", "reason"))
        case = Case(data["finding"]) if data["finding"] else None
        covering.rule(
            current,
            settings(),
            order,
            case=case,
            reason=data["reason"],
            by=actor(),
            at=utcnow(),
        )

    return change(number, act, done=gettext("保修认定已记下。"))


def _typed(*more: str) -> dict[str, Any]:
    data = forms.taken(*FIELDS, *more)
    if code := data.get("unit_code"):
        data["unit_code"] = finding.as_unit_code(code)
    return data


def _do(asset_id: uuid.UUID, act: Callable[[Session], None], *, done: str) -> Any:
    try:
        with transaction() as current:
            act(current)
    except Problem as problem:
        return _page(asset_id, problem), problem.status
    flash(done)
    return redirect(url_for("console.assets.show", asset_id=asset_id), 303)


def _handed_over(asset_id: uuid.UUID) -> tuple[str, Contents]:
    """What the document is called, by its file where nothing was typed, and the file, kept."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid(
            "no-file", "请选择文件。", "Choose a file.", errors={"file": [gettext("请选择文件")]}
        )
    stem = PureWindowsPath(file.filename).stem.strip()[:120]
    data = forms.loaded(UploadIn, {"name": stem, **forms.taken("name")})
    return data["name"], asset_documents.receive(asset_id, file.stream)


def _words() -> dict[str, str]:
    return {
        name: text
        for name in ("unit", "kind", "q", "retired", "retraining")
        if (text := request.args.get(name, "").strip()[:60])
    }


def _found(words: dict[str, str], limit: int, cursor: str | None) -> queries.Page:
    """What the words ask for; nothing where there is no such dwelling."""
    current, estate_id = session(), actor().estate_id
    code = finding.as_unit_code(words["unit"]) if "unit" in words else None
    unit = finding.unit_with(current, estate_id, code) if code else None
    if code is not None and unit is None:
        return queries.Page(rows=[], next_cursor=None)
    return queries.page(
        current,
        estate_id,
        unit_id=unit.id if unit else None,
        kind=words.get("kind") if words.get("kind") in CATEGORIES else None,
        known_as=words.get("q"),
        retired="retired" in words,
        retraining_due="retraining" in words,
        limit=limit,
        cursor=cursor,
    )


def _index(problem: Problem | None = None) -> str:
    current, estate_id, words = session(), actor().estate_id, _words()
    found = _found(words, PAGE, request.args.get("after"))
    return render_template(
        "assets.html",
        found=found,
        entitled_now={
            row.asset.id: checks.ask(settings(), row.asset, row.warranty_class, today())
            for row in found.rows
        },
        words=words,
        kept=saved_filters.kept(ASSETS, words),
        query=spelled(words),
        classes=classes.classes_of(current, estate_id),
        may_manage=level("asset.manage") in DOES,
        problem=problem,
        typed=request.form,
        typed_value=lambda name: request.form.get(name, ""),
    )


def _page(asset_id: uuid.UUID, problem: Problem | None = None) -> str:
    current, by = session(), actor()
    row = queries.one(current, assets.find(current, asset_id, by=by).id)
    answers = checks.checks_of(current, asset_id)
    offered = proposals.of_asset(current, asset_id)
    repairs = replacing.repairs_of(current, asset_id)
    taught = trainings.followed(current, asset_id)
    may_manage = level("asset.manage") in DOES and row.asset.retired_at is None
    people = {one.confirmed_by for one in answers} | {one.checked_by for one in answers}
    people |= {one.decided_by for one in offered} | {one.trainer_id for one in taught.trainings}
    return render_template(
        "asset.html",
        row=row,
        asset=row.asset,
        found=checks.ask(settings(), row.asset, row.warranty_class, today()),
        answers=answers,
        orders=replacing.orders_of(current, asset_id),
        days=days_in_repair(repairs, settings().zone, at=utcnow()),
        proposals=offered,
        plans=plans.of_asset(current, asset_id),
        taught=taught,
        documents=list(reversed(row.documents)),
        is_here=asset_documents.is_here,
        file_endings=",".join(f".{one.extension}" for one in TYPES.values()),
        most_bytes=settings().document_max_bytes,
        once=forms.fresh_key(),
        trainers=[one for one in everybody(current, by.estate_id) if one.active]
        if may_manage
        else [],
        today=today(),
        classes=classes.classes_of(current, by.estate_id),
        names=names_of(current, {one for one in people if one}),
        may_manage=may_manage,
        asset_value=lambda name: _value(row, name),
        problem=problem,
        typed=request.form,
    )


def _value(row: queries.Row, name: str) -> str:
    """What stands in a field: what was typed where a form was refused, else what is known."""
    if name in request.form:
        return request.form[name]
    if name == "warranty_class":
        return row.warranty_class.code if row.warranty_class else ""
    known = getattr(row.asset, name)
    return "" if known is None else str(known)
