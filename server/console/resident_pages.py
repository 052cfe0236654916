"""The pages for people without an account: a room of their own, without cookie and session.

A code or link is all that whoever comes here has; a page says nothing of a person, not even
whether somebody lives there.
"""

from __future__ import annotations

import logging

from flask import Blueprint, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from server.console import resident_follow, resident_notices, resident_paper, resident_report
from server.console.wording import LANGUAGES, gettext, said
from server.errors import Problem, TooLarge, TooMany

log = logging.getLogger(__name__)

pages = Blueprint("resident", __name__)
for module in (resident_report, resident_follow, resident_paper, resident_notices):
    pages.register_blueprint(module.pages)


@pages.before_request
def _choose_language() -> None:
    """The language named in the address, else the browser's, else Chinese."""
    asked = request.args.get("lang", "")
    known = list(LANGUAGES)
    g.language = asked if asked in known else request.accept_languages.best_match(known, "zh")


@pages.after_request
def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    # The address is the key: no other site and no search engine is to learn it.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@pages.errorhandler(Problem)
def _refused(problem: Problem) -> Response:
    if isinstance(problem, TooLarge):  # so much that the form was not even read
        return _page(problem.status, gettext("照片太大了,请少选几张或换小一点的。"))
    response = _page(problem.status, said(problem))
    if isinstance(problem, TooMany):
        response.headers["Retry-After"] = str(problem.extra.get("retry_after_s", 1))
    return response


@pages.errorhandler(HTTPException)
def _not_taken(error: HTTPException) -> Response:
    return _page(error.code or 500, gettext("无法打开这个地址。"))


@pages.errorhandler(Exception)
def _failed(error: Exception) -> Response:
    number = g.get("request_id", "-")
    # Not the path: a follow link is a key.
    log.error("a resident's page failed, request %s", number, exc_info=error)
    return _page(500, gettext("服务器出错,编号 %(number)s。", number=number))


def _page(status: int, sentence: str) -> Response:
    return make_response(render_template("resident_problem.html", sentence=sentence), status)
