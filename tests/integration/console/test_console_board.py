"""The board: what needs somebody now, live, at a price that does not grow."""

import datetime as dt
import re
import threading

import pytest

from server import outbox
from server.alerts import operations as alerts
from server.console import board
from server.console.watch import Clock, watch
from server.db import session, transaction, utcnow
from server.deadlines import timers
from server.devices import operations as devices
from server.devices.models import Device
from server.outbox import Owed
from server.work_orders.lanes import LANES
from server.work_orders.pulse import pulse
from server.work_orders.states import TERMINAL, State
from tests.cast import CHEN_JING, LI_JIANJUN, LIU_QIANG, ZHANG_WEI, ZHAO_MIN
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


def test_an_old_alarm_stands_first_however_many_alerts_came_after_it(at_desk, today):
    def told(kind, number, ago):
        alerts.raise_alert(
            session(),
            kind,
            subject_kind="order",
            subject=f"FW-202503-{number:04}",
            audience=["dispatch_duty"],
            by=today.by(LIU_QIANG),
            at=utcnow() - ago,
        )

    with transaction():
        told("hazard.alarm", 0, dt.timedelta(hours=9))
        for number in range(1, 131):
            told("order.returned", number, dt.timedelta(minutes=number))
    page = at_desk(CHEN_JING).page("/")
    strip = page[page.index('class="strip"') : page.index("</section>", page.index("strip"))]
    groups = re.findall(r"FW-202503-\d{4}(?=</a>)", strip)
    assert groups == [f"FW-202503-{number:04}" for number in range(6)]
    assert '<span class="count">131</span>' in strip


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # reads of one moment all along
def test_a_board_under_a_younger_pulse_shows_what_the_pulse_felt(at_desk, today, web, monkeypatch):
    desk, shelf, made = at_desk(CHEN_JING), board.shelf_of(web), []

    def felt_elsewhere(*_asked, **_words):
        """Another thread commits an order and feels the pulse, while this request is under way."""

        def other():
            with web.app_context():
                made.append(today.issued().number)
                made.append(pulse(session(), today.estate_id))

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        return made[-1]

    monkeypatch.setattr(shelf, "pulse", felt_elsewhere)
    answer = desk.get("/board", headers={"X-Requested-With": "board"})
    number, beat = made
    assert answer.headers["X-Pulse"] == beat
    assert number in answer.text
    assert CHEN_JING.name in desk.page("/"), "and the head of the page knows who is signed in"


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


PULSE = re.compile(r'id="pulse" name="pulse" value="(\w+)"')


def test_a_board_on_which_nothing_changed_is_not_sent_again(at_desk, today):
    order = today.issued()
    desk = at_desk(CHEN_JING)
    seen = PULSE.search(desk.get("/board").text).group(1)
    again = desk.get(f"/board?pulse={seen}")
    assert again.status_code == 204
    assert abs(int(again.headers["X-Server-Time"]) / 1000 - utcnow().timestamp()) < 5
    acts.dispatch(today, order)
    changed = desk.page("/")
    assert PULSE.search(changed).group(1) != seen
    assert LIU_QIANG.name in changed


def test_whatever_a_board_shows_moves_its_pulse(today):
    """The order, the alarm, the handheld, and what the broker took."""
    beats = [pulse(session(), today.estate_id)]

    def moved():
        session().rollback()
        beats.append(pulse(session(), today.estate_id))
        return beats[-1] != beats[-2]

    order = today.issued()
    assert moved()
    assert not moved(), "without a change it stays"
    acts.dispatch(today, order, at=utcnow() - dt.timedelta(minutes=6))
    assert moved()
    with transaction() as current:
        current.query(Owed).filter_by(subject=order.number).one().sent_at = utcnow()
    assert moved()
    timers.run_once(utcnow())
    assert moved()
    with transaction() as current:
        device = current.get(Device, LIU_QIANG.handheld)
        device.online, device.presence_at = True, utcnow()
    assert moved()
    with transaction() as current:
        alerts.resolve(
            current,
            subject_kind="order",
            subject=order.number,
            kinds=["clock.acknowledge"],
            at=utcnow(),
            how="done",
        )
    assert moved()


def test_those_who_may_see_the_same_share_one_drawing(at_desk, today, queries):
    today.issued()
    at_desk(CHEN_JING).page("/board")
    other = at_desk(CHEN_JING)
    queries.clear()
    other.page("/board")
    assert len(queries) <= 8, "who is asking, and the pulse"


