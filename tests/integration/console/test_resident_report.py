"""Reporting a fault by the code at the door: one request for one report, and nothing told of anybody."""

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from server.console import resident_report
from server.db import transaction, utcnow
from server.deadlines.models import Timer
from server.estate.models import Person
from server.evidence import likeness, sent_along
from server.evidence.models import Photo
from server.evidence.processing import Processor
from server.evidence.storage import FileStore
from server.requests.models import ServiceRequest
from server.residents import addresses, operations, preferred, throttle
from server.residents.models import DoorCode
from tests.cast import CHEN_JING, LI_JIANJUN, LIU_QIANG, MA_CHAO, STAFF, WANG_LIHUA
from tests.factories import acts, pictures
from tests.factories.residents import NAME, PHONE, Phone, hang, rows, with_photos

UNIT = WANG_LIHUA.unit_code
LIFT = "3栋2单元电梯"


@pytest.fixture
def phone(web):
    """A resident's phone."""
    return Phone(web)


@pytest.fixture
def door(web, today):
    """What the code at 王丽华's door says."""
    [found] = hang(web, today, units=[UNIT])
    return found


@pytest.fixture
def lift(web, today):
    """What the code in a lift says."""
    [found] = hang(web, today, places=[LIFT])
    return found


def processed(settings):
    """The photo worker has been."""
    worker = Processor(store=FileStore(settings.home / "photos"), near_bits=likeness.ACROSS_BITS)
    while worker.run_once():
        pass


def seen(browser, photo, size="screen"):
    """Status and bytes of a picture, as a browser asks for it."""
    with browser.get(f"/api/v1/photos/{photo.sha256}/{size}") as answer:
        return answer.status_code, answer.data


def test_a_report_stands_in_the_register_as_a_call_does(phone, door, today, at_desk):
    known = {(row.id, row.name, row.phone) for row in rows(Person)}
    slot = preferred.offered(utcnow(), today.settings.zone)[-1]
    answer = phone.report(door, content="客厅灯一闪一闪", slot=slot.key)
    assert answer.status_code == 303, answer.text
    [row] = rows(ServiceRequest)
    assert (row.content, row.category, row.channel, row.kind) == (
        "客厅灯一闪一闪",
        "lamp",
        "app",
        "service_need",
    )
    assert (row.unit.code, row.person.name, row.person.phone) == (UNIT, NAME, PHONE)
    assert row.appointment_at == slot.start_at
    assert row.registered_by is None
    assert (row.reply_due_at - row.registered_at).total_seconds() == 15 * 60
    assert {timer.kind for timer in rows(Timer)} == {"reply", "reply_warning"}
    assert {(one.id, one.name, one.phone) for one in rows(Person)} >= known
    assert row.number in at_desk(CHEN_JING).page("/")
    assert "已收到您的报修" in phone.page(answer.headers["Location"])


def test_whoever_reports_again_is_the_same_person_and_nobody_known_is_changed(phone, door, today):
    before = today.register(WANG_LIHUA).person
    phone.report(door, name=WANG_LIHUA.name, phone=WANG_LIHUA.phone)
    phone.report(door, name="假名", phone=WANG_LIHUA.phone)
    people = {(one.name, one.relation, one.phone) for one in rows(Person)}
    assert people == {
        (before.name, "owner", before.phone),
        ("假名", "other", before.phone),
    }


def test_the_same_form_sent_twice_registers_one_request_with_its_photos_once(phone, door):
    photo, form = pictures.photo(1), phone.form(door)
    first = phone.post(door, with_photos(form, [photo]))
    second = phone.post(door, with_photos(form, [photo]))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(rows(ServiceRequest)) == len(rows(Photo)) == 1


def test_an_impatient_finger_registers_one_request(web, phone, door):
    form = phone.form(door)

    def send(_number):
        return Phone(web).post(door, dict(form)).headers.get("Location")

    with ThreadPoolExecutor(4) as fingers:
        assert len(set(fingers.map(send, range(4)))) == 1
    assert len(rows(ServiceRequest)) == 1


