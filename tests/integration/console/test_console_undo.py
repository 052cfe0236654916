"""A dispatch or a recall that was a mistake is taken back, by whoever made it, while that works."""

import datetime as dt

import pytest

from server.rosters import operations as rosters
from server.rosters.patterns import Span
from server.work_orders import undoing
from server.work_orders.queries import assignments_of
from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, MA_CHAO, WU_GANG
from tests.factories import acts


@pytest.fixture
def desk(at_desk):
    """陈静 at the desk."""
    return at_desk(CHEN_JING)


def undo_form(order):
    return f'action="/orders/{order.number}/undo"'


def act(desk, order, form, **words):
    path = f"/orders/{order.number}"
    answer = desk.send(path, f"{path}/{form}", **words)
    assert answer.status_code == 303, answer.text
    return desk.follow(answer)


def last(today, order):
    return today.history(order)[-1]


def test_a_mistaken_dispatch_is_recalled_and_that_again_given_back(desk, today, fresh):
    order = today.issued()
    assert undo_form(order) not in desk.page(f"/orders/{order.number}")
    page = act(desk, order, "dispatch", technician=LIU_QIANG.username)
    assert "刚才派错了?" in page
    assert "刚才召回错了?" in act(desk, order, "undo")
    assert fresh(order).state == State.CREATED
    assert (last(today, order).kind, last(today, order).data["reason"]) == (
        "order.recalled",
        undoing.REASON,
    )
    act(desk, order, "undo")
    order = fresh(order)
    assert (order.state, order.technician_id) == (State.DISPATCHED, today.user(LIU_QIANG).id)
    assert last(today, order).data["reason"] == undoing.REASON


def test_a_mistaken_reassignment_goes_back_to_the_first_technician(desk, today, fresh):
    order = acts.order_in(today, State.DISPATCHED)
    page = act(desk, order, "dispatch", technician=MA_CHAO.username)
    assert "刚才改派错了?" in page
    act(desk, order, "undo")
    assert fresh(order).technician_id == today.user(LIU_QIANG).id
    had = [row.technician_id for row in assignments_of(today.session, order.id)]
    assert had == [today.user(who).id for who in (LIU_QIANG, MA_CHAO, LIU_QIANG)]


def test_a_recall_is_not_undone_where_the_technician_is_no_longer_free(desk, today, fresh):
    order = acts.order_in(today, State.DISPATCHED)
    path = f"/orders/{order.number}"
    page = act(desk, order, "recall", reason="弄错了")
    form = desk.hidden(page, f"{path}/undo")
    span = Span(from_at=today.now, until_at=today.now + dt.timedelta(hours=9))
    today.do(
        rosters.note_absence,
        today.user(LIU_QIANG),
        span,
        reason="sick",
        note=None,
        by=today.by(CHEN_JING),
        at=today.later(),
    )
    answer = desk.client.post(f"{path}/undo", data=form)
    assert answer.status_code == 409
    assert "现在没空" in answer.text
    assert undo_form(order) not in answer.text
    assert fresh(order).state == State.CREATED


def test_nobody_takes_back_what_a_colleague_did_nor_after_the_technician_acted(
    desk, at_desk, today, fresh
):
    order = today.issued()
    path = f"/orders/{order.number}"
    page = act(desk, order, "dispatch", technician=LIU_QIANG.username)
    form = desk.hidden(page, f"{path}/undo")
    colleague = at_desk(WU_GANG)
    assert undo_form(order) not in colleague.page(path)
    token = colleague.hidden(colleague.page(path), f"{path}/recall")
    assert colleague.client.post(f"{path}/undo", data=token).status_code == 409

    acts.acknowledge(today, fresh(order))
    assert undo_form(order) not in desk.page(path)
    assert desk.client.post(f"{path}/undo", data=form).status_code == 412
    assert fresh(order).state == State.ACKNOWLEDGED


def test_after_some_minutes_there_is_nothing_to_undo(desk, today, fresh, monkeypatch):
    order = today.issued()
    path = f"/orders/{order.number}"
    page = act(desk, order, "dispatch", technician=LIU_QIANG.username)
    form = desk.hidden(page, f"{path}/undo")
    monkeypatch.setattr(undoing, "WINDOW", dt.timedelta(0))
    assert undo_form(order) not in desk.page(path)
    answer = desk.client.post(f"{path}/undo", data=form)
    assert (answer.status_code, "已不能撤销" in answer.text) == (409, True)
    assert fresh(order).state == State.DISPATCHED


@pytest.mark.parametrize("state", [State.ACCEPTED, State.CLOSED, State.CANCEL_PENDING], ids=str)
def test_what_was_signed_written_off_or_cancelled_has_no_undo(desk, today, state):
    order = acts.order_in(today, state)
    assert undo_form(order) not in desk.page(f"/orders/{order.number}")
