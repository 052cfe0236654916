"""Judging the evidence of an order, by whoever did not do the work (QA1–QA3)."""

import datetime as dt

import pytest

from server.errors import Denied, Invalid
from server.quality import operations as quality
from server.work_orders.states import State
from tests.cast import LIU_QIANG, SUN_QIAN
from tests.factories.acts import order_in


def judge(world, order, outcome, *, by=SUN_QIAN, **words):
    words = {"steps": {}, "note": None, "at": world.later(), **words}
    return world.do(
        quality.review, world.settings, order, outcome=outcome, by=world.by(by), **words
    )


def test_nobody_judges_work_that_was_once_his(world):
    order = order_in(world, State.CLOSED)
    for outcome in ("passed", "failed"):
        with pytest.raises(Denied) as refused:
            judge(world, order, outcome, by=LIU_QIANG)
        assert refused.value.rule == "R-005"
    assert judge(world, order, "passed").number == "QC-202503-0001"
    assert order.qa_state == "passed"


def test_a_judgement_says_what_is_wrong_and_until_when(world):
    order = order_in(world, State.CLOSED)
    for outcome, steps in (("returned", {}), ("returned", {"TAP-01": " "}), ("failed", {})):
        with pytest.raises(Invalid):
            judge(world, order, outcome, steps=steps)
    judge(world, order, "failed", correction="补拍", due_on=dt.date(2025, 3, 9))
    assert order.qa_state == "failed"


def test_unfinished_work_is_not_judged(world):
    with pytest.raises(quality.Conflict) as refused:
        judge(world, order_in(world, State.IN_PROGRESS), "passed")
    assert refused.value.slug == "not-reviewable"
