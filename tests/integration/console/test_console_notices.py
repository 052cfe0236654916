"""Notices to the handhelds: to all, by licence, to some; once however often the button is pressed."""

import pytest
import sqlalchemy as sa

from server.db import transaction, utcnow
from server.devices.models import Device, DeviceCommand
from server.outbox import Owed
from tests.cast import CHEN_JING, LIU_QIANG, MA_CHAO, QIAN_JIN, SUN_QIAN, ZHANG_WEI, ZHAO_MIN

PAGE = "/notices"
TEXT = "今晚十点停水检修"


@pytest.fixture
def desk(at_desk):
    """陈静 at the desk."""
    return at_desk(CHEN_JING)


@pytest.fixture
def owed(today):
    """Which handhelds were sent which notice."""

    def read():
        today.session.rollback()
        rows = today.session.query(DeviceCommand).order_by(DeviceCommand.device_id)
        return [(row.device_id, row.kind, row.text) for row in rows]

    return read


def send(desk, **words):
    return desk.send(PAGE, PAGE, **{"text": TEXT, "audience": "all", **words})


def to(*staff):
    return sorted((one.handheld, "device.notice", TEXT) for one in staff)


def test_a_notice_goes_to_every_working_handheld_and_stands_in_the_list(desk, today, owed):
    today.do(lambda current: setattr(current.get(Device, ZHANG_WEI.handheld), "state", "lost"))
    page = desk.follow(send(desk))
    assert owed() == to(LIU_QIANG, MA_CHAO)
    number = f"GG-{utcnow().astimezone(today.settings.zone):%Y%m}-0001"
    assert f"通知 {number} 已交付发送,共 2 台手持机。" in page
    assert TEXT in page
    assert "0 / 2 台" in page


@pytest.mark.parametrize(
    ("words", "staff"),
    [
        ({"audience": "licence", "licence": "gas"}, (LIU_QIANG,)),
        ({"audience": "licence", "licence": "plumbing"}, (LIU_QIANG, ZHANG_WEI)),
        ({"audience": "chosen", "technicians": ["ma.chao", "zhang.wei"]}, (MA_CHAO, ZHANG_WEI)),
    ],
)
def test_it_goes_to_those_who_were_chosen(desk, owed, words, staff):
    assert send(desk, **words).status_code == 303
    assert owed() == to(*staff)


@pytest.mark.parametrize(
    "words",
    [
        {"text": " "},
        {"text": "水" * 1001},
        {"audience": "chosen"},
        {"audience": "licence", "licence": "refrigeration", "technicians": [], "text": ""},
        {"audience": "licence", "licence": "diving"},
        {"audience": "everybody"},
    ],
)
def test_a_notice_that_says_nothing_or_reaches_nobody_is_refused_whole(desk, owed, words):
    assert send(desk, **words).status_code == 422
    assert owed() == []
    assert "还没有发过通知" in desk.page(PAGE)


def test_sent_twice_it_goes_once(desk, owed):
    form = {**desk.hidden(desk.page(PAGE), PAGE), "text": TEXT, "audience": "all"}
    answers = [desk.client.post(PAGE, data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert owed() == to(LIU_QIANG, MA_CHAO, ZHANG_WEI)
    other = desk.client.post(PAGE, data={**form, "text": "另一条"})
    assert other.status_code == 409
    assert len(owed()) == 3


def test_the_list_tells_how_many_handhelds_it_has_gone_to(desk, today):
    send(desk)
    with transaction() as current:
        current.execute(
            sa.update(Owed)
            .where(Owed.kind == "command", Owed.device_id != MA_CHAO.handheld)
            .values(sent_at=utcnow())
        )
    assert "2 / 3 台" in desk.page(PAGE)


def test_older_notices_follow_page_by_page_in_as_many_queries(desk, queries, monkeypatch):
    monkeypatch.setattr("server.console.notices_page.PAGE", 2)
    send(desk, text="第一条")
    queries.clear()
    desk.page(PAGE)
    few = len(queries)
    for text in ("第二条", "第三条"):
        send(desk, text=text)
    queries.clear()
    page = desk.page(PAGE)
    assert len(queries) == few
    assert page.index("第三条") < page.index("第二条")
    assert "第一条" not in page
    older = page.split(f'rel="next" href="{PAGE}?cursor=')[1].split('"')[0]
    page = desk.page(f"{PAGE}?cursor={older}")
    assert "第一条" in page
    assert "第二条" not in page


def test_who_may_send_who_reads_and_who_neither(desk, at_desk):
    send(desk)
    assert at_desk(ZHAO_MIN).page(PAGE).count(f'action="{PAGE}"') == 1
    page = at_desk(SUN_QIAN).page(PAGE)
    assert TEXT in page
    assert f'action="{PAGE}"' not in page
    for nobody in (LIU_QIANG, QIAN_JIN):
        assert at_desk(nobody).get(PAGE).status_code == 403
    desk.send(PAGE, "/language", language="en", next=PAGE)
    assert "Notices to handhelds" in desk.page(PAGE)
