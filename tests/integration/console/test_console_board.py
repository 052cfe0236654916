"""The board: what needs somebody now, live, at a price that does not grow."""

import datetime as dt
import re

from server import outbox
from server.console.watch import Clock, watch
from server.db import session, transaction, utcnow
from server.deadlines import timers
from server.devices import operations as devices
from server.outbox import Owed
from server.work_orders.states import State
from tests.cast import CHEN_JING, LI_JIANJUN, LIU_QIANG, SUN_QIAN, ZHANG_WEI, ZHAO_MIN
from tests.factories import acts

NUMBER = re.compile(r'id="row-(FW-\d{6}-\d{4})"')


def test_a_call_without_reply_counts_on_the_board(at_desk, today):
    """S-02: amber from ten minutes, red after fifteen."""
    request = today.register(LI_JIANJUN, at=utcnow() - dt.timedelta(minutes=11))
    breached = today.register(at=utcnow() - dt.timedelta(minutes=16))
    fresh = today.register(at=utcnow())
    page = at_desk(CHEN_JING).page("/")
    colours = dict(re.findall(r'id="row-(DJ[-\d]+)".*?class="clock (\w+)"', page, re.DOTALL))
    assert colours == {request.number: "soon", breached.number: "late", fresh.number: "ok"}


def test_exactly_fifteen_minutes_is_still_in_time():
    due_at = utcnow()
    clock = Clock(kind="reply", due_at=due_at, warn_at=due_at - dt.timedelta(minutes=5))
    assert clock.colour(due_at) == "soon"
    assert clock.colour(due_at + dt.timedelta(seconds=1)) == "late"
    assert clock.colour(due_at - dt.timedelta(minutes=5, seconds=1)) == "ok"


def test_an_order_that_nobody_acknowledges_is_an_alert_for_the_desk(at_desk, today):
    """S-02: no receipt after five minutes."""
    order = today.issued()
    acts.dispatch(today, order, at=utcnow() - dt.timedelta(minutes=6))
    timers.run_once(utcnow())
    page = at_desk(CHEN_JING).page("/")
    strip = page[page.index('class="strip"') : page.index("</section>", page.index("strip"))]
    assert order.number in strip
    assert "技工还没有接单 刘强" in " ".join(re.sub("<[^>]+>", "", strip).split())


def test_the_push_is_followed_from_the_queue_to_the_acknowledgement(at_desk, today):
    order = today.issued()
    desk = at_desk(CHEN_JING)

    def stage():
        return re.search(r'class="reach (\w+)"', desk.page("/")).group(1)

    acts.dispatch(today, order, at=utcnow())
    assert stage() == "queued"
    with transaction() as current:
        owed = current.query(Owed).filter_by(subject=order.number, kind=outbox.ORDER).one()
        owed.sent_at = utcnow()
    assert stage() == "sent"
    for opened, reached in ((False, "received"), (True, "opened")):
        with transaction() as current:
            now, by = utcnow(), today.by(LIU_QIANG)
            found = acts.moving.find_order(current, order.number, by=by)
            acts.visiting.reached(current, found, opened=opened, by=by, at=now, device_at=now)
        assert stage() == reached
    acts.acknowledge(today, order, at=utcnow())
    assert stage() == "acknowledged"
    acts.set_out(today, order, at=utcnow())
    assert stage() == "set_out"
    assert "在途" in desk.page("/")
    assert re.search(r"<dt>出发</dt>", desk.page(f"/orders/{order.number}"))


def test_a_technician_without_a_handheld_is_told_at_once(at_desk, today):
    today.do(
        devices.revoke,
        ZHANG_WEI.handheld,
        reason="掉进水里",
        lost=False,
        by=today.by(CHEN_JING),
        at=today.later(),
    )
    order = today.issued()
    acts.dispatch(today, order, to=ZHANG_WEI)
    assert "技工没有可用的手持机" in at_desk(CHEN_JING).page("/")


