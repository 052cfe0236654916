"""Steps that QA sent back after the customer signed: who signs what again (QA2, R-060)."""

import pytest

from server.checklist_runs import queries as runs
from server.quality import operations as quality
from server.work_orders import queries
from server.work_orders.operations.moving import Refused, belongs_in_the_field
from server.work_orders.snapshot import snapshot
from server.work_orders.states import State
from tests.cast import SUN_QIAN
from tests.factories import acts
from tests.factories.lamp_repair import record, repaired_lamp
from tests.factories.world import sha

READING = {"value": "221", "unit": "V AC", "fields": {"ballast": "inductive"}}


@pytest.fixture
def order(world):
    return repaired_lamp(world)


def sends_back(world, order, *steps):
    world.do(
        quality.review,
        world.settings,
        order,
        outcome="returned",
        steps=dict.fromkeys(steps, "看不清"),
        note=None,
        by=world.by(SUN_QIAN),
        at=world.later(),
    )


def redo(world, order, step, answer, *, seed=9001, attempt=2, tags=("meter",)):
    record(world, order, step, answer, tags, seed=seed, attempt=attempt)


def acceptances(world, order):
    rows = queries.signatures_of(world.session, order.id)
    return [row for row in rows if row.kind == "acceptance"]


def test_the_handheld_gets_a_small_task_and_what_was_read_before_stays(world, order):
    sends_back(world, order, "LAMP-03")
    assert belongs_in_the_field(world.session, order)
    assert [one["step"] for one in snapshot(world.session, order)["returned_steps"]] == ["LAMP-03"]
    redo(world, order, "LAMP-03", READING)
    attempts = [row for row in runs.results_of(world.session, order.id) if row.step == "LAMP-03"]
    assert [row.attempt for row in attempts] == [1, 2]
    assert snapshot(world.session, order)["returned_steps"] == []


@pytest.mark.parametrize("written_off", [False, True], ids=["accepted", "closed"])
def test_a_new_photo_of_the_same_reading_needs_no_new_signature(world, order, written_off):
    if written_off:
        acts.write_off(world, order)
    before = order.state
    sends_back(world, order, "LAMP-03", "LAMP-20")
    redo(world, order, "LAMP-03", READING)
    redo(world, order, "LAMP-20", {}, seed=9002, tags=("after",))
    assert (order.state, order.qa_state) == (before, "pending")
    assert len(acceptances(world, order)) == 1


def test_another_reading_is_signed_again_once_all_is_done_anew(world, order):
    sends_back(world, order, "LAMP-03", "LAMP-20")
    redo(world, order, "LAMP-03", {**READING, "value": "229"})
    assert order.state == State.ACCEPTED, "the other step is still to be done"
    redo(world, order, "LAMP-20", {}, seed=9002, tags=("after",))
    assert order.state == State.AWAITING_ACCEPTANCE
    told = world.history(order)[-1]
    assert (told.kind, told.data["changed"]) == ("order.signature_wanted", ["LAMP-03"])
    assert snapshot(world.session, order)["state"] == "awaiting_acceptance"

    acts.accept(world, order, signature=sha("signed again"))
    assert order.state == State.ACCEPTED
    first, second = acceptances(world, order)
    assert first.covers_results < second.covers_results
    with pytest.raises(Refused) as refused:  # the earlier picture does not stand for the new one
        acts.write_off(world, order)
    assert refused.value.slug == "signature-not-held"
    world.photo(order, tag="signature", content="signed again")
    acts.write_off(world, order)

    sends_back(world, order, "LAMP-03")
    redo(world, order, "LAMP-03", {**READING, "value": "229"}, seed=9003, attempt=3)
    assert order.state == State.CLOSED, "what was signed the second time counts now"


def test_a_written_off_order_that_reads_otherwise_is_signed_and_written_off_anew(world, order):
    acts.write_off(world, order)
    sends_back(world, order, "LAMP-03")
    redo(world, order, "LAMP-03", {**READING, "value": "229"})
    assert order.state == State.AWAITING_ACCEPTANCE
    assert (order.closed_at, order.month) == (None, None)
    assert belongs_in_the_field(world.session, order)
    acts.accept(world, order, signature=sha("again"))
    world.photo(order, tag="signature", content="again")
    acts.write_off(world, order)
    assert order.state == State.CLOSED
    assert order.closed_at is not None


def test_a_customer_who_does_not_like_what_is_read_now_says_so_as_before(world, order):
    sends_back(world, order, "LAMP-03")
    redo(world, order, "LAMP-03", {**READING, "value": "229"})
    acts.reject(world, order)
    assert order.state == State.REWORK


def test_money_does_not_change_behind_a_signature(world, order):
    sends_back(world, order, "LAMP-03")
    with pytest.raises(Refused) as refused:
        acts.quote(world, order)
    assert refused.value.by_state


def test_before_the_customer_signed_nothing_is_signed_again(world, order):
    acts.write_off(world, order)
    sends_back(world, order, "LAMP-03")
    redo(world, order, "LAMP-03", {**READING, "value": "229"})
    sends_back(world, order, "LAMP-03")
    redo(world, order, "LAMP-03", {**READING, "value": "230"}, seed=9003, attempt=3)
    assert order.state == State.AWAITING_ACCEPTANCE
    kinds = [row.kind for row in world.history(order)]
    assert kinds.count("order.signature_wanted") == 1