def test_the_photos_stay_with_request_and_order_and_technicians_see_those_of_their_own(
    phone, door, today, at_desk, web
):
    taken = pictures.metadata(taken_at="2026:03:05 09:00:00", place=(29.5, 106.5))
    content = pictures.encoded(pictures.scene(5), exif=taken)
    assert phone.report(door, photos=[content, pictures.photo(6)]).status_code == 303
    processed(today.settings)
    [request] = rows(ServiceRequest)
    photos = rows(Photo)
    assert {row.subject for row in photos} == {("request", request.number)}
    assert all(row.state == "processed" and row.device_id is None for row in photos)
    desk = at_desk(CHEN_JING)
    path = f"/requests/{request.number}"
    page = desk.page(path)
    assert page.count("/thumbnail") == 2
    for size in ("thumbnail", "screen", "original"):
        status, shown = seen(desk, photos[0], size)
        assert status == 200
        assert b"tell-tale" not in shown
        with Image.open(io.BytesIO(shown)) as image:
            assert not image.getexif().get_ifd(0x8825), "the place is gone"
    desk.send(path, f"{path}/judgement", outcome="accepted", nature="paid_special", category="lamp")
    order_path = desk.send(path, f"{path}/issue", category="lamp").headers["Location"]
    assert "登记的照片" in (page := desk.page(order_path))
    assert page.count("/thumbnail") == 2
    desk.send(order_path, f"{order_path}/dispatch", technician=LIU_QIANG.username)
    assert seen(at_desk(LIU_QIANG), photos[0])[0] == 200
    assert seen(at_desk(MA_CHAO), photos[0])[0] == 404
    assert seen(Phone(web).client, photos[0])[0] == 401


def test_a_photo_sent_twice_stays_with_both_requests_and_the_second_is_flagged(phone, door, today):
    for _ in range(2):
        assert phone.report(door, photos=[pictures.photo(7)]).status_code == 303
    processed(today.settings)
    older, newer = sorted(rows(Photo), key=lambda row: row.received_at)
    assert older.request_id != newer.request_id
    assert (older.flags, newer.flags) == ([], ["near_duplicate"])


def test_the_lift_asks_for_the_flat_and_says_where_it_is(phone, lift):
    assert 'name="unit_code"' in phone.page(lift)
    without = phone.report(lift, category="public_area")
    assert without.status_code == 422
    assert "必填" in without.text
    unknown = phone.report(lift, category="public_area", unit_code="99栋1单元0101")
    assert unknown.status_code == 422
    assert rows(ServiceRequest) == []
    assert phone.report(lift, unit_code=UNIT, content="按钮不亮").status_code == 303
    [row] = rows(ServiceRequest)
    assert (row.unit.code, row.content) == (UNIT, f"[{LIFT}] 按钮不亮")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"phone": "请打给我"}, "电话号码不对"),
        ({"phone": ""}, "必填"),
        ({"name": ""}, "必填"),
        ({"name": "长" * 41}, "请更正"),
        ({"content": "长" * 1001}, "请更正"),
        ({"content": "坏\x00了"}, "控制字符"),
        ({"category": ""}, "请更正"),
        ({"category": "everything"}, "请更正"),
        ({"slot": "2020-01-01.morning"}, "您选的时间已过"),
        ({"slot": "never"}, "您选的时间已过"),
        ({"website": "buy.example"}, "网址"),
        ({"form": "made-up"}, "页面打开太久"),
        ({"form": ""}, "页面打开太久"),
    ],
)
def test_bad_input_is_told_and_changes_nothing(phone, door, wrong, told):
    answer = phone.report(door, **{"content": "说过的话", **wrong})
    assert answer.status_code == 422
    assert told in answer.text
    assert "content" in wrong or "说过的话" in answer.text, "nothing typed is lost"
    assert rows(ServiceRequest) == []


def test_what_is_typed_is_shown_as_text(phone, door, today, at_desk):
    script = "<script>alert(1)</script>"
    refused = phone.report(door, content=script, name=script, phone="x")
    assert script not in refused.text
    assert "&lt;script&gt;" in refused.text
    answer = phone.report(door, content=script, name=script)
    [row] = rows(ServiceRequest)
    for page in (
        phone.page(answer.headers["Location"]),
        at_desk(CHEN_JING).page(f"/requests/{row.number}"),
    ):
        assert script not in page


