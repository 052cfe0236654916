"""The hand-over book at the desk: what a duty officer leaves, and how the next one takes over."""

import datetime as dt

import pytest

from server.handovers.models import Handover
from server.history import history_of
from server.work_orders.states import State
from tests.cast import CHEN_JING, LI_NA, LIU_QIANG, QIAN_JIN, WU_GANG, ZHAO_MIN
from tests.factories import acts
from tests.factories.handheld import Handheld

BOOK = "/handovers"
NOTE = "3栋1502的客户明早八点再打电话"


@pytest.fixture
def entries(today):
    """The book as it stands, oldest first."""

    def read():
        today.session.rollback()
        today.session.expire_all()
        return today.session.query(Handover).order_by(Handover.number).all()

    return read


@pytest.fixture
def duty(at_desk):
    """陈静, whose shift ends."""
    return at_desk(CHEN_JING)


def hand_over(desk, **words):
    return desk.send(BOOK, BOOK, **{"note": NOTE, **words})


def test_what_is_open_is_put_down_with_what_the_duty_officer_writes(duty, today, entries):
    unanswered = today.register()
    waiting = acts.order_in(today, State.CREATED)
    soon = dt.timedelta(hours=3)
    given = today.issued(appointment_at=today.now + soon)
    acts.dispatch(today, given)
    danger = acts.order_in(today, State.IN_PROGRESS)
    acts.alarm(today, danger)
    page = duty.page(BOOK)
    for order in (unanswered, waiting, given, danger):
        assert order.number in page

    assert "等待接班人确认" in duty.follow(hand_over(duty, to_name="吴刚"))
    (entry,) = entries()
    assert (entry.kind, entry.from_name, entry.to_name, entry.note) == (
        "desk",
        "陈静",
        "吴刚",
        NOTE,
    )
    left = {(one["what"], one["number"]) for one in entry.open_orders}
    assert {
        ("no_reply", unanswered.number),
        ("not_dispatched", waiting.number),
        ("not_acknowledged", given.number),
        ("hazard", danger.number),
        ("promise", given.number),
    } <= left
    assert ("promise", waiting.number) not in left


def test_the_alert_leads_to_the_entry_and_the_next_shift_confirms_by_name(
    duty, at_desk, today, entries
):
    hand_over(duty)
    (entry,) = entries()
    path = f"{BOOK}/{entry.number}"
    following = at_desk(WU_GANG)
    alerts = following.page("/alerts")
    assert f'href="{path}"' in alerts
    assert "值班已交班,请确认接班" in alerts
    assert NOTE in following.page(path)

    page = following.follow(following.send(path, f"{path}/confirm"))
    assert '接班人 <span class="person">吴刚</span>' in page
    assert entries()[0].confirmed_by == today.user(WU_GANG).id
    assert path not in following.page("/alerts")
    kinds = [row.kind for row in history_of(today.session, "handover", entry.number)]
    assert kinds == ["shift.handed_over", "alert.raised", "shift.taken_over"]


def test_whoever_handed_over_cannot_confirm_and_the_second_to_confirm_is_told(
    duty, at_desk, entries
):
    hand_over(duty)
    path = f"{BOOK}/{entries()[0].number}"
    page = duty.page(path)
    assert f"{path}/confirm" not in page
    token = duty.hidden(duty.page(BOOK), BOOK)
    refused = duty.client.post(f"{path}/confirm", data=token)
    assert (refused.status_code, "X-014" in refused.text) == (403, True)

    first, second = at_desk(WU_GANG), at_desk(LI_NA)
    old = second.hidden(second.page(path), f"{path}/confirm")
    first.send(path, f"{path}/confirm")
    answer = second.client.post(f"{path}/confirm", data=old)
    assert answer.status_code == 409
    assert "已由他人确认接班" in answer.text


def test_sent_twice_it_stands_once_and_without_a_word_not_at_all(duty, entries):
    form = {**duty.hidden(duty.page(BOOK), BOOK), "note": NOTE}
    assert [duty.client.post(BOOK, data=form).status_code for _ in range(2)] == [303, 303]
    assert len(entries()) == 1
    assert hand_over(duty, note="  ").status_code == 422
    assert len(entries()) == 1


def test_unconfirmed_ones_stand_on_top_and_the_book_goes_on_page_by_page(
    duty, at_desk, this_day, entries, monkeypatch
):
    monkeypatch.setattr("server.console.handover_page.PAGE", 2)
    following = at_desk(WU_GANG)
    for day in ("一", "二", "三"):
        hand_over(duty, note=f"周{day}")
        path = f"{BOOK}/{entries()[-1].number}"
        following.send(path, f"{path}/confirm")
    Handheld(world=this_day, staff=LIU_QIANG).does("shift.handed_over", note="无遗留")
    page = duty.page(BOOK)
    assert page.index("无遗留") < page.index("周三") < page.index("周二")
    assert "周一" not in page
    older = duty.page(f"{BOOK}?cursor={entries()[1].number}")
    assert "周一" in older
    assert "无遗留" not in older
    assert duty.get(f"{BOOK}?cursor=YJ-1").status_code == 422


def test_the_book_in_english_and_who_may_read_it(duty, at_desk, today):
    acts.order_in(today, State.CREATED)
    duty.send(BOOK, "/language", language="en", next=BOOK)
    page = duty.page(BOOK)
    for said in ("Waiting to be taken over", "Open now; put down with your hand-over"):
        assert said in page
    assert at_desk(ZHAO_MIN).get(BOOK).status_code == 200
    for outsider in (QIAN_JIN, LIU_QIANG):
        assert at_desk(outsider).get(BOOK).status_code == 403
    assert duty.get(f"{BOOK}/YJ-1").status_code == 404
