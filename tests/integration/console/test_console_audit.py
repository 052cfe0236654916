"""The audit search (X-021): who did what to what, and when."""

import csv
import io
import re

from server.db import session
from server.history import HistoryRow
from tests.cast import CHEN_JING, LIU_QIANG, SUN_QIAN, ZHAO_MIN, ZHOU_JIANGUO
from tests.factories import acts


def kinds(desk, query=""):
    rows = csv.DictReader(
        io.StringIO(desk.get(f"/audit/export.csv?{query}").data.decode("utf-8-sig"))
    )
    return [(row["对象"], row["何事"]) for row in rows]


def test_history_is_asked_by_person_kind_subject_and_day(at_desk, today):
    first, second = today.issued(), today.issued()
    acts.dispatch(today, first)
    boss = at_desk(ZHAO_MIN)
    chen = f"user:{today.user(CHEN_JING).id}"
    assert kinds(boss, f"kind=order.dispatched&who={chen}") == [(first.number, "派工")]
    assert kinds(boss, f"subject={second.number}") == [(second.number, "开单")]
    assert kinds(boss, f"subject={second.number}&who=system") == []
    assert kinds(boss, "kind=order.issued&to=2020-01-01") == []
    assert kinds(boss, f"who=user:{today.user(LIU_QIANG).id}") == []
    whole = kinds(boss)
    assert len(whole) == session().query(HistoryRow).count()
    page = boss.page(f"/audit?subject={first.number}")
    assert f'<a href="/orders/{first.number}">' in page
    assert boss.get("/audit?from=nonsense").status_code == 422


def test_pages_of_the_audit_turn_both_ways(at_desk, today, monkeypatch):
    monkeypatch.setattr("server.console.audit_page.PAGE", 4)
    for _ in range(3):
        today.issued()
    boss, path, seen, last = at_desk(ZHAO_MIN), "/audit", [], ""
    while path:
        page = boss.page(path)
        seen += re.findall(r'<code title="(\w+)"', page)
        turn = re.search(r'id="page-older" rel="next" href="([^"]+)"', page)
        last, path = path, turn and turn.group(1).replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == session().query(HistoryRow).count()
    back = re.search(r'id="page-newer" rel="prev" href="([^"]+)"', boss.page(last)).group(1)
    assert re.findall(r'<code title="(\w+)"', boss.page(back.replace("&amp;", "&")))[-1] in seen


def test_one_persons_rows_of_one_kind_look_back_a_month_and_say_so(at_desk, today):
    boss = at_desk(ZHAO_MIN)
    page = boss.page(f"/audit?kind=order.issued&who=user:{today.user(CHEN_JING).id}")
    assert "默认只看" in page


def test_only_who_may_read_the_audit_log_finds_it(at_desk, today):
    today.issued()
    assert at_desk(ZHOU_JIANGUO).get("/audit").status_code == 200
    for staff in (CHEN_JING, SUN_QIAN, LIU_QIANG):
        assert at_desk(staff).get("/audit").status_code == 403
        assert at_desk(staff).get("/audit/export.csv").status_code == 403
        assert "/audit" not in at_desk(staff).page("/orders")


def test_a_shift_in_the_audit_search_says_whose_it_is(at_desk, today):
    boss, liu = at_desk(ZHAO_MIN), today.user(LIU_QIANG)
    week = f"/roster?week=2026-03-02&who={liu.username}"
    boss.send(week, f"/roster/{liu.username}/shifts", day="2026-03-02", pattern="early")
    page = boss.page("/audit?kind=shift.planned")
    assert f'href="/audit?subject={liu.id}">{liu.name}</a>' in page
    assert "3月2日 08:00 – " in page
