"""Clusters of complaints: what many complain of, and the forum or notice that ends it (R-124)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.api import complaint_acts as acts
from server.api import complaint_shapes as shapes
from server.complaints import clusters, moving, queries
from server.complaints.models import ComplaintCluster
from server.console import exports, forms
from server.console.export_columns import cluster_columns
from server.console.formats import timer
from server.console.wording import gettext
from server.db import session, snapshot, transaction, utcnow
from server.errors import Denied, Problem
from server.history import history_of
from server.http import actor, level, requires, settings
from server.keyset import read_place

pages = Blueprint("cluster", __name__)
PAGE = 50
DOES = frozenset("DA")


@pages.get("/complaint-clusters")
@requires("complaint.read", reading=True)
def show_all() -> Any:
    """Open or closed clusters, the newest first."""
    return _list()


@pages.get("/complaint-clusters/export.<form>")
@requires("complaint.read", reading=True)
def export(form: str) -> Response:
    """Every open, or every closed cluster."""
    _refuse_own_only()
    state, estate_id = _state(), actor().estate_id
    with snapshot() as current:
        chunks = exports.leaves(
            lambda place: queries.clusters(
                current, estate_id, state=state, limit=exports.CHUNK, after=place
            )
        )
        return exports.sent("complaint-clusters", form, cluster_columns(), chunks)


@pages.post("/complaint-clusters")
@requires("complaint.forum")
def mark() -> Any:
    """Somebody sees that it is of general concern."""
    try:
        with transaction() as current:
            by = actor()
            data = forms.taken("title", "category", "scope")
            data["complaints"] = _numbers(request.form.get("complaints", ""))
            loaded = forms.loaded(shapes.ClusterIn, data)
            numbers = sorted(set(loaded.pop("complaints")))
            rows = [moving.find(current, number, by=by) for number in numbers]
            cluster = clusters.mark(
                current, settings(), **loaded, complaints=rows, by=by, at=utcnow()
            )
    except Problem as problem:
        return _list(problem), problem.status
    flash(gettext("已立为群体投诉 %(number)s。", number=cluster.number))
    return redirect(url_for("console.cluster.show", number=cluster.number), 303)


@pages.get("/complaint-clusters/<number>")
@requires("complaint.read", reading=True)
def show(number: str) -> Any:
    """One cluster: its complaints, the minutes, the notice."""
    return _page(number)


@pages.post("/complaint-clusters/<number>/complaints")
@requires("complaint.forum")
def join(number: str) -> Any:
    """One more complaint belongs to it."""

    def act(current: Session) -> None:
        by = actor()
        data = forms.loaded(shapes.ClusterJoinIn, forms.taken("complaint"))
        row = moving.find(current, data["complaint"], by=by)
        cluster = clusters.find_cluster(current, number, by=by)
        clusters.join(current, cluster, row, by=by, at=utcnow())

    return _change(number, act, done=gettext("投诉已加入。"))


@pages.post("/complaint-clusters/<number>/closure")
@requires("complaint.forum")
def close(number: str) -> Any:
    """By the minutes of the forum, or by a notice."""

    def act(current: Session) -> None:
        data = forms.taken("notice")
        minutes = forms.taken("held_on", "place", "statements", "result")
        present = _names(request.form.get("present", ""))
        if minutes or present:
            data["minutes"] = {**minutes, "present": present}
        loaded = forms.loaded(shapes.ClusterClosureIn, data)
        cluster = clusters.find_cluster(current, number, by=actor())
        acts.close_cluster(current, cluster, loaded, by=actor(), at=utcnow())

    return _change(number, act, done=gettext("群体投诉已结束。"))


def _change(number: str, act: Callable[[Session], None], *, done: str) -> Any:
    try:
        with transaction() as current:
            act(current)
    except Problem as problem:
        return _page(number, problem), problem.status
    flash(done)
    return redirect(url_for("console.cluster.show", number=number), 303)


def _state() -> str:
    return "closed" if request.args.get("state") == "closed" else "open"


def _list(problem: Problem | None = None) -> str:
    _refuse_own_only()
    state = _state()
    places = {
        way: read_place(request.args[way]) for way in ("after", "before") if request.args.get(way)
    }
    leaf = queries.clusters(session(), actor().estate_id, state=state, limit=PAGE, **places)
    written = timer()
    return render_template(
        "clusters.html",
        leaf=leaf,
        lines=[(row, written(row.opened_at), written(row.closed_at)) for row in leaf.rows],
        chosen=state,
        may_cluster=level("complaint.forum") in DOES,
        problem=problem,
        typed=request.form or request.args,
        turn=lambda **place: url_for("console.cluster.show_all", state=state, **place),
    )


def _page(number: str, problem: Problem | None = None) -> str:
    _refuse_own_only()
    current, by = session(), actor()
    cluster: ComplaintCluster = clusters.find_cluster(current, number, by=by, lock=False)
    return render_template(
        "cluster.html",
        cluster=cluster,
        complaints=queries.complaints_of(current, cluster),
        may_cluster=level("complaint.forum") in DOES and cluster.state == clusters.OPEN,
        history=history_of(current, clusters.SUBJECT, cluster.number),
        problem=problem,
        typed=request.form,
    )


def _numbers(text: str) -> list[str]:
    """Numbers as they are typed, with commas, semicolons, spaces or lines between."""
    return [one for one in re.split(r"[\s,,、;;]+", text) if one]


def _names(text: str) -> list[str]:
    """Names, which may hold spaces, with commas or lines between them."""
    return [one.strip() for one in re.split(r"[\n,,、;;]+", text) if one.strip()]


def _refuse_own_only() -> None:
    """Who sees only what is theirs to deal with sees no clusters (5.1)."""
    if level("complaint.read") == "O":
        raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")