def test_nothing_changed_is_answered_with_304_and_a_change_with_the_board(at_desk, today):
    order = today.issued()
    desk = at_desk(CHEN_JING)
    first = desk.get("/board")
    tag = {"If-None-Match": first.headers["ETag"], "X-Requested-With": "board"}
    again = desk.get("/board", headers=tag)
    assert again.status_code == 304
    assert abs(int(again.headers["X-Server-Time"]) / 1000 - utcnow().timestamp()) < 5
    acts.dispatch(today, order)
    changed = desk.get("/board", headers=tag)
    assert changed.status_code == 200
    assert LIU_QIANG.name in changed.text


def test_a_board_whose_session_is_over_says_so_instead_of_showing_the_sign_in_page(visitor):
    answer = visitor.get("/board", headers={"X-Requested-With": "board"})
    assert answer.status_code == 401


def test_orders_stand_first_with_whoever_has_to_act(at_desk, today):
    created = today.issued()
    escalated = acts.order_in(today, State.ESCALATED)
    waiting = "等您处理的工单"

    def mine(staff):
        page = at_desk(staff).page("/")
        if waiting not in page:
            return set()
        part = page[page.index(waiting) : page.index("进行中的工单")]
        return set(NUMBER.findall(part))

    assert mine(CHEN_JING) == {created.number}
    assert mine(ZHAO_MIN) == {created.number, escalated.number}
    assert mine(SUN_QIAN) == set()


def test_filters_narrow_the_list(at_desk, today):
    dispatched = acts.order_in(today, State.DISPATCHED)
    done = acts.order_in(today, State.CLOSED)
    desk = at_desk(SUN_QIAN)
    assert set(NUMBER.findall(desk.page("/"))) == {dispatched.number}
    assert set(NUMBER.findall(desk.page("/?state=closed"))) == {done.number}
    assert set(NUMBER.findall(desk.page("/?state=all"))) == {dispatched.number, done.number}
    assert set(NUMBER.findall(desk.page("/?technician=zhang.wei"))) == set()
    assert set(NUMBER.findall(desk.page("/?unit=5栋1单元0801"))) == set()


def test_pages_show_every_order_once(at_desk, today, monkeypatch):
    monkeypatch.setattr("server.console.board.PAGE", 3)
    numbers = [today.issued().number for _ in range(8)]
    desk, path, seen = at_desk(SUN_QIAN), "/?state=all", []
    while path:
        page = desk.page(path)
        seen += NUMBER.findall(page)
        following = re.search(r'id="page-next" rel="next" href="([^"]+)"', page)
        path = following and following.group(1).replace("&amp;", "&")
    assert sorted(seen) == numbers


def test_thirty_orders_take_as_many_queries_as_three(at_desk, today, queries):
    states = [State.CREATED, State.DISPATCHED, State.ACCEPTED]
    desk = at_desk(ZHAO_MIN)

    def counted(path):
        queries.clear()
        desk.page(path)
        return len(queries)

    made = [acts.order_in(today, state) for state in states]
    few = {path: counted(path) for path in ("/", "/board", "/quality")}
    one = counted(f"/orders/{made[1].number}")
    for number in range(27):
        acts.order_in(today, states[number % 3])
    many = {path: counted(path) for path in few}
    assert many == few
    assert counted(f"/orders/{made[1].number}") == one
    assert max(many.values()) <= 16


def test_clocks_and_reach_of_a_page_take_three_queries(today, queries):
    made = [acts.order_in(today, State.DISPATCHED) for _ in range(4)]
    found = watch(session(), today.settings, made)
    assert {clock.kind for clock in found.clocks.values()} == {"acknowledge"}
    assert {reach.stage for reach in found.reaches.values()} == {"queued"}


def test_an_alert_is_dealt_with_in_words(at_desk, today):
    order = today.issued()
    timers.run_once(utcnow() + dt.timedelta(hours=1))
    desk = at_desk(CHEN_JING)
    page = desk.page("/alerts")
    [action] = set(re.findall(r'action="(/alerts/[^"]+)"', page[page.index(order.number) :][:900]))
    assert desk.send("/alerts", action, how=" ").status_code == 422
    assert desk.send("/alerts", action, how="已打电话催办").status_code == 303
    assert action not in desk.page("/alerts")
    assert "已打电话催办" in desk.page(f"/orders/{order.number}")
