"""Every form on screen, as PDF, as workbook and as CSV."""

from __future__ import annotations

import io
import uuid
from functools import partial
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from server.console.labels import TABLES
from server.console.resident_report import key as signing_key
from server.console.wording import LANGUAGES, english, language
from server.db import session, utcnow
from server.errors import Denied, NotFound
from server.evidence.storage import STORE, PhotoStore
from server.http import actor, level, requires, settings, signed_in
from server.paper.catalogue import FORMS
from server.paper.document import Document, Words
from server.paper.pdf import as_pdf
from server.paper.register import Asked, Form
from server.paper.values import written
from server.paper.workbook import as_csv, as_xlsx
from server.residents import addresses

#: Who sees only his own cases has the handheld; forms are the desk's.
READERS = frozenset("DAR")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

pages = Blueprint("paper", __name__)


@pages.get("/paper")
@requires("account.self")
def index() -> Any:
    """Every form that whoever asks may see, with a field for what it is asked for by."""
    code, key = request.args.get("form", ""), request.args.get("key", "").strip()
    if code in FORMS and key:
        return redirect(url_for("console.paper.show", code=code, key=key), 303)
    mine = [form for _code, form in sorted(FORMS.items()) if level(form.permission) in READERS]
    return render_template("paper_index.html", forms=mine)


@pages.get("/paper/<code>/<key>")
@requires("account.self")
def show(code: str, key: str) -> Any:
    """The form on screen, as it is printed."""
    form, documents = _made(code, key)
    chosen = _language()
    return render_template(
        "paper.html",
        form=form,
        key=key,
        documents=documents,
        chosen=chosen,
        kind_of=kind_of,
        written=partial(written, language=chosen, zone=settings().zone),
        has_tables=any(document.tables for document in documents),
    )


@pages.get("/paper/<code>/<key>.<any(pdf, xlsx, csv):kind>")
@requires("account.self")
def file(code: str, key: str, kind: str) -> Response:
    """The form as a file, in the language asked for by `lang`, else the reader's."""
    form, documents = _made(code, key)
    chosen, zone = _language(), settings().zone
    if kind == "pdf":
        content, media_type = as_pdf(documents, chosen, zone), "application/pdf"
    elif not any(document.tables for document in documents):
        raise NotFound("no-table", "这张表单没有表格。", "This form has no table.")
    elif kind == "xlsx":
        content, media_type = as_xlsx(documents, chosen, zone), _XLSX
    else:
        content, media_type = as_csv(documents, chosen, zone), "text/csv; charset=utf-8"
    return send_file(
        io.BytesIO(content),
        mimetype=media_type,
        as_attachment=kind != "pdf",
        download_name=f"{form.code}-{key}.{kind}",
    )


def _made(code: str, key: str) -> tuple[Form, list[Document]]:
    form = FORMS.get(code)
    if form is None:
        raise NotFound("no-such-form", f"没有表单 {code}。", f"There is no form {code}.")
    if level(form.permission) not in READERS:
        raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")
    by, now = actor(), utcnow()
    store: PhotoStore = current_app.extensions[STORE]

    def proof(order_id: uuid.UUID, charge_fen: int) -> str:
        token = addresses.paper_token(signing_key(), order_id, charge_fen, now)
        return settings().web_url + url_for("resident.paper.verify", token=token)

    asked = Asked(
        session=session(),
        settings=settings(),
        estate_id=by.estate_id,
        user_id=signed_in().id,
        roles=by.roles,
        now=now,
        named=named,
        store=store,
        proof=proof,
    )
    return form, form.make(asked, key)


def kind_of(block: object) -> str:
    """What a block is, for the template: facts, table, prose …"""
    return type(block).__name__.lower()


def named(table: str, value: str | None) -> Words:
    """What an identifier is called, in both languages."""
    if value is None:
        return Words("", "")
    known = TABLES.get(table, {}).get(value, value)
    return Words(known, english().get(known, known))


def _language() -> str:
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else language()
