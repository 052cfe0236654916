"""Preventive plans on their due days: one call, one order, however often the worker runs (X-007)."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server import reactions
from server.alerts.models import Alert
from server.assets.models import Asset
from server.db import transaction
from server.deadlines import timers
from server.errors import Conflict, Invalid
from server.estate.operations import find_unit, person_for
from server.preventive import operations, queries, running
from server.preventive.models import PreventivePlan, PreventiveRun
from server.requests.models import ServiceRequest
from server.work_orders.models import WorkOrder
from server.worker import exhaust
from tests.cast import HE_LI, LIN_FANG, SHANGHAI, ZHAO_MIN
from tests.factories import acts
from tests.factories.assets import appliance


def plan_of(world, kind, *, starts_on=dt.date(2025, 3, 31), asset=None):
    asset = asset or appliance(world)
    with transaction() as current:
        by = world.by(HE_LI)
        unit = find_unit(current, by.estate_id, LIN_FANG.unit_code)
        person = person_for(
            current, unit, name=LIN_FANG.name, phone=LIN_FANG.phone, relation="owner"
        )
        return operations.make_plan(
            current,
            world.settings,
            asset,
            person,
            kind=kind,
            content="清洗滤网,检查冷凝水管",
            starts_on=starts_on,
            by=by,
            at=world.now,
        )


def morning(year, month, day, hour=8):
    return dt.datetime(year, month, day, hour, tzinfo=SHANGHAI).astimezone(dt.UTC)


def at(world, moment):
    """The background worker at a moment."""
    world.now = moment
    exhaust(lambda: timers.run_once(moment), lambda: reactions.run_once(world.settings, moment))


def rows(world, model):
    world.session.expire_all()
    return list(world.session.scalars(sa.select(model).order_by(model.id)))


def test_a_quarter_issues_one_order_on_each_due_day_and_none_between(world):
    plan = plan_of(world, "maintenance")
    at(world, morning(2025, 3, 31, 7))
    assert rows(world, WorkOrder) == []
    at(world, morning(2025, 3, 31))
    (order,) = rows(world, WorkOrder)
    (request,) = rows(world, ServiceRequest)
    assert (order.state, order.nature, order.category) == ("created", "routine", "air_conditioner")
    assert (order.asset_id, order.request_id) == (plan.asset_id, request.id)
    assert order.appointment_at == morning(2025, 4, 1, 10), "proposed for the next working day"
    assert (request.state, request.person.name) == ("converted", LIN_FANG.name)
    assert world.alerts(request) == [], "nobody called, so nobody waits for a reply"
    at(world, morning(2025, 4, 2))
    assert len(rows(world, WorkOrder)) == 1
    assert plan.next_on == dt.date(2025, 6, 30), "June has no 31st"
    at(world, morning(2025, 6, 30))
    assert len(rows(world, WorkOrder)) == 2
    assert rows(world, type(plan))[0].next_on == dt.date(2025, 9, 30)


def test_two_workers_and_one_that_starts_again_make_one_order(world):
    plan = plan_of(world, "maintenance")
    moment = morning(2025, 3, 31)
    at(world, moment)
    for _again in range(2):
        assert world.do(running.run_due, world.settings, plan.id, at=moment) is None
    assert len(rows(world, WorkOrder)) == 1
    (run,) = rows(world, PreventiveRun)
    twice = PreventiveRun(
        estate_id=plan.estate_id, plan_id=plan.id, due_on=run.due_on, made_at=moment
    )
    with pytest.raises(sa.exc.IntegrityError):
        world.do(add, twice)


def add(current, row):
    current.add(row)
    current.flush()


def test_after_a_long_stop_only_the_newest_is_made_and_the_rest_was_missed(world):
    plan_of(world, "call_back", starts_on=dt.date(2025, 3, 5))
    at(world, morning(2025, 5, 20))
    assert [run.due_on.month for run in rows(world, PreventiveRun)] == [3, 4, 5]
    assert len(open_calls(world)) == 1
    (kept, *_rest) = queries.kept(
        world.session, world.estate_id, from_on=dt.date(2025, 3, 1), until_on=dt.date(2025, 5, 31)
    )
    assert (kept.due, kept.done, kept.open, kept.missed, kept.percent) == (3, 0, 1, 2, 0)


def test_a_call_is_a_task_until_what_the_customer_said_is_put_down(world):
    plan = plan_of(world, "call_back", starts_on=dt.date(2025, 3, 5))
    at(world, morning(2025, 3, 5, 9))
    (waiting,) = queries.open_runs(world.session, world.estate_id, limit=5)
    (alert,) = open_calls(world)
    assert LIN_FANG.phone in alert.data["place"]
    assert "dispatch_assistant" in alert.audience

    def call():
        with transaction() as current:
            run = operations.find_run(current, waiting.run.id, by=world.by(HE_LI))
            operations.complete_call(
                current, run, note="制冷正常", by=world.by(HE_LI), at=world.later()
            )

    call()
    with pytest.raises(Conflict):
        call()
    assert (open_calls(world), queries.open_runs(world.session, world.estate_id, limit=5)) == (
        [],
        [],
    )
    (done,) = queries.runs_of(world.session, plan.id)
    assert (done.outcome, done.run.note) == ("done", "制冷正常")


def test_a_plan_that_is_paused_makes_nothing_and_goes_on_from_today(world):
    plan = plan_of(world, "call_back", starts_on=dt.date(2025, 3, 5))
    with transaction() as current:
        by = world.by(ZHAO_MIN)
        operations.pause(
            current, operations.find_plan(current, plan.id, by=by), by=by, at=world.now
        )
    at(world, morning(2025, 4, 20))
    assert rows(world, PreventiveRun) == []
    with transaction() as current:
        found = operations.find_plan(current, plan.id, by=by)
        operations.resume(current, world.settings, found, by=by, at=world.now)
    assert found.next_on == dt.date(2025, 5, 5)
    at(world, morning(2025, 5, 5))
    assert [run.due_on.month for run in rows(world, PreventiveRun)] == [5]


def test_a_call_of_a_paused_plan_is_not_asked_for_any_more_but_its_order_is_still_done(world):
    call = plan_of(world, "call_back", starts_on=dt.date(2025, 3, 5))
    asset = world.session.get_one(Asset, call.asset_id)
    upkeep = plan_of(world, "maintenance", starts_on=dt.date(2025, 3, 5), asset=asset)
    at(world, morning(2025, 3, 5, 9))
    assert len(open_calls(world)) == 1
    for plan in (call, upkeep):
        world.do(operations.pause, plan, by=world.by(ZHAO_MIN), at=world.now)
    assert open_calls(world) == []
    due = queries.open_runs(world.session, plan.estate_id, limit=9)
    assert [row.plan.kind for row in due] == ["maintenance"]


def test_an_order_that_is_called_off_was_missed_and_one_accepted_is_done(world):
    plan = plan_of(world, "maintenance", starts_on=dt.date(2025, 3, 5))
    at(world, morning(2025, 3, 5, 9))
    (order,) = rows(world, WorkOrder)
    assert outcomes(world, plan) == ["open"]
    acts.void(world, order)
    assert outcomes(world, plan) == ["missed"]


def test_an_asset_has_one_plan_of_a_kind_and_it_starts_today_at_the_earliest(world):
    asset = appliance(world)
    plan_of(world, "service", asset=asset)
    with pytest.raises(Invalid) as refused:
        plan_of(world, "service", asset=asset, starts_on=dt.date(2025, 3, 4))
    assert set(refused.value.errors) == {"kind", "starts_on"}
    assert refused.value.rule == "X-007"


def test_a_paused_plan_does_not_come_back_beside_the_one_that_took_its_place(world):
    asset, says = appliance(world), {"by": world.by(HE_LI), "at": world.now}
    old = plan_of(world, "service", asset=asset)
    world.do(operations.pause, old, **says)
    newer = plan_of(world, "service", asset=asset)
    with pytest.raises(Conflict) as refused:
        world.do(operations.resume, world.settings, old, **says)
    assert (refused.value.slug, refused.value.rule) == ("has-such-a-plan", "X-007")
    with pytest.raises(sa.exc.IntegrityError):
        world.do(at_work, old.id)
    world.do(operations.pause, newer, **says)
    world.do(operations.resume, world.settings, old, **says)
    assert [row.active for row in rows(world, type(old))] == [True, False]


def at_work(current, plan_id):
    current.get_one(PreventivePlan, plan_id).active = True
    current.flush()


def outcomes(world, plan):
    world.session.expire_all()
    return [row.outcome for row in queries.runs_of(world.session, plan.id)]


def open_calls(world):
    world.session.expire_all()
    wanted = sa.select(Alert).where(
        Alert.kind == "preventive.call_due", Alert.resolved_at.is_(None)
    )
    return list(world.session.scalars(wanted))
