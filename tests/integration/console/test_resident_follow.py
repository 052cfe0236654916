"""The customer's link: how it stands, the price to agree on, the rating after."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from server.console.resident_report import key
from server.db import transaction, utcnow
from server.estate import operations as estate
from server.outbox import Owed
from server.requests import operations as requests
from server.residents import addresses, operations, queries
from server.residents.models import CustomerRating
from server.work_orders import snapshot
from server.work_orders.models import Quote, Signature, WorkOrder
from server.work_orders.operations import joining
from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, MA_CHAO, SUN_QIAN, WANG_LIHUA, ZHAO_MIN, Customer
from tests.factories import acts
from tests.factories.residents import Phone, link_to

REVISION = re.compile(r'name="revision" value="(\d+)"')


@pytest.fixture
def phone(web):
    """The customer's phone."""
    return Phone(web)


def price_of(phone, link):
    """The form with the price, as it is shown now."""
    [revision] = REVISION.findall(phone.page(link))
    return {"revision": revision}


@pytest.mark.parametrize(
    ("state", "says", "reached"),
    [
        (State.CREATED, "正在安排师傅", 1),
        (State.DISPATCHED, "等他接单", 2),
        (State.ACKNOWLEDGED, "会按约上门", 2),
        (State.ON_SITE, "正在检查", 3),
        (State.QUOTED, "请您看清后确认", 3),
        (State.IN_PROGRESS, "师傅正在维修", 4),
        (State.SUSPENDED, "维修暂停", 3),
        (State.AWAITING_ACCEPTANCE, "当面试用", 4),
        (State.REWORK, "正在返工", 4),
        (State.ESCALATED, "经理正在处理", 4),
        (State.CLOSED, "维修已完成", 5),
        (State.CANCELLED, "已取消", 0),
    ],
)
def test_each_state_in_plain_words(web, phone, today, state, says, reached):
    order = acts.order_in(today, state)
    page = phone.page(link_to(web, order.request_id))
    assert says in page
    assert page.count('class="reached"') == reached
    assert ("刘师傅" in page) == (state not in {State.CREATED, State.CANCELLED})
    for secret in (LIU_QIANG.name, order.person.name, order.person.phone, order.unit.code):
        assert secret not in page
    assert order.content not in page
    assert 'href="/n?lang=zh"' in page


def test_the_technician_on_his_way_is_told_by_first_name(web, today):
    order = acts.order_in(today, State.ACKNOWLEDGED)
    acts.set_out(today, order)
    link = link_to(web, order.request_id)
    page = Phone(web, "en").page(link)
    assert "on the way" in page
    assert "<dd>Qiang</dd>" in page
    assert "Liu" not in page.replace(link, "")


def test_the_customer_agrees_on_the_price_he_was_shown(web, phone, today, fresh):
    order = acts.order_in(today, State.QUOTED)
    link = link_to(web, order.request_id)
    page = phone.page(link)
    assert "¥15.00" in page
    form = price_of(phone, link)
    with transaction() as current:
        current.execute(sa.update(Owed).values(sent_at=utcnow()))
    for _ in range(2):
        assert phone.post(f"{link}/price", form).status_code == 303
    order = fresh(order)
    assert (order.state, order.total_fen) == ("in_progress", 1500)
    confirmed = [row for row in today.history(order) if row.kind == "quote.confirmed"]
    [row] = confirmed
    assert (row.actor, row.data["method"], row.data["total_fen"]) == ("resident", "code", 1500)
    told = snapshot.snapshot(today.session, order)
    assert told["quote"]["confirmed_at"]
    assert told["quote"]["method"] == "code"
    owed = today.session.scalars(
        sa.select(Owed).where(Owed.subject == order.number, Owed.sent_at.is_(None))
    ).all()
    assert [one.version for one in owed] == [order.version], "the handheld is told"
    assert "您已确认的价格" in phone.page(link)


def test_a_price_that_changed_meanwhile_is_shown_and_not_agreed_on(web, phone, today, fresh):
    order = acts.order_in(today, State.QUOTED)
    link = link_to(web, order.request_id)
    old = price_of(phone, link)
    acts.quote(today, order, lines=({"item": "L-LAMP", "qty": "2"},), total_fen=3000)
    answer = phone.post(f"{link}/price", old)
    assert answer.status_code == 409
    assert "报价刚刚更新过" in answer.text
    assert "¥30.00" in answer.text
    assert fresh(order).state == "quoted"
    elsewhere = set(re.findall(r'href="(/f/[^"]*)\?lang=', answer.text))
    assert elsewhere == {link}, "a refused form leads back to the page itself"
    phone.post(f"{link}/price", {"revision": REVISION.search(answer.text)[1]})
    assert fresh(order).total_fen == 3000


