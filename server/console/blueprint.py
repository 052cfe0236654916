"""The console's pages on the application: hooks, problems as pages, filters, addresses."""

from __future__ import annotations

import functools
import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask import session as cookie
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import pass_context
from jinja2.runtime import Context
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from server import http
from server.console import (
    account,
    alerts_page,
    asset_extras,
    asset_pages,
    assignment_modes,
    audit_page,
    board,
    board_assign,
    bulk,
    capture_page,
    clusters_page,
    complaint_new,
    complaint_page,
    complaints_list,
    counter,
    damage_page,
    declines_page,
    door_codes,
    exports,
    fee_notices,
    figures,
    figures_list,
    finance,
    finance_ledger,
    finance_waivers,
    first_run,
    formats,
    handhelds,
    handover_page,
    happenings,
    help_pages,
    incident_page,
    inspection_plans,
    intake,
    intake_beside,
    lists,
    messages_page,
    month_figures_page,
    month_page,
    neighbours_page,
    notes_page,
    notices_page,
    order_forms,
    order_page,
    paper_page,
    preventive_pages,
    price_lists_page,
    public_notices_page,
    quality_desk,
    registers_page,
    replay_page,
    request_page,
    resident_extras,
    resident_pages,
    roster_page,
    search_page,
    sent_photos,
    sign_in,
    slips_page,
    staff,
    stock_forms,
    user_page,
    visit_page,
    visits_queue,
    warehouse,
    warranty_pages,
    weekly_page,
)
from server.console.labels import TABLES, label
from server.console.navigation import menu
from server.console.reasons import spoken
from server.console.wording import LANGUAGES, gettext, language, ngettext, said
from server.db import session, utcnow
from server.errors import NotFound, Problem, Unauthenticated
from server.estate.models import Estate
from server.evidence.storage import STORE, PhotoStore
from server.http import public
from server.settings import Settings

log = logging.getLogger(__name__)
FOLDER = Path(__file__).parent
LIBRARIES = Path(__file__).parents[2] / "web_libraries" / "node_modules"
#: Every style and script of our own, and the libraries as they were published.
ASSETS = {path.name: path for path in sorted((FOLDER / "static").iterdir())} | {
    "htmx.min.js": LIBRARIES / "htmx.org" / "dist" / "htmx.min.js"
}
YEAR_S = 365 * 24 * 3600