def test_a_board_whose_session_is_over_says_so_instead_of_showing_the_sign_in_page(visitor):
    answer = visitor.get("/board", headers={"X-Requested-With": "board"})
    assert answer.status_code == 401


def lane_of(page, number):
    """The lane in which an order stands."""
    before = page[: page.index(f'id="row-{number}"')]
    return re.findall(r'<section class="lane[^"]*" aria-labelledby="h-(\w+)"', before)[-1]


def test_every_order_under_way_stands_in_the_lane_of_what_it_waits_for(at_desk, today):
    lanes = {
        State.CREATED: "to_dispatch",
        State.DISPATCHED: "to_acknowledge",
        State.ACKNOWLEDGED: "on_the_way",
        State.IN_PROGRESS: "at_work",
        State.ESCALATED: "stuck",
        State.AWAITING_ACCEPTANCE: "to_accept",
        State.ACCEPTED: "to_write_off",
    }
    made = {state: acts.order_in(today, state) for state in lanes}
    page = at_desk(CHEN_JING).page("/")
    assert {state: lane_of(page, order.number) for state, order in made.items()} == lanes


def test_every_state_under_way_has_a_lane():
    named = [state for states in LANES.values() for state in states]
    assert sorted(named) == sorted(set(State) - TERMINAL - {State.CLOSED})


def test_an_emergency_stands_before_orders_that_have_waited_longer(at_desk, today, monkeypatch):
    monkeypatch.setattr("server.work_orders.lanes.CARDS", 2)
    old = [today.issued() for _ in range(3)]
    urgent = today.issued()
    with transaction() as current:
        current.merge(urgent).urgency = "emergency"
    page = at_desk(CHEN_JING).page("/")
    assert NUMBER.findall(page) == [urgent.number, old[0].number]
    assert "这里显示等得最久的 2 张" in page


def test_who_has_much_in_hand_is_shown_with_what_waits_longest_and_the_way_to_the_rest(
    at_desk, today, monkeypatch
):
    monkeypatch.setattr("server.work_orders.lanes.HANDS", 2)
    given = [today.issued() for _ in range(3)]
    for order in given:
        acts.dispatch(today, order, to=ZHANG_WEI)
    desk = at_desk(CHEN_JING)
    page = desk.page("/?view=technicians")
    assert sorted(NUMBER.findall(page)) == [one.number for one in given[:2]]
    (rest,) = re.findall(r'<p class="more"><a [^>]*href="([^"]+)">这里显示等得最久的 2 张', page)
    assert all(one.number in desk.page(rest) for one in given)


def test_a_technicians_board_holds_his_own_orders_only(at_desk, today):
    mine, theirs = today.issued(), today.issued()
    acts.dispatch(today, mine, to=LIU_QIANG)
    acts.dispatch(today, theirs, to=ZHANG_WEI)
    for view in ("lanes", "technicians", "day"):
        page = at_desk(LIU_QIANG).page(f"/?view={view}")
        assert theirs.number not in page
    assert mine.number in at_desk(LIU_QIANG).page("/?view=technicians")


def test_the_day_shows_an_appointment_in_its_hour_and_row(at_desk, today):
    order = today.issued()
    acts.dispatch(today, order, to=ZHANG_WEI)
    zone = today.settings.zone
    nine = dt.datetime(2031, 5, 6, 9, 30, tzinfo=zone)
    with transaction() as current:
        current.merge(order).appointment_at = nine
    page = at_desk(CHEN_JING).page("/?view=day&day=2031-05-06")
    row = page[page.index('id="t-zhang.wei"') :].split("</tr>")[0]
    cells = row.split("<td>")
    assert [place for place, cell in enumerate(cells) if order.number in cell] == [3]
    assert order.number not in at_desk(CHEN_JING).page("/?view=day&day=2031-05-07")
    assert at_desk(CHEN_JING).get("/?view=day&day=gestern").status_code == 422


def test_thirty_orders_take_as_many_queries_as_three(at_desk, today, queries):
    states = [State.CREATED, State.DISPATCHED, State.ACCEPTED]
    desk = at_desk(ZHAO_MIN)

    def counted(path):
        queries.clear()
        desk.page(path)
        return len(queries)

    made = [acts.order_in(today, state) for state in states]
    few = {path: counted(path) for path in ("/", "/?view=technicians", "/?view=day", "/quality")}
    one = counted(f"/orders/{made[1].number}")
    for number in range(27):
        acts.order_in(today, states[number % 3])
    many = {path: counted(path) for path in few}
    assert many == few
    assert counted(f"/orders/{made[1].number}") == one
    assert max(many.values()) <= 24


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