@pytest.mark.parametrize("revision", ["", "0", "2", "-1", "一", "9" * 30])
def test_a_price_that_nobody_named_is_not_agreed_on(web, phone, today, fresh, revision):
    order = acts.order_in(today, State.QUOTED)
    link = link_to(web, order.request_id)
    assert phone.post(f"{link}/price", {"revision": revision}).status_code == 409
    assert fresh(order).state == "quoted"


def test_what_the_handheld_confirms_afterwards_finds_it_done(web, phone, today, fresh):
    """Two ways to say yes at once: the second keeps its signature and changes nothing else."""
    order = acts.order_in(today, State.QUOTED)
    link = link_to(web, order.request_id)
    phone.post(f"{link}/price", price_of(phone, link))
    acts.confirm_quote(today, order)
    order = fresh(order)
    assert (order.state, order.total_fen) == ("in_progress", 1500)
    told = [row for row in today.history(order) if row.kind == "quote.confirmed"]
    assert [row.data["method"] for row in told] == ["code", "handheld_signature"]
    [signed] = today.session.scalars(sa.select(Signature).where(Signature.order_id == order.id))
    assert (signed.kind, signed.sha256) == ("price", told[1].data["signature"])
    with pytest.raises(acts.moving.Refused):
        acts.confirm_quote(today, order, by=MA_CHAO)
    other = acts.order_in(today, State.QUOTED)
    link = link_to(web, other.request_id)
    form = price_of(phone, link)
    acts.confirm_quote(today, other)
    assert phone.post(f"{link}/price", form).status_code == 303
    quote = today.session.scalar(sa.select(Quote).where(Quote.order_id == other.id))
    assert fresh(quote).method == "handheld_signature"


def test_a_rating_stands_on_the_order_and_can_be_given_once(web, phone, today, at_desk):
    order = acts.order_in(today, State.CLOSED)
    link = link_to(web, order.request_id)
    told = {"timeliness": "5", "attitude": "4", "quality": "3", "comment": "师傅<b>很</b>好"}
    for _ in range(2):
        assert phone.post(f"{link}/rating", told).status_code == 303
    other = phone.post(f"{link}/rating", {**told, "quality": "1"})
    assert other.status_code == 409
    assert "已经评价过" in other.text
    [rating] = today.session.scalars(sa.select(CustomerRating)).all()
    assert rating.scores == {"timeliness": 5, "attitude": 4, "quality": 3}
    page = phone.page(link)
    assert "谢谢您的评价" in page
    assert "<b>很" not in page
    shown = at_desk(SUN_QIAN).page(f"/orders/{order.number}")
    assert "师傅&lt;b&gt;很&lt;/b&gt;好" in shown
    assert "质量 3★" in shown
    assert today.alerts(order) == []


def test_a_low_rating_comes_to_the_desk_and_the_manager(web, phone, today, at_desk):
    order = acts.order_in(today, State.CLOSED)
    assert phone.post(f"{link_to(web, order.request_id)}/rating", {"attitude": "2"})
    assert today.alerts(order) == ["order.low_rating"]
    [alert] = [one for one in today.alert_rows("order", order.number) if not one.resolved_at]
    assert set(alert.audience) == {"dispatch_duty", "control_duty", "cs_manager"}
    for staff in (CHEN_JING, ZHAO_MIN):
        assert "客户评价低" in at_desk(staff).page("/alerts")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"comment": "好"},
        {"quality": "0"},
        {"quality": "6"},
        {"quality": "五"},
        {"quality": "5", "comment": "长" * 501},
        {"quality": "5", "comment": "\x00"},
    ],
)
def test_a_rating_that_is_none_changes_nothing(web, phone, today, told):
    order = acts.order_in(today, State.CLOSED)
    answer = phone.post(f"{link_to(web, order.request_id)}/rating", told)
    assert answer.status_code == 422
    assert today.session.scalars(sa.select(CustomerRating)).all() == []


def test_what_is_not_done_cannot_be_rated(web, phone, today):
    order = acts.order_in(today, State.IN_PROGRESS)
    link = link_to(web, order.request_id)
    assert 'name="quality"' not in phone.page(link)
    assert phone.post(f"{link}/rating", {"quality": "5"}).status_code == 409


