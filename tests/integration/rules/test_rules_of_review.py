"""Who may judge the evidence, and what is judged (R-005, QA1–QA3, 5.1)."""

import datetime as dt

import pytest

from server.accounts.permissions import Role
from server.checklist_runs import queries as runs
from server.errors import Conflict, Denied
from server.quality import corrections
from server.quality import operations as quality
from server.work_orders.facts import context_of
from server.work_orders.snapshot import snapshot
from server.work_orders.states import State
from tests.cast import LIU_QIANG, SUN_QIAN, ZHANG_WEI, ZHAO_MIN
from tests.factories import acts
from tests.factories.acts import order_in
from tests.factories.world import sha


def judge(world, order, outcome, *, by=SUN_QIAN, **words):
    words = {"steps": {}, "note": None, "at": world.later(), **words}
    return world.do(
        quality.review, world.settings, order, outcome=outcome, by=world.by(by), **words
    )


def with_step(world, *, held):
    """A tap order at work whose first picture was taken, and perhaps uploaded."""
    order = order_in(world, State.IN_PROGRESS, category="tap_valve")
    acts.record_step(world, order, "TAP-01", {}, tags=["before"])
    name = f"{order.number} TAP-01 1 before"
    if held:
        world.photo(order, step="TAP-01", tag="before", content=name)
    order.state = State.AWAITING_ACCEPTANCE  # the rest of the checklist is not what this is about
    world.session.commit()
    return order, sha(name)


def test_nobody_judges_an_order_that_was_his_before_it_changed_hands(world):
    order = order_in(world, State.ON_SITE)
    acts.hand_over(world, order, to=ZHANG_WEI)
    for act in (acts.inspect, acts.quote, acts.confirm_quote, acts.ready):
        act(world, order)
    with pytest.raises(Denied):
        judge(world, order, "passed", by=LIU_QIANG)


def test_a_reviewer_who_also_is_the_technician_does_not_judge_himself(world):
    def promote(current):
        world.user(LIU_QIANG).roles = [Role.TECHNICIAN, Role.QA_REVIEWER, Role.CS_MANAGER]

    world.do(promote)
    order = order_in(world, State.AWAITING_ACCEPTANCE)
    with pytest.raises(Denied) as refused:
        judge(world, order, "passed", by=LIU_QIANG)
    assert refused.value.rule == "R-005"


@pytest.mark.parametrize("held", [True, False], ids=["uploaded", "still on its way"])
def test_the_picture_of_a_step_sent_back_no_longer_counts(world, held):
    order, picture = with_step(world, held=held)
    judge(world, order, "returned", steps={"TAP-01": "看不清"})
    if not held:
        world.photo(order, step="TAP-01", tag="before", content=f"{order.number} TAP-01 1 before")
    counting = {name for _step, _tag, name in context_of(world.session, order).held_photos}
    assert picture not in counting
    # The handheld has to know, or it would take the step for complete.
    assert snapshot(world.session, order)["rejected_photos"] == [picture]


def test_what_was_sent_back_is_done_anew_before_it_passes(world):
    order, _ = with_step(world, held=True)
    judge(world, order, "returned", steps={"TAP-01": "看不清"})
    assert order.qa_state == "returned"
    with pytest.raises(Conflict) as refused:
        judge(world, order, "passed")
    assert refused.value.slug == "returned-steps-open"
    acts.record_step(world, order, "TAP-01", {}, attempt=2, tags=["before"])
    assert (order.qa_state, runs.returned(world.session, order.id)) == ("pending", [])
    judge(world, order, "passed")
    assert order.qa_state == "passed"


def test_a_rework_is_judged_anew(world):
    order = order_in(world, State.AWAITING_ACCEPTANCE)
    assert order.qa_state == "pending"
    judge(world, order, "passed")
    acts.reject(world, order)
    acts.ready(world, order)
    assert order.qa_state == "pending"


def test_a_correction_is_carried_out_by_one_and_verified_by_another(world):
    order = order_in(world, State.CLOSED)
    judge(world, order, "failed", correction="重新培训", due_on=dt.date(2025, 3, 20))
    (action,) = corrections.of_order(world.session, order.id)
    owner = {"by": world.by(LIU_QIANG), "at": world.later()}
    reviewer = {"by": world.by(SUN_QIAN), "at": world.later()}
    with pytest.raises(Conflict):
        world.do(corrections.verify, action, **reviewer)
    with pytest.raises(Denied):
        world.do(corrections.carry_out, action, by=world.by(ZHANG_WEI), at=world.later())
    world.do(corrections.carry_out, action, **owner)
    with pytest.raises(Denied):
        world.do(corrections.verify, action, **owner)
    world.do(corrections.verify, action, **reviewer)
    assert action.verified_by == world.user(SUN_QIAN).id
    assert [row.kind for row in world.history(order)][-2:] == [
        "correction.done",
        "correction.verified",
    ]


@pytest.mark.parametrize("owner", [None, LIU_QIANG], ids=["nobody's", "somebody else's"])
def test_whoever_says_that_a_correction_is_done_does_not_verify_it(world, owner):
    order = order_in(world, State.CLOSED)
    judge(world, order, "failed", correction="重新培训", due_on=dt.date(2025, 3, 20))
    (action,) = corrections.of_order(world.session, order.id)
    action.owner_id = world.user(owner).id if owner else None
    says = {"by": world.by(SUN_QIAN), "at": world.later()}
    world.do(corrections.carry_out, action, **says)
    assert action.done_by == world.user(SUN_QIAN).id
    with pytest.raises(Denied) as refused:
        world.do(corrections.verify, action, **says)
    assert (refused.value.slug, action.verified_at) == ("own-work", None)
    world.do(corrections.verify, action, by=world.by(ZHAO_MIN), at=world.later())
    assert action.verified_by == world.user(ZHAO_MIN).id