def test_a_form_is_good_at_its_own_door_and_not_for_ever(web, phone, door, today):
    [other] = hang(web, today, units=[LI_JIANJUN.unit_code])
    answer = phone.post(door, {**phone.form(door), "form": phone.form(other)["form"]})
    assert answer.status_code == 422
    [code] = [one for one in rows(DoorCode) if one.where == UNIT]
    with web.app_context():
        old = addresses.form_token(
            resident_report.key(), code.id, utcnow() - addresses.FORM_LIFETIME * 1.01
        )
    answer = phone.post(door, {**phone.form(door), "form": old})
    assert (answer.status_code, rows(ServiceRequest)) == (422, [])
    assert "页面打开太久" in answer.text


def test_only_what_we_signed_opens_a_door(web, phone, door, today):
    token = door.removeprefix("/r/")
    code_id, generation, signature = token.split(".")
    changed = "B" if signature[10] == "A" else "A"
    [code] = rows(DoorCode)
    with web.app_context():
        follow = addresses.follow_token(resident_report.key(), code.id)
        elsewhere = addresses.door_token("another installation", code.id, 1)
    answers = {
        (answer := phone.get(f"/r/{wrong}")).status_code: re.sub(r"\?lang=\w+", "", answer.text)
        for wrong in (
            f"{code_id}.{generation}.{signature[:10]}{changed}{signature[11:]}",
            f"{code_id}.2.{signature}",
            f"{code_id}.{generation}",
            code_id,
            follow,
            elsewhere,
            "%00",
            "我家",
            "a" * 5000,
        )
    }
    assert list(answers) == [404]
    assert phone.post(f"/r/{token}x", {}).status_code == 404
    with transaction() as current:
        operations.renew_code(current, code.id, by=today.by(CHEN_JING))
    assert phone.get(door).status_code == 404, "a code that was replaced"
    assert phone.get(hang(web, today, units=[UNIT])[0]).status_code == 200


def test_who_reports_too_often_waits_and_is_told_how_long(phone, door, monkeypatch):
    for _ in range(throttle.AT_ONE_DOOR):
        form = phone.form(door)
        assert phone.post(door, form).status_code == 303
    answer = phone.report(door, content="说过的话")
    assert answer.status_code == 429
    assert 3500 < int(answer.headers["Retry-After"]) <= 3601
    assert "60 分钟后再试" in answer.text
    assert "说过的话" in answer.text
    assert len(rows(ServiceRequest)) == throttle.AT_ONE_DOOR
    assert phone.post(door, form).status_code == 303, "what was taken before is shown again"
    later = utcnow() + throttle.SPAN
    monkeypatch.setattr(resident_report, "utcnow", lambda: later)
    assert phone.report(door).status_code == 303


@pytest.mark.parametrize("limit", ["FROM_ONE_ADDRESS", "IN_ALL"])
def test_one_address_and_all_together_are_limited_over_many_doors(
    web, phone, today, monkeypatch, limit
):
    monkeypatch.setattr(throttle, limit, 2)
    doors = hang(web, today, units=[UNIT, LI_JIANJUN.unit_code], places=[LIFT])
    answers = [phone.report(one, unit_code=UNIT).status_code for one in doors]
    assert answers == [303, 303, 429]


def test_behind_a_proxy_of_this_machine_residents_are_told_apart(web, today, monkeypatch):
    monkeypatch.setattr(throttle, "FROM_ONE_ADDRESS", 1)
    [lift] = hang(web, today, places=[LIFT])

    def reported(named, near="127.0.0.1"):
        there = Phone(web)
        there.client.environ_base["REMOTE_ADDR"] = near
        there.client.environ_base["HTTP_X_FORWARDED_FOR"] = named
        return there.report(lift, unit_code=UNIT).status_code

    assert reported("203.0.113.1") == 303
    assert reported("203.0.113.2") == 303
    assert reported("198.51.100.9, 203.0.113.2") == 429, "what the proxy saw itself counts"
    assert reported("203.0.113.3", near="192.0.2.1") == 303
    assert reported("203.0.113.4", near="192.0.2.1") == 429, "a stranger cannot name himself"


