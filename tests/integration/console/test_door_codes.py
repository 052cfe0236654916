"""Printing what hangs at doors and in lifts."""

import re

from server.residents.models import DoorCode
from tests.cast import CHEN_JING, LI_JIANJUN, SUN_QIAN, WANG_LIHUA
from tests.factories.residents import Phone, rows

PATH = "/door-codes"
ADDRESS = re.compile(r'class="qr" href="http://[^/"]+(/r/[^"]+)"')


def test_a_sheet_of_codes_each_of_which_opens_its_own_door(web, at_desk, today):
    desk = at_desk(CHEN_JING)
    units = f"{WANG_LIHUA.unit_code}、{LI_JIANJUN.unit_code}"
    sheet = desk.send(PATH, PATH, units=units, places="3栋2单元电梯\n\n3栋大堂\n")
    assert sheet.status_code == 200
    found = ADDRESS.findall(sheet.text)
    assert sheet.text.count("<svg") == len(found) == 4
    where = [WANG_LIHUA.unit_code, LI_JIANJUN.unit_code, "3栋2单元电梯", "3栋大堂"]
    phone = Phone(web)
    for path, place in zip(found, where, strict=True):
        assert place in phone.page(path)
    again = desk.send(PATH, PATH, units=units, places="3栋2单元电梯\n3栋大堂")
    assert ADDRESS.findall(again.text) == found, "the same doors have the same codes"
    assert len(rows(DoorCode)) == 4


def test_a_whole_building_or_one_entrance(at_desk, today):
    desk = at_desk(CHEN_JING)
    assert len(ADDRESS.findall(desk.send(PATH, PATH, building="3").text)) == 1
    assert len(ADDRESS.findall(desk.send(PATH, PATH, building="3", entrance="2").text)) == 1
    assert desk.send(PATH, PATH, building="3", entrance="1").status_code == 422


def test_a_code_that_was_taken_down_is_made_void(web, at_desk, today):
    desk = at_desk(CHEN_JING)
    sheet = desk.send(PATH, PATH, units=WANG_LIHUA.unit_code)
    [old] = ADDRESS.findall(sheet.text)
    [code] = rows(DoorCode)
    action = f"{PATH}/{code.id}/renewal"
    page = desk.follow(desk.client.post(action, data=desk.hidden(sheet.text, action)))
    assert "旧码已作废" in page
    [new] = ADDRESS.findall(desk.send(PATH, PATH, units=WANG_LIHUA.unit_code).text)
    assert Phone(web).get(old).status_code == 404
    assert Phone(web).get(new).status_code == 200


def test_an_unknown_door_and_too_many_are_refused_and_nothing_is_made(at_desk, today):
    desk = at_desk(CHEN_JING)
    for wrong in (
        {"units": "99栋1单元0101"},
        {"units": f"{WANG_LIHUA.unit_code} 门口"},
        {"places": "长" * 41},
        {"places": "\n".join(map(str, range(200)))},
        {},
    ):
        answer = desk.send(PATH, PATH, **wrong)
        assert answer.status_code == 422
    assert rows(DoorCode) == []


def test_only_who_registers_calls_makes_codes(at_desk, visitor):
    assert at_desk(SUN_QIAN).get(PATH).status_code == 403
    assert visitor.get(PATH).status_code == 303
