"""Handhelds as the desk sees them: pairing, who needs help, notices."""

import datetime as dt
import re

import pytest
import segno
import sqlalchemy as sa

from server import outbox
from server.db import session, transaction, utcnow
from server.devices.models import Device, DeviceCommand
from server.devices.operations import pair
from server.errors import Denied
from server.outbox import Owed
from tests.cast import CHEN_JING, LIU_QIANG, MA_CHAO, PASSWORD, ZHANG_WEI, ZHAO_MIN

CODE = re.compile(r'id="pairing-code">(\w{4}-\w{4})<')


def enrolled(desk):
    """The page that shows the pairing code."""
    return desk.send("/admin", "/admin/handhelds", label="HH-99", technician="liu.qiang").text


def row(page, device_id):
    """One handheld's row of the list, as text without marks."""
    part = page[page.index(f'id="device-{device_id}"') :]
    return " ".join(re.sub(r"<[^>]+>", " ", part[: part.index("</tr>")]).split())


def tell(device_id, **facts):
    """What is known of a handheld."""
    with transaction() as current:
        current.execute(sa.update(Device).where(Device.id == device_id).values(**facts))


def token_of(web, staff):
    """A token of the API for one of the cast."""
    who = {"username": staff.username, "password": PASSWORD}
    return web.test_client().post("/api/v1/tokens", json=who).get_json()["token"]


def test_a_pairing_code_is_shown_large_and_as_a_picture_of_the_apis_address(at_desk, today):
    page = enrolled(at_desk(ZHAO_MIN))
    code = CODE.search(page).group(1).replace("-", "")
    address = f"{today.settings.web_url}/handheld/#pair={code}"
    assert f"<code>{address}</code>" in page
    drawn = re.search(r'<div class="qr" role="img"[^>]*>(<svg.*?</svg>)</div>', page).group(1)
    expected = segno.make_qr(address, error="m")
    assert drawn == expected.svg_inline(border=4, dark="#000", light="#fff", omitsize=True)
    assert "style=" not in drawn
    assert "PAIGONG_PUBLIC_URL" in page  # a phone that opens 127.0.0.1 finds itself
    left_ms = int(re.search(r'class="clock ok" data-due="(\d+)"', page).group(1))
    left_s = left_ms / 1000 - utcnow().timestamp()
    assert 14 * 60 < left_s <= 15 * 60


def test_a_handheld_not_paired_in_time_gets_a_new_code_and_the_old_one_ends(at_desk, today):
    desk = at_desk(ZHAO_MIN)
    old = CODE.search(enrolled(desk)).group(1)
    device = session().scalars(sa.select(Device).filter_by(label="HH-99")).one()
    assert "配对码有效至" in row(desk.page("/admin"), device.id)
    tell(device.id, pairing_expires_at=utcnow() - dt.timedelta(seconds=1))
    assert "配对码已过期" in row(desk.page("/admin"), device.id)
    new = CODE.search(desk.send("/admin", f"/admin/handhelds/{device.id}/code").text).group(1)
    with pytest.raises(Denied):
        today.do(pair, code=old, model=None, app_version=None, at=utcnow())
    paired, _ = today.do(pair, code=new, model="Pixel", app_version="1.2", at=utcnow())
    assert paired.id == device.id


def test_a_paired_handheld_gets_no_new_code(at_desk, today):
    desk = at_desk(ZHAO_MIN)
    page = desk.page("/admin")
    path = f"/admin/handhelds/{LIU_QIANG.handheld}/code"
    assert f'action="{path}"' not in page
    token = desk.hidden(page, "/admin/handhelds")
    refused = desk.client.post(path, data=token)
    assert refused.status_code == 409
    assert "已配对或已停用" in refused.text


def test_handhelds_that_need_somebody_come_first_and_say_why(at_desk, today):
    now = utcnow()
    tell(
        ZHANG_WEI.handheld,
        online=False,
        queued=4,
        battery_percent=9,
        last_seen_at=now - dt.timedelta(minutes=12),
        app_version="1.4.0",
    )
    tell(MA_CHAO.handheld, online=True, clock_skew_s=-300, last_seen_at=now)
    tell(LIU_QIANG.handheld, online=True, queued=2, clock_skew_s=90, battery_percent=70)
    page = at_desk(CHEN_JING).page("/admin")
    listed = re.findall(r'id="device-([^"]+)"( class="urgent")?', page)
    assert [device for device, _ in listed] == ["hh-07", "hh-03", "hh-01"]
    assert [bool(marked) for _, marked in listed] == [True, True, False]
    silent = row(page, ZHANG_WEI.handheld)
    assert "张伟" in silent
    assert "12 分钟前" in silent
    assert "1.4.0 ⚠ 9 % ⚠ 4" in silent
    assert "⚠ 慢 300 秒" in row(page, MA_CHAO.handheld)
    well = row(page, LIU_QIANG.handheld)
    assert "● 在线" in well
    assert "70 % 2 —" in well  # 90 seconds are within the setting
    assert "⚠" not in well


def test_a_revoked_handheld_stands_last_whatever_its_battery(at_desk, today):
    tell(LIU_QIANG.handheld, state="revoked", battery_percent=1, queued=5)
    page = at_desk(ZHAO_MIN).page("/admin")
    assert re.findall(r'id="device-([^"]+)"', page)[-1] == LIU_QIANG.handheld


def test_a_manager_sends_one_handheld_a_notice(at_desk, today):
    desk = at_desk(ZHAO_MIN)
    path = f"/admin/handhelds/{LIU_QIANG.handheld}/notice"
    page = desk.follow(desk.send("/admin", path, text="3栋停电,先做 5 栋"))
    assert "通知已交付发送" in page
    command = session().scalars(sa.select(DeviceCommand)).one()
    assert (command.device_id, command.kind) == (LIU_QIANG.handheld, "device.notice")
    assert command.text == "3栋停电,先做 5 栋"
    owed = session().scalars(sa.select(Owed).where(Owed.kind == outbox.COMMAND)).one()
    assert owed.subject == str(command.id)


def test_a_notice_without_words_or_to_a_revoked_handheld_is_refused(at_desk, today):
    desk = at_desk(ZHAO_MIN)
    path = f"/admin/handhelds/{LIU_QIANG.handheld}/notice"
    assert desk.send("/admin", path, text="  ").status_code == 422
    opened = desk.hidden(desk.page("/admin"), path)
    tell(LIU_QIANG.handheld, state="revoked")
    assert desk.client.post(path, data={**opened, "text": "还在吗"}).status_code == 409
    assert session().scalars(sa.select(DeviceCommand)).all() == []


def test_the_api_takes_no_notice_without_words_either(today, web):
    answer = web.test_client().post(
        f"/api/v1/devices/{LIU_QIANG.handheld}/commands",
        json={"kind": "device.notice"},
        headers={"Authorization": f"Bearer {token_of(web, ZHAO_MIN)}"},
    )
    assert answer.status_code == 422
    assert "text" in answer.get_json()["errors"]


def test_who_does_not_manage_handhelds_has_neither_codes_nor_notices(at_desk, today):
    desk = at_desk(CHEN_JING)
    page = desk.page("/admin")
    for act in ("code", "notice"):
        assert f"/{act}" not in page[page.index("h-handhelds") :]
        path = f"/admin/handhelds/{LIU_QIANG.handheld}/{act}"
        words = desk.hidden(page, f"/admin/handhelds/{LIU_QIANG.handheld}/revoke")
        assert desk.client.post(path, data={**words, "text": "你好"}).status_code == 403