@pytest.mark.parametrize(
    ("photos", "status", "told"),
    [
        ([b"<?php system('id') ?>"], 422, "不是 JPEG"),
        ([pictures.photo(1)[:2000]], 422, "不完整或已损坏"),
        ([pictures.png_bomb(50_000, 50_000)], 422, "像素过多"),
        ([pictures.photo(1), b"GIF89a"], 422, "不是 JPEG"),
        ([pictures.photo(number, size=(60, 40)) for number in range(4)], 422, "最多可附 3 张"),
        ([b"\xff\xd8" + b"x" * (sent_along.MOST_BYTES + 1)], 413, "每张照片最大"),
        ([b"x" * (13 * 1024 * 1024)] * 3, 413, "照片太大了"),
    ],
    ids=["script", "torn", "bomb", "second", "four", "large", "all too large"],
)
def test_a_hostile_or_oversized_photo_is_refused_and_leaves_nothing(
    phone, door, today, photos, status, told
):
    answer = phone.report(door, photos=photos)
    assert answer.status_code == status
    assert told in answer.text
    assert (rows(ServiceRequest), rows(Photo)) == ([], [])
    assert [path for path in (today.settings.home / "photos").rglob("*") if path.is_file()] == []


def test_what_hides_behind_a_picture_does_not_come_in(phone, door, today):
    content = pictures.photo(3) + b"<script>alert('polyglot')</script>"
    assert phone.report(door, photos=[content]).status_code == 303
    [photo] = rows(Photo)
    with FileStore(today.settings.home / "photos").open(photo.sha256) as file:
        assert b"polyglot" not in file.read()


def test_no_page_at_a_door_says_a_word_of_anybody(web, phone, door, lift, today):
    """Whoever stands at a door learns its number: not who lives there, nor whether anybody does."""
    order = acts.order_in(today, acts.State.ON_SITE, customer=WANG_LIHUA)
    [empty] = hang(web, today, units=[LI_JIANJUN.unit_code])
    lived_in, vacant = (
        re.sub(r'value="[^"]{60,}"', "", phone.page(path)).replace(unit, "?")
        for path, unit in ((door, UNIT), (empty, LI_JIANJUN.unit_code))
    )
    assert lived_in == vacant
    phone.page(lift)
    phone.report(door, phone="x", name="", photos=[b"x"])
    follow = phone.report(door, name="过路人", phone="13000000000").headers["Location"]
    told = phone.page(follow)
    english = Phone(web, "en")
    english.page(door)
    secrets = [word for staff in STAFF for word in (staff.name, staff.username)]
    secrets += [WANG_LIHUA.name, WANG_LIHUA.phone, order.number, "过路人", "13000000000"]
    seen = (told.encode() + phone.seen + english.seen).decode()
    assert [word for word in secrets if word in seen] == []
    assert UNIT not in told


def test_the_page_speaks_the_language_of_the_phone_or_the_one_asked_for(web, door):
    assert "报修" in Phone(web, "fr").page(door)
    english = Phone(web, "en-GB,en;q=0.9,zh;q=0.5")
    assert "Report a fault" in english.page(door)
    assert "报修" in english.page(f"{door}?lang=zh")
    refused = english.report(door, phone="none")
    assert "This is no telephone number" in refused.text
    headers = english.get(door).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]


def test_a_house_behind_a_broken_page_says_a_number_and_no_more(web, phone, door, monkeypatch):
    def fails(_at):
        raise RuntimeError("secret reason")

    monkeypatch.setattr(resident_report, "_days", fails)
    answer = phone.get(door)
    assert answer.status_code == 500
    assert "服务器出错" in answer.text
    assert "secret" not in answer.text


def test_nothing_of_the_throttle_names_an_address_and_old_counts_go(phone, door, today, app):
    phone.report(door)
    counts = rows(throttle.ReportCount)
    assert len(counts) == 3
    assert all(re.fullmatch(r"[0-9a-f]{64}", row.key) for row in counts)
    [code] = rows(DoorCode)
    with transaction() as current:
        throttle.count_report(current, code, "::1", utcnow() + throttle.KEPT * 2)
    assert len(rows(throttle.ReportCount)) == 3