def test_a_link_ends_sixty_days_after_the_order(web, phone, today):
    order = acts.order_in(today, State.CLOSED)
    link = link_to(web, order.request_id)

    def closed(ago):
        with transaction() as current:
            closing = sa.update(WorkOrder).where(WorkOrder.id == order.id)
            current.execute(closing.values(closed_at=utcnow() - ago))

    closed(queries.FOLLOWED_FOR - dt.timedelta(minutes=5))
    assert phone.get(link).status_code == 200
    closed(queries.FOLLOWED_FOR + dt.timedelta(minutes=5))
    for answer in (phone.get(link), phone.post(f"{link}/rating", {"quality": "5"})):
        assert answer.status_code == 404
        assert "无效,或已停用" in answer.text


def test_a_request_that_led_to_no_order_can_be_followed_too(web, phone, today):
    request = today.register(WANG_LIHUA)
    link = link_to(web, request.id)
    assert "会尽快回复您" in phone.page(link)
    assert phone.post(f"{link}/price", {"revision": "1"}).status_code == 404
    today.do(_withdrawn, request.number, by=today.by(CHEN_JING), at=today.later())
    assert "已撤回" in phone.page(link)


@pytest.fixture
def neighbour(today):
    """An order of 王丽华, and the request of the household below that joined it."""
    order = acts.order_in(today, State.DISPATCHED)
    below = Customer(name="许峰", unit_code="3栋2单元1402", phone="13900009999")
    with transaction() as current:
        estate.add_unit(current, today.estate_id, below.unit_code)
    request = today.register(below)
    today.do(joining.join, request, order, by=today.by(CHEN_JING), at=today.later())
    return order, request


def test_a_household_that_joined_an_order_follows_it_to_its_end(
    web, phone, today, neighbour, fresh
):
    order, request = neighbour
    link = link_to(web, request.id)
    page = phone.page(link)
    assert "等他接单" in page
    assert "刘师傅" in page
    for act in acts.WAYS[State.CLOSED][1:]:
        act(today, order)
    assert "维修已完成" in phone.page(link)
    assert fresh(order).state == "closed"
    with transaction() as current:
        closing = sa.update(WorkOrder).where(WorkOrder.id == order.id)
        ago = queries.FOLLOWED_FOR + dt.timedelta(minutes=5)
        current.execute(closing.values(closed_at=utcnow() - ago))
    assert phone.get(link).status_code == 404, "the link ends with the order"


def test_price_and_rating_are_of_the_household_that_the_order_was_written_for(
    web, phone, today, neighbour, fresh
):
    order, request = neighbour
    link = link_to(web, request.id)
    to_quoted, to_closed = acts.WAYS[State.QUOTED], acts.WAYS[State.CLOSED]
    for act in to_quoted[1:]:
        act(today, order)
    page = phone.page(link)
    assert "正在检查" in page
    assert "¥" not in page
    assert phone.post(f"{link}/price", {"revision": "1"}).status_code == 404
    assert fresh(order).state == "quoted"
    for act in to_closed[len(to_quoted) :]:
        act(today, order)
    page = phone.page(link)
    assert "¥" not in page
    assert 'name="quality"' not in page
    assert phone.post(f"{link}/rating", {"quality": "1"}).status_code == 404
    assert today.session.scalars(sa.select(CustomerRating)).all() == []


def _withdrawn(current, number, *, by, at):
    row = requests.find(current, number, by=by)
    requests.withdraw(current, row, reason="自己修好了", by=by, at=at)


def test_only_the_link_of_this_request_opens_it(web, phone, today):
    order = acts.order_in(today, State.QUOTED)
    with web.app_context():
        good = addresses.follow_token(key(), order.request_id)
        wrong = [
            addresses.follow_token(key(), order.id),
            addresses.door_token(key(), order.request_id, 1),
            addresses.follow_token("another installation", order.request_id),
            good[:-20] + ("A" if good[-20] != "A" else "B") + good[-19:],
            str(order.request_id),
            order.number,
        ]
    for token in wrong:
        assert phone.get(f"/f/{token}").status_code == 404
        assert phone.post(f"/f/{token}/price", {"revision": "1"}).status_code == 404
    assert today.session.scalar(sa.select(WorkOrder.state)) == "quoted"


def test_the_desk_can_hand_out_the_link_and_who_only_reads_cannot(web, at_desk, today):
    request = today.register(WANG_LIHUA)
    link = link_to(web, request.id)
    assert link in at_desk(CHEN_JING).page(f"/requests/{request.number}")
    assert link not in at_desk(SUN_QIAN).page(f"/requests/{request.number}")


def test_a_customer_is_no_user(today):
    for by in (operations.at_door(today.estate_id), operations.by_link(today.estate_id)):
        assert (by.user_id, by.device_id, by.roles) == (None, None, frozenset())
