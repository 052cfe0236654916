"""`paigong seed --year`: what it writes is what the house itself could have written.

Two months of it, so that it is cheap; a year has the same parts.
"""

import collections
import datetime as dt
import itertools
import random

import pytest
import sqlalchemy as sa

from demo.year.build import Size, seed
from demo.year.calendar import calls, months_until
from demo.year.course import course
from demo.year.writing import By
from server.app import create_app
from server.assets.models import AssetTraining
from server.complaints.models import Complaint
from server.db import db, session, utcnow
from server.handovers.models import Handover
from server.history import HistoryChain, HistoryRow, verify
from server.messages.models import Receipt
from server.preventive.models import PreventivePlan, PreventiveRun
from server.quality.models import Inspection
from server.requests.models import Decline, ServiceRequest
from server.rosters import queries as rosters
from server.rosters.models import Absence, Shift
from server.rosters.patterns import Span
from server.settings import Settings
from server.work_orders.models import Assignment, Escalation, WorkOrder

SIZE = Size(orders=700, complaints=120, incidents=10, months=2)
#: what has to be there of each, at least
PARTS = {
    Shift: 400,
    Absence: 3,
    Inspection: 15,
    PreventivePlan: 100,
    PreventiveRun: 20,
    Decline: 3,
    Escalation: 1,
    Handover: 150,
    AssetTraining: 10,
    Receipt: 60,
}


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("year"), password_memory_kib=8)
    seed(settings, SIZE, quiet=True)
    app = create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def all_of(model):
    return session().scalars(sa.select(model)).all()


def test_every_part_is_there_and_every_chain_of_history_is_whole(year):
    assert {model: n for model, least in PARTS.items() if (n := len(all_of(model))) < least} == {}
    chains = random.Random(1).sample(all_of(HistoryChain), 200)
    kept = [
        one for one in all_of(HistoryChain) if one.subject_kind in {"roster", "inspection_plan"}
    ]
    for one in (*chains, *kept):
        assert verify(session(), one.subject_kind, one.subject) is None
    assert session().scalar(sa.select(sa.func.max(HistoryRow.at))) <= utcnow()


def test_nobody_has_two_shifts_at_once_and_two_weeks_ahead_are_planned(year):
    of = collections.defaultdict(list)
    for one in all_of(Shift):
        of[one.user_id].append(Span(from_at=one.from_at, until_at=one.until_at))
    for shifts in of.values():
        shifts.sort(key=lambda span: span.from_at)
        assert not any(before.overlaps(after) for before, after in itertools.pairwise(shifts))
    assert max(span.from_at for shifts in of.values() for span in shifts) > utcnow() + dt.timedelta(
        days=13
    )


def test_no_order_was_given_to_somebody_who_was_away(year):
    away = collections.defaultdict(list)
    for one in all_of(Absence):
        away[one.user_id].append((one.from_at, one.until_at))
    given = session().execute(
        sa.select(Assignment.technician_id, WorkOrder.appointment_at).join(
            WorkOrder, WorkOrder.id == Assignment.order_id
        )
    )
    assert not [who for who, at in given if any(begins <= at < ends for begins, ends in away[who])]


def test_a_declined_request_has_all_that_a_decline_needs(year):
    for one, request in session().execute(
        sa.select(Decline, ServiceRequest).join(
            ServiceRequest, ServiceRequest.id == Decline.request_id
        )
    ):
        assert (request.state, one.apology, one.notice_promised) == ("declined", True, True)
        assert one.attempts
        assert one.department_informed
        assert request.explanation


def test_an_order_that_was_decided_has_a_witness_and_no_signature_waits_for_it(year):
    for order in session().scalars(sa.select(WorkOrder).where(WorkOrder.closed_by_decision)):
        assert order.unsigned_reason
        assert order.unsigned_witness
        assert not order.billing_held


def test_somebody_is_on_duty_now_and_people_have_complained(year):
    now = utcnow()
    day = (now - dt.timedelta(hours=12), now + dt.timedelta(hours=12))
    estate_id = session().scalars(sa.select(WorkOrder.estate_id)).first()
    assert rosters.on_duty_at(session(), estate_id, now, day=day)
    assert {one.state for one in all_of(Complaint)} >= {"closed"}


def test_one_order_in_a_hundred_goes_up_and_the_same_dice_tell_the_same_year(settings):
    def told(seed_):
        dice = random.Random(seed_)
        manager, gpm = By(id=None, name="赵敏"), By(id=None, name="周建国")
        begun = dt.datetime(2026, 3, 4, 2, tzinfo=dt.UTC)
        return [
            course(begun, "tap_valve", manager=manager, gpm=gpm, zone=settings.zone, dice=dice)
            for _ in range(4000)
        ]

    courses = told(1)
    assert 20 <= sum(bool(one.went_up) for one in courses) <= 60
    assert courses == told(1) != told(2)
    for one in courses:
        assert len(one.rejected_at) in {one.rework_round, one.rework_round + 1}
        assert list(one.ready_at) == sorted(one.ready_at)
        assert all(up.opened_at < up.decided_at <= one.accepted_at for up in one.went_up)


def test_a_month_that_still_runs_has_its_calls_before_now(settings):
    now = utcnow()
    (month,) = months_until(now, settings.zone, 1)
    found = calls(month, 200, settings.zone, random.Random(3), until=now)
    assert found == sorted(found)
    assert all(at <= now for at in found)
    assert len(found) > 20
