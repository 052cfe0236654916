"""One complaint: what was said, what can be done about it now, its follow-up record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.queries import everybody, names_of
from server.alerts import operations as alerts
from server.api import complaint_acts as acts
from server.api import complaint_shapes as shapes
from server.api.complaints import offered, readable, reads
from server.complaints import moving, queries
from server.complaints.models import Complaint
from server.complaints.who import Person, may_be_delegate, may_be_handler
from server.console import forms, sent_photos
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem, Stale
from server.evidence.storage import STORE, PhotoStore, StoreAway
from server.history import history_of
from server.http import actor, level, requires, settings
from server.rectifications import queries as rectifications
from server.return_visits import of_complaints, serving_both

pages = Blueprint("complaint", __name__)


@pages.get("/complaints/<number>")
@requires("rectification.carry_out", reading=True)
def show(number: str) -> Any:
    """The complaint as it stands; for others than its readers only what is theirs to put right."""
    return page(number)


@pages.post("/complaints/<number>/record")
@requires("complaint.record")
def take_on(number: str) -> Any:
    """The duty officer makes the record of what was relayed."""
    names = ("target", "category", "apology", "improvement", "received_by", "about")
    return _do(number, acts.take_on, shapes.RecordIn, names, done=gettext("已登记,请判别。"))


@pages.post("/complaints/<number>/target")
@requires("complaint.judge")
def retarget(number: str) -> Any:
    """It is against something else, or about somebody."""
    names = ("target", "category", "about")
    return _do(number, acts.retarget, shapes.TargetIn, names, done=gettext("对象和类别已更改。"))


@pages.post("/complaints/<number>/judgement")
@requires("complaint.judge")
def judge(number: str) -> Any:
    """Valid, invalid, major, or the manager's to judge."""
    names = ("outcome", "text", "major", "major_reason", "handler", "target_on", "order")
    return _do(
        number, acts.judge, shapes.ComplaintJudgementIn, names, done=gettext("判别已记入跟进记录。")
    )


@pages.post("/complaints/<number>/order")
@requires("order.issue")
def issue_order(number: str) -> Any:
    """The slip that puts it right."""

    def act(current: Session, row: Complaint) -> None:
        typed = forms.taken("content", "category", "urgency", moments=("appointment_at",))
        data = forms.loaded(shapes.ReworkIn, typed)
        acts.issue_order(current, settings(), row, data, by=actor(), at=utcnow())

    return _change(number, act, done=gettext("已为投诉开单。"))


@pages.post("/complaints/<number>/explanation")
@requires("complaint.handle", reading=True)
def explain(number: str) -> Any:
    """The reasons, politely; then it closes."""

    def act(current: Session, row: Complaint) -> None:
        data = forms.loaded(shapes.ExplanationIn, forms.taken("text"))
        data["closes"] = request.form.get("then") != "stay"
        acts.explain(current, row, data, by=actor(), at=utcnow())

    return _change(number, act, done=gettext("解释已记录。"))


@pages.post("/complaints/<number>/entries")
@requires("complaint.handle", reading=True)
def note(number: str) -> Any:
    """What was done, as it happens."""
    return _do(number, acts.note, shapes.SaidIn, ("text",), done=gettext("已记入跟进记录。"))


@pages.post("/complaints/<number>/progress-notices")
@requires("complaint.handle", reading=True)
def tell(number: str) -> Any:
    """The complainant was told how far it has come."""
    return _do(number, acts.tell, shapes.SaidIn, ("text",), done=gettext("已记下告知客户的内容。"))


@pages.post("/complaints/<number>/delegate")
@requires("complaint.handle_major")
def name_delegate(number: str) -> Any:
    """The general manager names who stands in for him."""
    return _do(
        number, acts.name_delegate, shapes.DelegateIn, ("delegate",), done=gettext("代理人已指定。")
    )


@pages.post("/complaints/<number>/referral")
@requires("complaint.handle", reading=True)
def refer(number: str) -> Any:
    """To the company."""
    return _do(number, acts.refer, shapes.SaidIn, ("text",), done=gettext("已记为上报公司。"))


@pages.post("/complaints/<number>/completion")
@requires("complaint.handle", reading=True)
def report_done(number: str) -> Any:
    """It was dealt with; somebody else verifies it."""
    return _do(number, acts.report_done, shapes.SaidIn, ("text",), done=gettext("已送验证。"))


@pages.post("/complaints/<number>/verification")
@requires("complaint.verify", reading=True)
def verify(number: str) -> Any:
    """It is so, or it is not."""
    return _do(
        number, acts.verify, shapes.VerificationIn, ("ok", "text"), done=gettext("验证结果已记录。")
    )


@pages.post("/complaints/<number>/visits")
@requires("complaint.visit")
def visit(number: str) -> Any:
    """What the complainant said, with the signature where it was said at the door."""
    at_the_door = request.form.get("method") == "on_site"
    try:
        # The picture first: nothing waits for it while the complaint is locked.
        signed = _signed(readable(number)) if at_the_door else {}
    except NotFound:
        raise
    except Problem as problem:
        return page(number, problem), problem.status

    def act(current: Session, row: Complaint) -> None:
        names = ("method", "satisfied", "comment", "signer_name", "cause")
        data = forms.taken(*names, "serves_order", "fixed")
        if data.get("satisfied") == "0":
            told = forms.taken("correction_text", "owner", "due_on")
            told["text"] = told.pop("correction_text", "")
            data["correction"] = {key: value for key, value in told.items() if value}
        data |= signed
        if not at_the_door:
            data.pop("signer_name", None)
        loaded = forms.loaded(shapes.ComplaintVisitIn, data)
        acts.visit(current, settings(), row, loaded, by=actor(), at=utcnow())

    return _change(number, act, done=gettext("回访已记录。"))