def install(app: Flask, store: PhotoStore) -> None:
    """Register the console: pages, their language, protection against forged forms."""
    settings: Settings = app.extensions["paigong.settings"]
    app.extensions[STORE] = store
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)
    # A board stays open for a whole shift: the token lives as long as the session.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    app.config.update(
        SESSION_COOKIE_NAME="paigong",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # The proxy in front speaks TLS: then no browser sends it in the clear.
        SESSION_COOKIE_SECURE=settings.web_url.startswith("https://"),
    )
    csrf = CSRFProtect(app)
    app.extensions[http.CSRF_HOOK] = csrf.protect

    pages = Blueprint("console", __name__, template_folder="templates")
    for module in (
        account,
        alerts_page,
        asset_pages,
        assignment_modes,
        audit_page,
        board,
        board_assign,
        figures,
        fee_notices,
        figures_list,
        finance,
        finance_ledger,
        finance_waivers,
        door_codes,
        complaints_list,
        complaint_new,
        complaint_page,
        clusters_page,
        bulk,
        exports,
        first_run,
        handhelds,
        handover_page,
        help_pages,
        incident_page,
        damage_page,
        registers_page,
        inspection_plans,
        intake,
        intake_beside,
        capture_page,
        notices_page,
        lists,
        neighbours_page,
        month_figures_page,
        month_page,
        slips_page,
        weekly_page,
        notes_page,
        order_page,
        order_forms,
        paper_page,
        quality_desk,
        replay_page,
        request_page,
        roster_page,
        search_page,
        sign_in,
        staff,
        user_page,
        stock_forms,
        preventive_pages,
        warranty_pages,
        price_lists_page,
        public_notices_page,
        declines_page,
        messages_page,
        counter,
        warehouse,
        visit_page,
        visits_queue,
    ):
        pages.register_blueprint(module.pages)
    pages.add_url_rule("/console/<name>", view_func=asset)

    @pages.before_request
    def _guard() -> WerkzeugResponse | None:
        if request.method == "POST":
            csrf.protect()
        return _own_password_first()

    @pages.after_request
    def _private(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    pages.register_error_handler(Problem, problem_page)
    pages.register_error_handler(HTTPException, http_page)
    pages.register_error_handler(Exception, failed_page)
    app.register_error_handler(404, _nothing_here)
    app.register_blueprint(pages)
    app.register_blueprint(resident_pages.pages)
    _teach_jinja(app)


@public("style and script, the same for everybody")
def asset(name: str) -> Response:
    """A stylesheet or script of the console; its address carries the hash of its content."""
    path = ASSETS.get(name)
    if path is None:
        raise NotFound("no-such-address", "没有这个地址。", "There is nothing at this address.")
    response = send_from_directory(path.parent, path.name, max_age=YEAR_S)
    response.cache_control.immutable = True
    return response


def problem_page(problem: Problem) -> Any:
    """A refusal as a page in the reader's language; whoever is nobody is asked to sign in."""
    if isinstance(problem, Unauthenticated):
        if request.headers.get("X-Requested-With") == "board":
            return make_response("", 401)
        return redirect(url_for("console.sign_in.show", next=_back()), 303)
    return _page(problem.status, said(problem), rule=problem.rule, errors=problem.errors)


def http_page(error: HTTPException) -> Any:
    """What Flask itself refuses, as a page: a forged or outdated form, a wrong address."""
    status = error.code or 500
    if isinstance(error, CSRFError):
        return _page(status, gettext("页面已过期,请返回、刷新后再提交。"))
    return _page(status, gettext("无法打开这个地址。"))


def failed_page(error: Exception) -> Any:
    """Something broke here: logged whole, told in general, with the number of the request."""
    number = g.get("request_id", "-")
    log.error("page %s failed, request %s", request.path, number, exc_info=error)
    return _page(500, gettext("服务器出错,编号 %(number)s。", number=number))


def _nothing_here(_error: HTTPException) -> Any:
    """An unknown address: a page for a browser, a problem for programs."""
    wants_page = request.accept_mimetypes.best_match(["application/json", "text/html"])
    if wants_page == "text/html" and not request.path.startswith(("/api/", "/field/")):
        return _page(404, gettext("没有这个页面。"))
    return http.problem_response(
        NotFound("no-such-address", "没有这个地址。", "There is nothing at this address.")
    )


def _page(
    status: int, sentence: str, *, rule: str | None = None, errors: Mapping[str, Any] | None = None
) -> Response:
    body = render_template(
        "problem.html", status=status, sentence=sentence, rule=rule, errors=errors or {}
    )
    return make_response(body, status)


def _own_password_first() -> WerkzeugResponse | None:
    """A first password is known to whoever handed it out: it is changed before anything else."""
    view = _view()
    if http.TOKEN_KEY not in cookie or getattr(view, "first_password", False):
        return None
    permission = getattr(view, "permission", "")
    if permission.startswith("public"):
        return None
    try:
        user = http.signed_in()
    except Unauthenticated:
        return None  # the view itself will say so
    if user.must_change_password:
        return redirect(url_for("console.account.show"), 303)
    return None


def _view() -> Any:
    return current_app.view_functions.get(request.endpoint or "")


def _back() -> str:
    """Where to go after signing in: this page, or the page whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return urlsplit(request.referrer or "").path or "/"


#: What templates may ask for after a `|`.
FILTERS: Mapping[str, Callable[..., Any]] = {
    "moment": formats.moment,
    "when": formats.time_tag,
    "clock_time": formats.clock_time,
    "local_input": formats.local_input,
    "local_time": formats.local_time,
    "iso_moment": formats.iso_moment,
    "since": formats.since,
    "ms": formats.epoch_ms,
    "money": formats.money,
    "qty": formats.qty,
    "sized": formats.sized,
    "day": formats.day,
    "dated": formats.dated,
    "month_name": formats.month_name,
    "spoken": spoken,
    "label": label,
    "words": formats.in_words,
    "happening": happenings.title,
    "detail": happenings.detail,
}


def _asked_each_time(said: Callable[..., Any]) -> Callable[..., Any]:
    """A filter as one whose answer hangs on the reader.

    Jinja works out `"judge"|label("option")` while it compiles a template, once, in the language of
    whoever came first, unless the filter asks for the context.
    """

    @pass_context
    @functools.wraps(said)
    def asked(_context: Context, *given: Any, **named: Any) -> Any:
        return said(*given, **named)

    return asked


def _teach_jinja(app: Flask) -> None:
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]  # comes with the extension
        gettext, ngettext, newstyle=True
    )
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update({name: _asked_each_time(said) for name, said in FILTERS.items()})
    env.globals.update(
        answered=formats.answered,
        bounds=formats.bounds,
        notes_about=notes_page.notes_about,
        fresh_note_id=notes_page.fresh_note_id,
        tables=TABLES,
        languages=LANGUAGES,
        navigation=menu,
        told_me=alerts_page.told_me,
        unread_messages=messages_page.unread_messages,
        **resident_extras.IN_TEMPLATES,
        **asset_extras.IN_TEMPLATES,
        **sent_photos.IN_TEMPLATES,
        help_name=help_pages.name_of,
        assets={name: _fingerprint(path) for name, path in ASSETS.items()},
    )

    @app.context_processor
    def _always() -> dict[str, Any]:
        user = g.get("user")
        return {
            "user": user,
            "level": http.level if user else lambda _action: None,
            "language": language(),
            "now": utcnow(),
            "estate": session().get(Estate, user.estate_id) if user else None,
        }


def _fingerprint(path: Path) -> str:
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there: run `make setup`, which fetches it")
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
