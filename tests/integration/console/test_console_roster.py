"""The roster page: shifts and absences, who may plan, what they do to the suggestions."""

import datetime as dt

import pytest

from server.history import history_of, verify
from server.rosters.models import Absence, Shift
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    HE_LI,
    LIU_QIANG,
    MA_CHAO,
    QIAN_JIN,
    SHANGHAI,
    SUN_QIAN,
    ZHAO_MIN,
)
from tests.factories import acts

WEEK = "2025-03-03"
MINE = f"/roster?week={WEEK}&who={LIU_QIANG.username}"
SHIFTS = f"/roster/{LIU_QIANG.username}/shifts"
ABSENCES = f"/roster/{LIU_QIANG.username}/absences"


@pytest.fixture
def head(at_desk):
    """何莉, who leads the dispatchers."""
    return at_desk(HE_LI)


@pytest.fixture
def shifts(today):
    """Every shift on the roster, by the estate's clock."""

    def read():
        today.session.rollback()
        rows = today.session.query(Shift).order_by(Shift.from_at).all()
        return [
            tuple(f"{at.astimezone(SHANGHAI):%m-%d %H}" for at in (row.from_at, row.until_at))
            for row in rows
        ]

    return read


def plan(desk, day="2025-03-05", pattern="early", path=MINE, action=SHIFTS, **times):
    return desk.send(path, action, day=day, pattern=pattern, **times)


def absent(desk, from_at, until_at, reason="sick", **more):
    return desk.send(MINE, ABSENCES, from_at=from_at, until_at=until_at, reason=reason, **more)


def local(moment, **ahead):
    return f"{(moment + dt.timedelta(**ahead)).astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def test_a_shift_is_planned_changed_and_removed_and_history_says_so(head, shifts, today):
    page = head.follow(plan(head, pattern="night"))
    assert "夜班 22–06" in page
    assert shifts() == [("03-05 22", "03-06 06")]

    one = today.session.query(Shift).one()
    action = f"{SHIFTS}/{one.id}"
    plan(head, day="2025-03-06", pattern="", begins="09:00", ends="13:00", action=action)
    assert shifts() == [("03-06 09", "03-06 13")]
    head.send(MINE, action, remove="1")
    assert shifts() == []
    chain = history_of(today.session, "roster", str(today.user(LIU_QIANG).id))
    assert [row.kind for row in chain] == ["shift.planned", "shift.changed", "shift.removed"]
    assert {row.actor_name for row in chain} == {"何莉"}
    assert verify(today.session, "roster", str(today.user(LIU_QIANG).id)) is None
    assert "取消班次" in head.page(MINE)


def test_two_planners_the_second_sees_that_the_shift_has_changed(head, at_desk, shifts, today):
    plan(head)
    action = f"{SHIFTS}/{today.session.query(Shift).one().id}"
    manager = at_desk(ZHAO_MIN)
    old = manager.hidden(manager.page(MINE), action)
    plan(head, pattern="late", action=action)
    answer = manager.client.post(action, data={**old, "remove": "1"})
    assert answer.status_code == 412
    assert "别人已更改这个班次" in answer.text
    assert shifts() == [("03-05 14", "03-05 22")]
    head.send(MINE, action, remove="1")
    assert manager.client.post(action, data={**old, "remove": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"day": "2025-03-05"}, 409),
        ({"day": "2025-03-05", "pattern": "late"}, 409),
        ({"day": "gestern"}, 422),
        ({"day": "9999-12-31"}, 422),
        ({"day": "2025-03-07", "pattern": ""}, 422),
        ({"day": "2025-03-07", "pattern": "", "begins": "25:00", "ends": "26:00"}, 422),
        ({"day": "2025-03-07", "pattern": "brunch"}, 422),
    ],
)
def test_what_makes_no_shift_is_refused_and_changes_nothing(head, shifts, words, status):
    plan(head)
    before = shifts()
    answer = plan(head, **words)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert shifts() == before


def test_last_week_is_copied_where_nothing_is_planned_and_twice_adds_nothing(head, shifts):
    plan(head, day="2025-03-04")
    plan(head, day="2025-03-06", pattern="night")
    plan(
        head,
        day="2025-03-11",
        pattern="late",
        path=f"/roster?week=2025-03-10&who={LIU_QIANG.username}",
    )
    following = "/roster?week=2025-03-10"
    assert "从上周抄来 1 个班次" in head.follow(head.send(following, "/roster/copy"))
    assert "从上周抄来 0 个班次" in head.follow(head.send(following, "/roster/copy"))
    assert shifts()[2:] == [("03-11 14", "03-11 22"), ("03-13 22", "03-14 06")]