@pages.post("/complaints/<number>/visit-attempts")
@requires("complaint.visit")
def visit_attempt(number: str) -> Any:
    """Nobody was reached."""

    def act(current: Session, row: Complaint) -> None:
        data = forms.loaded(shapes.ComplaintAttemptIn, forms.taken("method", "note"))
        acts.visit_attempt(current, settings(), row, data, by=actor(), at=utcnow())

    return _change(number, act, done=gettext("已记下这次没有联系上。"))


@pages.post("/complaints/<number>/rectification")
@requires("rectification.carry_out", reading=True)
def rectified(number: str) -> Any:
    """It was put right."""
    return _do(number, acts.rectified, shapes.SaidIn, ("text",), done=gettext("整改已送验证。"))


@pages.get("/complaints/<number>/signatures/<sha256>")
@requires("rectification.carry_out", reading=True)
def signature(number: str, sha256: str) -> Response:
    """The sheet that the complainant signed at the visit, as it was received."""
    row = readable(number)
    results = of_complaints.results_of_complaint(session(), row)
    store: PhotoStore = current_app.extensions[STORE]
    if sha256 not in {one.customer_signature_sha256 for one in results} or not store.exists(sha256):
        raise NotFound("no-such-photo", "没有这张图片。", "There is no such picture.")
    with store.open(sha256) as file:
        return Response(file.read(), mimetype="image/jpeg")


def page(number: str, problem: Problem | None = None) -> str:
    """The page, with what was typed where something was refused."""
    current, by = session(), actor()
    row = readable(number)
    found = offered(current, row, by)
    can = {one.action for one in found if one.reason is None}
    rows = rectifications.rectifications_of(
        current, moving.SUBJECT, row.number, estate_id=row.estate_id
    )
    case = moving.case_of(row)
    people = _people(can)
    ids = {
        *(row.recorded_by, row.relayed_by, row.judged_by, row.handler_id, row.delegate_id),
        *(row.about_user_id, row.verified_by, row.closed_by),
        *(one.owner_id for one in rows),
    }
    store: PhotoStore = current_app.extensions[STORE]
    results = of_complaints.results_of_complaint(current, row)
    visit = of_complaints.visit_of_complaint(current, row)
    ids.add(visit.assignee_id if visit else None)
    return render_template(
        "complaint.html",
        row=row,
        options_now=found,
        can=can,
        entries=queries.entries_of(current, row),
        order=queries.order_of(current, row),
        cluster=queries.cluster_of(current, row),
        joinable=queries.open_clusters(current, row.estate_id)
        if level("complaint.forum") in {"D", "A"} and row.cluster_id is None
        else [],
        may_cluster=level("complaint.forum") in {"D", "A"},
        rectifications=rows,
        results=results,
        held={
            one.customer_signature_sha256
            for one in results
            if one.customer_signature_sha256 and _may_be_held(store, one.customer_signature_sha256)
        },
        visit=visit,
        order_visit=serving_both.order_visit_of(current, row)
        if "visit" in can and level("visit.make") in {"D", "A"}
        else None,
        handlers=[one for one in people if may_be_handler(_person(one), case)],
        delegates=[one for one in people if may_be_delegate(_person(one), case)],
        owners=[one for one in people if _may_own(one, row)],
        staff=people,
        names=names_of(current, {one for one in ids if one is not None}),
        history=history_of(current, moving.SUBJECT, row.number),
        alerts=alerts.alerts_of(current, moving.SUBJECT, row.number),
        today=utcnow().astimezone(settings().zone).date(),
        problem=problem,
        stale=isinstance(problem, Stale),
        typed=request.form,
    )


def _people(can: set[str]) -> list[User]:
    """Whoever could be named in a form of this page; nobody is read where there is none."""
    if not can & {"judge", "name_delegate", "visit", "take_on", "retarget"}:
        return []
    return [user for user in everybody(session(), actor().estate_id) if user.active]


def _person(user: User) -> Person:
    return Person(id=user.id, roles=frozenset(user.roles))


def _may_own(user: User, row: Complaint) -> bool:
    inside = row.target == "cs_centre" and _person(user).in_centre
    return user.id != row.about_user_id and not inside


def _may_be_held(store: PhotoStore, sha256: str) -> bool:
    try:
        return store.exists(sha256)
    except StoreAway:  # the page is shown all the same; the picture's own address says so
        return True


def _signed(row: Complaint) -> dict[str, str]:
    """The picture of the signed sheet, kept as evidence is kept."""
    sheets = sent_photos.received(f"{row.number} {row.version}", "signature")
    return {"customer_signature": sheets[0].sha256} if sheets else {}


def _do(number: str, act: acts.Act, schema: Any, names: tuple[str, ...], *, done: str) -> Any:
    def load_and_act(current: Session, row: Complaint) -> None:
        act(current, row, forms.loaded(schema, forms.taken(*names)), by=actor(), at=utcnow())

    return _change(number, load_and_act, done=done)


def _change(number: str, act: Callable[[Session, Complaint], None], *, done: str) -> Any:
    try:
        with transaction() as current:
            row = moving.find(current, number, by=actor(), expected_version=forms.seen_version())
            act(current, row)
    except NotFound:
        raise
    except Problem as problem:
        return page(number, problem), problem.status
    flash(done)
    return redirect(_after(number), 303)


def _after(number: str) -> str:
    # Whoever only put something right does not see the complaint any more.
    if reads(moving.find(session(), number, by=actor(), lock=False)):
        return url_for("console.complaint.show", number=number)
    return url_for("console.alerts.show")
