"""Notes about an order or a request: kept, told to whom they call, never changed."""

import re

import pytest
import sqlalchemy as sa

from server.db import session, transaction
from server.history import history_of
from server.notes.models import Note
from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, MA_CHAO, SUN_QIAN, ZHAO_MIN
from tests.factories import acts


def test_a_note_stands_on_the_page_and_in_the_history(at_desk, today):
    order = today.issued()
    path = f"/orders/{order.number}"
    desk = at_desk(CHEN_JING)
    page = desk.follow(desk.send(path, f"{path}/notes", text="钥匙在前台\n五点前还"))
    assert '<b class="person">陈静</b>' in page
    assert "钥匙在前台\n五点前还" in page
    [row] = [row for row in history_of(session(), "order", order.number) if "note" in row.kind]
    assert row.kind == "note.written"
    assert row.data["text"] == "钥匙在前台\n五点前还"


def test_whoever_is_called_has_an_alert_that_nobody_else_sees(at_desk, today):
    request = today.register()
    path = f"/requests/{request.number}"
    at_desk(CHEN_JING).send(path, f"{path}/notes", text="@孙倩 @zhao.min 请看一下,@陈静 记着")
    quality, boss = at_desk(SUN_QIAN), at_desk(ZHAO_MIN)
    for called in (quality, boss):
        page = called.page("/alerts")
        assert "有人在备注里叫您" in page
        assert request.number in page
    assert "有人在备注里叫您" not in at_desk(CHEN_JING).page("/alerts"), "not by oneself"
    [action] = set(re.findall(r'action="(/alerts/[^"]+)"', quality.page("/alerts")))
    hidden = boss.hidden(
        boss.page("/alerts"), re.search(r'action="(/alerts/[^"]+)"', boss.page("/alerts")).group(1)
    )
    assert boss.client.post(action, data={**hidden, "how": "x"}).status_code == 403
    assert quality.send("/alerts", action, how="看过了").status_code == 303
    assert "有人在备注里叫您" not in quality.page("/alerts")
    assert "有人在备注里叫您" in boss.page("/alerts")


def test_a_note_sent_twice_is_one_note_and_calls_once(at_desk, today):
    order = today.issued()
    path = f"/orders/{order.number}"
    desk = at_desk(CHEN_JING)
    fields = {**desk.hidden(desk.page(path), f"{path}/notes"), "text": "@孙倩 看看"}
    for _ in range(2):
        assert desk.client.post(f"{path}/notes", data=fields).status_code == 303
    assert session().scalar(sa.select(sa.func.count()).select_from(Note)) == 1
    other = at_desk(SUN_QIAN)
    stolen = {
        **other.hidden(other.page(path), f"{path}/notes"),
        "text": "改",
        "note_id": fields["note_id"],
    }
    assert other.client.post(f"{path}/notes", data=stolen).status_code == 409
    assert desk.client.post(f"{path}/notes", data={**fields, "text": " "}).status_code == 422


def test_a_note_is_never_changed(at_desk, today):
    order = today.issued()
    path = f"/orders/{order.number}"
    at_desk(CHEN_JING).send(path, f"{path}/notes", text="一")
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), transaction() as current:
        current.execute(sa.update(Note).values(text="二"))


def test_a_technician_writes_on_his_own_orders_alone(at_desk, today):
    order = acts.order_in(today, State.DISPATCHED)
    path = f"/orders/{order.number}"
    mine, others = at_desk(LIU_QIANG), at_desk(MA_CHAO)
    fields = mine.hidden(mine.page(path), f"{path}/notes")
    assert (
        mine.client.post(f"{path}/notes", data={**fields, "text": "缺一个启辉器"}).status_code
        == 303
    )
    fields = others.hidden(others.page("/orders"), "/filters/orders") | {
        "note_id": fields["note_id"]
    }
    assert others.client.post(f"{path}/notes", data={**fields, "text": "x"}).status_code == 403


def test_names_are_offered_by_letters_of_any_kind(at_desk, today):
    desk = at_desk(CHEN_JING)
    for typed in ("孙", "sq", "sun"):
        assert re.findall(r'data-name="([^"]+)"', desk.page(f"/notes/people?q={typed}")) == ["孙倩"]
    assert LIU_QIANG.name not in desk.page("/notes/people?q="), "he has no desk to see it at"
