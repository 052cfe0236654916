"""The manager's day as pages: who may see it, what stands on it, and the way to every order."""

import datetime as dt
import re

import pytest

from server.devices.models import Device
from server.reports.figures import MEASURES
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    HE_FANG,
    HE_LI,
    LI_NA,
    LIU_QIANG,
    SHANGHAI,
    SUN_QIAN,
    YANG_FAN,
    ZHAO_MIN,
    ZHOU_JIANGUO,
)
from tests.factories import acts

PAGES = ("/figures", "/figures/weeks", "/figures/K-01", "/figures/K-23")


@pytest.fixture
def desk(at_desk):
    """The manager's."""
    return at_desk(ZHAO_MIN)


def here(moment):
    return moment.astimezone(SHANGHAI).date()


def card(page, code):
    """What stands on the card of one figure."""
    found = re.search(rf'<article[^>]*id="f-{code}".*?</article>', page, re.DOTALL)
    assert found, code
    return found.group()


def test_whoever_leads_has_the_day_in_the_menu_and_nobody_else(at_desk):
    for staff in (ZHAO_MIN, ZHOU_JIANGUO, SUN_QIAN, HE_LI, YANG_FAN):
        desk = at_desk(staff)
        assert 'href="/figures"' in desk.page("/"), staff
        assert [desk.get(path).status_code for path in PAGES] == [200] * len(PAGES), staff
    for staff in (LIU_QIANG, CHEN_JING, LI_NA, HE_FANG):
        desk = at_desk(staff)
        assert 'href="/figures"' not in desk.page("/"), staff
        assert [desk.get(path).status_code for path in PAGES] == [403] * len(PAGES), staff


def test_a_visitor_is_asked_to_sign_in(visitor):
    assert visitor.get("/figures").status_code == 303


def test_a_centre_without_any_order_is_told_so(desk):
    page = desk.page("/figures?weeks=1")
    assert "还没有登记或工单" in page
    assert "没有未结的诉求" in page
    assert "没有等待决定的上报" in page
    for code in MEASURES:
        assert "<svg" not in card(page, code) or code == "K-23"
        assert "没有要列出的" in desk.page(f"/figures/{code}")


def test_every_figure_leads_to_the_orders_behind_it(desk, today):
    today.now -= dt.timedelta(hours=6)  # so many acts take longer than half an hour
    orders = {state: acts.order_in(today, state) for state in State}
    page = desk.page("/figures/weeks")
    for code in MEASURES:
        link = re.search(rf'id="b-{code}" href="([^"]+)"', card(page, code))
        desk.page(link.group(1).replace("&amp;", "&"))
    days = {here(order.accepted_at) for order in orders.values() if order.accepted_at}
    behind = "".join(desk.page(f"/figures/K-05?day={day}") for day in days)
    accepted = [State.ACCEPTED, State.CLOSED, State.ARCHIVED]
    for state, order in orders.items():
        assert (f'href="/orders/{order.number}"' in behind) is (state in accepted), state


def test_a_missed_target_is_marked_by_shape_and_word_not_by_colour_alone(desk, today):
    order = today.issued(appointment_at=today.now)
    for act in acts.WAYS[State.ON_SITE]:
        act(today, order)
    day = here(today.now)
    page = card(desk.page(f"/figures/weeks?day={day}"), "K-04")
    assert "■" in page
    assert "未达目标" in page
    assert 'class="mark"' in page[page.index("<svg") :]
    behind = desk.page(f"/figures/K-04?day={day}")
    assert "■" in behind
    assert re.search(r"晚 \d+ 分 \d+ 秒", behind)


def test_a_chart_says_in_words_and_in_a_table_what_it_shows(desk, today):
    today.register()
    page = card(desk.page(f"/figures/weeks?day={here(today.now)}"), "K-01")
    named = re.search(r'aria-labelledby="([^"]+)"', page[page.index("<svg") :]).group(1)
    for one in named.split():
        assert f'id="{one}"' in page
    assert page.count("<tr>") == 30  # its head and 29 days
    assert "style=" not in page


def test_the_day_is_shown_at_once_and_the_weeks_when_they_are_there(desk, today):
    acts.order_in(today, State.ACCEPTED)
    page = desk.page("/figures")
    assert "<svg" not in page
    assert 'hx-get="/figures/weeks?day=' in page
    assert "<svg" in desk.page("/figures/weeks")
    assert 'hx-get="/figures/weeks' not in desk.page("/figures?weeks=1")