def test_an_absence_names_the_visits_that_were_promised_and_can_be_taken_back(head, today, fresh):
    at = today.now + dt.timedelta(hours=3)
    order = today.issued(appointment_at=at)
    acts.dispatch(today, order, to=LIU_QIANG)
    path = f"/roster?week={local(at)[:10]}&who={LIU_QIANG.username}"
    answer = head.send(
        path, ABSENCES, from_at=local(at, hours=-1), until_at=local(at, hours=4), reason="sick"
    )
    page = head.follow(answer)
    assert "这段时间已约了 1 张单" in page
    assert "不在岗,却已约了客户" in page
    assert f'href="/orders/{order.number}#h-do"' in page

    row = today.session.query(Absence).one()
    assert (row.reason, row.noted_by) == ("sick", today.user(HE_LI).id)
    page = head.follow(head.send(path, f"{ABSENCES}/{row.id}/cancel"))
    assert "已撤销" in page
    assert order.number not in page
    assert fresh(row).cancelled_at is not None
    chain = history_of(today.session, "roster", str(row.user_id))
    assert [one.kind for one in chain] == ["absence.noted", "absence.cancelled"]


def test_the_same_absence_is_not_noted_twice_nor_one_that_ends_before_it_begins(head, today):
    words = ("2025-03-05T08:00", "2025-03-05T18:00")
    assert absent(head, *words, note="发烧").status_code == 303
    assert absent(head, *words).status_code == 409
    assert absent(head, *reversed(words), reason="leave").status_code == 422
    assert absent(head, "2025-03-06T08:00", "2027-03-06T08:00").status_code == 422
    assert absent(head, "2025-03-06T08:00", "2025-03-06T18:00", reason="tired").status_code == 422
    assert today.session.query(Absence).count() == 1


def test_an_absent_technician_is_greyed_with_the_reason_and_the_rest_offered_first(
    head, at_desk, today
):
    order = today.issued(appointment_at=today.now + dt.timedelta(hours=3))
    absent(head, local(today.now), local(today.now, hours=9), reason="training")
    page = at_desk(CHEN_JING).page(f"/orders/{order.number}")
    assert "培训" in page
    assert page.index(f'value="{MA_CHAO.username}"') < page.index(f'value="{LIU_QIANG.username}"')
    before = page[: page.index(f'value="{LIU_QIANG.username}"')]
    assert before.rindex('class="tick off"') > before.rindex('class="tick"')


def test_whoever_has_no_shift_is_off_duty_once_a_roster_is_written(head, at_desk, today):
    at = today.now + dt.timedelta(hours=3)
    order = today.issued(appointment_at=at)
    desk = at_desk(CHEN_JING)
    assert "不当班" not in desk.page(f"/orders/{order.number}")
    begins = at - dt.timedelta(hours=1)
    plan(
        head,
        day=local(begins)[:10],
        pattern="",
        begins=local(begins)[11:],
        ends=local(begins, hours=8)[11:],
    )
    page = desk.page(f"/orders/{order.number}")
    assert page.count("不当班") == 2
    assert page.index(f'value="{LIU_QIANG.username}"') < page.index(f'value="{MA_CHAO.username}"')


def test_who_leads_plans_the_desk_reads_a_technician_sees_his_own_line(head, at_desk, today):
    plan(head)
    desk = at_desk(CHEN_JING)
    page = desk.page(MINE)
    assert "早班" in page
    assert 'method="post" action="/roster' not in page
    token = desk.hidden(page, "/language")
    refused = desk.client.post(SHIFTS, data={**token, "day": "2025-03-07", "pattern": "early"})
    assert refused.status_code == 403
    assert at_desk(SUN_QIAN).page(MINE).count(f'action="{SHIFTS}"') == 1
    own = at_desk(LIU_QIANG).page(f"/roster?week={WEEK}")
    assert "早班" in own
    assert "马超" not in own
    assert at_desk(QIAN_JIN).get("/roster").status_code == 403
    assert head.get("/roster?week=nonsense").status_code == 422


def test_only_who_works_at_the_desk_or_in_the_field_is_planned(head):
    token = head.hidden(head.page(MINE), SHIFTS)
    for nobody in (QIAN_JIN.username, "nobody"):
        answer = head.client.post(
            f"/roster/{nobody}/shifts", data={**token, "day": "2025-03-05", "pattern": "early"}
        )
        assert answer.status_code == 404


def test_the_roster_in_english(head, today):
    plan(head)
    absent(head, "2025-03-06T08:00", "2025-03-06T18:00")
    head.send(MINE, "/language", language="en", next=MINE)
    page = head.page(MINE)
    for said in ("Early 08–16", "sick", "Copy last week", "Front desk and dispatch"):
        assert said in page


def test_a_week_costs_as_many_queries_with_many_shifts_as_with_few(head, queries, today):
    plan(head)
    queries.clear()
    head.page(MINE)
    few = len(queries)
    for day in ("2025-03-03", "2025-03-04", "2025-03-06", "2025-03-07", "2025-03-08"):
        plan(head, day=day)
    acts.order_in(today, State.DISPATCHED)
    queries.clear()
    head.page(MINE)
    assert len(queries) == few
