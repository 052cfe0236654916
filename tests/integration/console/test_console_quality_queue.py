"""The reviewer's queue: the most suspicious first, in words, and as fast with many as with few."""

import re

import pytest
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from server import reactions
from server.db import session, transaction, utcnow
from server.evidence.models import Photo
from server.quality import review_queue
from server.quality.models import Assessment
from server.quality.review_queue import Tab
from server.work_orders.models import WorkOrder
from server.work_orders.states import State
from server.worker import exhaust
from tests.cast import CHEN_JING, LIU_QIANG, PASSWORD, SUN_QIAN, ZHOU_JIANGUO
from tests.factories import acts

NUMBER = re.compile(r'<a href="/quality/(FW-\d{6}-\d{4})">')


def waiting(world, *, score, must_review=True, sampled=False, findings=()):
    """An order in the queue with this suspicion."""
    order = acts.order_in(world, State.ACCEPTED)
    with transaction() as current:
        current.add(
            Assessment(
                order_id=order.id,
                estate_id=order.estate_id,
                score=score,
                findings=list(findings),
                must_review=must_review,
                sampled=sampled,
                share_percent=10,
                draw=1,
                assessed_at=world.now,
            )
        )
        order.qa_place, order.qa_chosen = 100 - score, must_review or sampled
    return order.number


def shown(page):
    return NUMBER.findall(page)


def test_the_most_suspicious_comes_first_and_among_equals_the_oldest(at_desk, today):
    middle, worst, alike = (waiting(today, score=score) for score in (50, 90, 50))
    drawn = waiting(today, score=5, must_review=False, sampled=True)
    rest = waiting(today, score=20, must_review=False)
    desk = at_desk(SUN_QIAN)
    assert shown(desk.page("/quality")) == [worst, middle, alike, drawn]
    assert shown(desk.page("/quality?tab=waiting")) == [worst, middle, alike, rest, drawn]


def test_an_order_that_the_house_has_not_looked_at_yet_is_not_hidden(at_desk, today):
    known = waiting(today, score=90)
    fresh = acts.order_in(today, State.AWAITING_ACCEPTANCE).number
    page = at_desk(SUN_QIAN).page("/quality")
    assert shown(page) == [fresh, known]
    assert page.count("还没有打分") == 1


def test_what_was_sent_back_has_a_list_of_its_own(at_desk, today):
    back = acts.order_in(today, State.ACCEPTED)
    other = waiting(today, score=50)
    with transaction():
        back.qa_state = "returned"
    desk = at_desk(SUN_QIAN)
    assert shown(desk.page("/quality?tab=returned")) == [back.number]
    assert shown(desk.page("/quality?tab=waiting")) == [other]


def test_findings_stand_there_in_words_of_the_readers_language(at_desk, today):
    order = acts.order_in(today, State.ACCEPTED)
    with transaction() as current:
        order.charge_fen = 0
        photo = today.photo(order, tag="after")
        current.get(Photo, photo.id).flags = ["near_duplicate", "blurred"]
    exhaust(lambda: reactions.run_once(today.settings, utcnow()))
    desk = at_desk(SUN_QIAN)
    page = desk.page("/quality")
    assert "缺 2 项证据:维修前、签名" in page
    assert "1 张照片像是重复使用:整单" in page
    desk.send("/quality", "/language", language="en")
    page = desk.page("/quality")
    assert "Evidence missing, 2: before, Signature" in page
    assert "Photos that look used twice, 1: whole order" in page


@pytest.mark.parametrize("tab", ["", "&tab=waiting"])
def test_pages_follow_each_other_without_gap_or_repetition(at_desk, today, monkeypatch, tab):
    monkeypatch.setattr("server.console.quality_desk.PAGE", 2)
    numbers = [waiting(today, score=score) for score in (70, 70, 70, 60, 95)]
    desk, path, seen = at_desk(SUN_QIAN), f"/quality?{tab}", []
    while path:
        page = desk.page(path)
        seen += shown(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following and following.group(1).replace("&amp;", "&")
    assert seen == [numbers[4], *numbers[:3], numbers[3]]


def test_an_empty_queue_says_so_and_a_wrong_place_is_refused(at_desk, today):
    desk = at_desk(SUN_QIAN)
    assert "没有待评审的工单" in desk.page("/quality")
    assert "没有退回后未补做的工单" in desk.page("/quality?tab=returned")
    waiting(today, score=0, must_review=False)
    assert "要评审的都评审完了" in desk.page("/quality")
    assert desk.get("/quality?tab=nothing").status_code == 404
    for place in ("x", "5", "99999.0", f"-2.{uuid7()}", "50.nothing"):
        assert desk.get(f"/quality?after={place}").status_code == 422


def test_a_long_queue_costs_no_more_statements_and_is_counted_only_so_far(
    at_desk, today, queries, monkeypatch
):
    monkeypatch.setattr(review_queue, "MOST_COUNTED", 2)
    waiting(today, score=50)
    desk = at_desk(SUN_QIAN)
    desk.page("/quality")
    queries.clear()
    desk.page("/quality")
    few = len(queries)
    for score in (40, 60, 70):
        waiting(today, score=score)
    queries.clear()
    assert "2+" in desk.page("/quality")
    assert len(queries) == few


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # whose plans ask for no rows
@pytest.mark.parametrize("tab", list(Tab))
def test_the_queue_is_one_walk_along_its_index(today, queries, web, tab):
    """No scan and no sort of orders, however many wait."""
    index = f"ix_work_order_qa_{tab.value}"
    estate_id, asked = today.estate_id, []
    sa.event.listen(session().get_bind(), "before_cursor_execute", lambda *told: asked.append(told))
    after = review_queue.Place(place=50, order_id=uuid7())
    review_queue.page(session(), estate_id, tab, after=after)
    _connection, _cursor, statement, values, *_rest = asked[0]
    plan = [
        row[-1]
        for row in session().connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    ]
    assert f"SEARCH work_order USING INDEX {index}" in plan[0]
    assert not any("TEMP B-TREE" in line or "SCAN" in line for line in plan)


def test_the_findings_are_told_over_the_api_to_those_who_may_review(web, today):
    number = waiting(today, score=55, findings=[{"code": "dark_photo", "weight": 10, "values": {}}])
    told = {}
    for staff in (SUN_QIAN, ZHOU_JIANGUO, CHEN_JING, LIU_QIANG):
        client = web.test_client()
        words = {"username": staff.username, "password": PASSWORD}
        token = client.post("/api/v1/tokens", json=words).json["token"]
        answer = client.get(
            f"/api/v1/orders/{number}", headers={"Authorization": f"Bearer {token}"}
        )
        told[staff.name] = answer.json["assessment"]
    assert told[SUN_QIAN.name] == told[ZHOU_JIANGUO.name]
    assert told[SUN_QIAN.name]["score"] == 55
    assert told[SUN_QIAN.name]["findings"][0]["code"] == "dark_photo"
    assert told[CHEN_JING.name] is None
    assert told[LIU_QIANG.name] is None


def test_orders_left_over_by_an_older_version_are_still_in_the_queue(today):
    order = acts.order_in(today, State.CLOSED)
    with transaction() as current:
        current.execute(sa.update(WorkOrder).values(qa_place=-1, qa_chosen=True))
    page = review_queue.page(session(), today.estate_id, Tab.CHOSEN)
    assert [entry.order.number for entry in page.entries] == [order.number]
    assert page.entries[0].assessment is None