def test_an_earlier_day_has_its_figures_and_nothing_of_now(desk, today):
    acts.order_in(today, State.ACCEPTED)
    day = here(today.now) - dt.timedelta(days=1)
    page = desk.page(f"/figures?day={day}")
    assert "现在在岗" not in page
    assert f'value="{day}"' in page
    desk.page("/figures/weeks?day=2020-02-29")


def test_the_list_goes_on_where_the_last_page_ended(desk, today, monkeypatch):
    monkeypatch.setattr("server.console.figures_list.PAGE", 2)
    numbers = {today.register().number for _ in range(5)}
    day = here(today.now)
    page = desk.page(f"/figures/K-01?from={day - dt.timedelta(days=1)}&to={day}")
    seen = []
    while True:
        seen += re.findall(r'href="/requests/(DJ-[\d-]+)"', page)
        following = re.search(r'rel="next" href="(/figures/K-01\?[^"]*after=[^"]+)"', page)
        if following is None:
            break
        page = desk.page(following.group(1).replace("&amp;", "&"))
    assert set(seen) == numbers
    assert len(seen) == 5


def test_what_is_open_can_be_looked_at_by_kind_and_age(desk, today):
    order = acts.order_in(today, State.ON_SITE)
    request = today.register()
    page = desk.page("/figures/K-23")
    assert order.number in page
    assert request.number in page
    page = desk.page("/figures/K-23?subject=order")
    assert order.number in page
    assert request.number not in page
    assert order.number not in desk.page("/figures/K-23?age=older")


def test_a_wrong_address_is_refused_in_words(desk):
    wrong = {
        "/figures?day=gestern": 422,
        "/figures?day=2999-01-01": 422,
        "/figures?day=0001-01-01": 422,
        "/figures/weeks?day=2025-02-30": 422,
        "/figures/K-99": 404,
        "/figures/K-01?from=2025-03-05&to=2025-03-04": 422,
        "/figures/K-01?from=2024-03-05&to=2025-03-04": 422,
        "/figures/K-24?from=2025-02-01&to=2025-03-04": 422,
        "/figures/K-01?after=%21%21": 422,
        "/figures/K-01?after=e30": 422,
        "/figures/K-01?after=WzEsIjEiLDIsM10": 200,
    }
    assert {path: desk.get(path).status_code for path in wrong} == wrong


def test_a_waiting_escalation_leads_whoever_decides_to_the_order(at_desk, desk, today):
    order = acts.order_in(today, State.ESCALATED)
    link = f'href="/orders/{order.number}#h-do"'
    page = desk.page("/figures")
    assert link in page
    assert "客服经理" in page
    assert link not in at_desk(SUN_QIAN).page("/figures")


def test_the_handheld_of_whoever_works_is_shown_with_what_it_needs(desk, today):
    order = acts.order_in(today, State.ON_SITE)

    def fade(current):
        device = current.get(Device, LIU_QIANG.handheld)
        device.online, device.battery_percent, device.queued = False, 9, 4
        device.last_seen_at = today.now

    today.do(fade)
    page = desk.page("/figures")
    row = page[page.index(f'<th scope="row">{LIU_QIANG.name}') :].split("</tr>")[0]
    assert "离线" in row
    assert "⚠ 9 %" in row
    assert "⚠ 4" in row
    assert f'href="/orders/{order.number}"' in row


def test_the_page_asks_as_much_of_the_database_for_twenty_orders_as_for_two(
    desk, this_day, queries
):
    acts.order_in(this_day, State.ON_SITE)
    acts.order_in(this_day, State.ESCALATED)
    asked = []
    for path in ("/figures", "/figures/weeks", "/figures/K-03"):
        queries.clear()
        desk.page(path)
        asked.append(len(queries))
    for _ in range(9):
        acts.order_in(this_day, State.DISPATCHED)
        acts.order_in(this_day, State.ESCALATED)
    for path, before in zip(("/figures", "/figures/weeks", "/figures/K-03"), asked, strict=True):
        queries.clear()
        desk.page(path)
        assert len(queries) <= before, path


def test_the_english_page_speaks_english(desk, today):
    acts.order_in(today, State.ESCALATED)
    desk.send("/figures", "/language", language="en", next="/figures")
    page = desk.page("/figures?weeks=1")
    assert "Escalations waiting for a decision" in page
    assert "Replies in time" in page
    assert "off target" in page or "on target" in page
