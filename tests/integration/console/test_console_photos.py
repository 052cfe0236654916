"""Pictures attached at the desk: what a customer or a guard sends by chat stays with the matter."""

import pytest
from werkzeug.test import encode_multipart

from server.evidence import sent_along
from server.evidence.models import Photo
from server.history import history_of
from server.incidents.models import Incident
from server.requests.models import ServiceRequest
from tests.cast import CHEN_JING, HE_FANG, LI_NA, LIU_QIANG, QIAN_JIN, ZHANG_WEI, ZHAO_MIN
from tests.factories import pictures
from tests.factories.residents import rows, with_photos
from tests.integration.console.calls import NEW, call

FOUND = {"place": "3栋大堂", "category": "engineering", "description": "消防管爆裂"}
AGAIN = "照片没有留下,请重新选择"


def picture(seed):
    return pictures.photo(seed, size=(120, 90))


def post(desk, action, form, *contents):
    """Send a form with pictures, as a browser does."""
    boundary, body = encode_multipart(with_photos(form, contents))
    kind = f'multipart/form-data; boundary="{boundary}"'
    return desk.client.post(action, data=body, content_type=kind)


def send(desk, path, action, *contents, **said):
    """Open a page and send one of its forms with pictures."""
    return post(desk, action, {**desk.hidden(desk.page(path), action), **said}, *contents)


def kept_files(world):
    return [path for path in (world.settings.home / "photos").rglob("*") if path.is_file()]


def who_attached(world, kind, number):
    """The names that history has for the photos of a matter."""
    story = history_of(world.session, kind, number)
    return [row.actor_name for row in story if row.kind == "photo.stored"]


@pytest.fixture
def desk(at_desk, today):
    return at_desk(CHEN_JING)


@pytest.fixture
def request_path(today):
    return f"/requests/{today.register().number}"


@pytest.fixture
def incident_path(desk):
    return desk.send("/incidents/new", "/incidents/new", **FOUND).headers["Location"]


def test_pictures_from_the_chat_are_registered_with_the_call_and_stay_with_the_order(desk, today):
    large = pictures.photo(1, size=(2000, 1400), quality=99)
    assert len(large) > today.settings.body_max_bytes, "as it leaves a phone"
    said = call(then="issue", category="tap_valve", price_item="L-TAP")
    page = desk.follow(send(desk, NEW, NEW, large, picture(2), **said))
    [row] = rows(ServiceRequest)
    assert {photo.subject for photo in rows(Photo)} == {("request", row.number)}
    assert who_attached(today, "request", row.number) == [CHEN_JING.name] * 2
    assert page.count('class="photo"') == 2
    order_path = f"/orders/{page.partition('/orders/')[2][:14]}"
    assert desk.page(order_path).count('class="photo"') == 2


def test_the_front_desk_adds_what_comes_later_and_the_same_picture_once(
    at_desk, today, request_path
):
    desk, action = at_desk(LI_NA), f"{request_path}/photos"
    page = desk.follow(send(desk, request_path, action, picture(1), picture(1)))
    assert "附上了 1 张照片" in page
    page = desk.follow(send(desk, request_path, action, picture(2), picture(1)))
    assert "附上了 1 张照片" in page
    page = desk.follow(send(desk, request_path, action, picture(2)))
    assert "已经附上了" in page
    number = request_path.removeprefix("/requests/")
    assert who_attached(today, "request", number) == [LI_NA.name] * 2
    assert desk.send(request_path, action).status_code == 422


def test_a_customer_who_calls_again_has_the_pictures_with_the_first_request(desk, request_path):
    number = request_path.removeprefix("/requests/")
    said = call(onto=number, told="师傅在路上")
    form = {**desk.hidden(desk.page(NEW), NEW), **said}
    assert post(desk, NEW, form, picture(1)).headers["Location"] == request_path
    assert [photo.request_number for photo in rows(Photo)] == [number]


def test_a_refused_form_keeps_what_was_typed_and_asks_for_the_pictures_again(desk):
    answer = send(desk, NEW, NEW, picture(1), **call(unit_code="99栋1单元0101"))
    assert answer.status_code == 422
    assert "厨房水龙头关不紧" in answer.text
    assert AGAIN in answer.text
    assert AGAIN not in desk.send(NEW, NEW, **call(unit_code="99栋1单元0101")).text
    answer = desk.send("/incidents/new", "/incidents/new", **{**FOUND, "place": ""})
    assert (answer.status_code, AGAIN in answer.text) == (422, False)
    assert rows(Photo) == []


@pytest.mark.parametrize(
    ("contents", "status", "told"),
    [
        ([picture(1), b"<?php system('id') ?>"], 422, "照片 2. 1.jpg:文件不是 JPEG"),
        ([picture(1), picture(2)[:900]], 422, "照片 2. 1.jpg:图片不完整或已损坏"),
        ([b"x" * (sent_along.MOST_BYTES + 1)], 413, "照片 1. 0.jpg:每张照片最大 12 MB"),
        ([picture(number) for number in range(4)], 422, "最多可附 3 张照片"),
    ],
    ids=["script", "torn", "large", "four"],
)
def test_a_refused_picture_changes_nothing_and_is_named_with_the_reason(
    desk, today, request_path, incident_path, contents, status, told
):
    before = (len(rows(ServiceRequest)), len(rows(Incident)), 0, [])
    for path, action, said in (
        (NEW, NEW, call()),
        (request_path, f"{request_path}/photos", {}),
        ("/incidents/new", "/incidents/new", FOUND),
        (incident_path, f"{incident_path}/photos", {}),
    ):
        answer = send(desk, path, action, *contents, **said)
        assert answer.status_code == status
        assert told in answer.text
        assert AGAIN in answer.text
        assert all(word in answer.text for word in said.values())
    after = (len(rows(ServiceRequest)), len(rows(Incident)), len(rows(Photo)), kept_files(today))
    assert after == before


def test_a_form_sent_twice_attaches_once_and_never_drops_other_pictures_unsaid(desk):
    for path, said in ((NEW, call()), ("/incidents/new", FOUND)):
        form = {**desk.hidden(desk.page(path), path), **said}
        first, second, other = (post(desk, path, form, picture(seed)) for seed in (1, 1, 2))
        assert first.headers["Location"] == second.headers["Location"]
        assert other.status_code == 409
    assert (len(rows(ServiceRequest)), len(rows(Incident)), len(rows(Photo))) == (1, 1, 2)


def test_whoever_finds_an_incident_attaches_pictures_and_those_who_handle_it_see_them(
    at_desk, today
):
    keeper, new = at_desk(QIAN_JIN), "/incidents/new"
    answer = send(keeper, new, new, picture(1), picture(2), **FOUND)
    page, path = keeper.follow(answer), answer.headers["Location"]
    assert "已有 2 张" in page
    assert 'class="photo"' not in page
    front = at_desk(LI_NA)
    page = front.follow(send(front, path, f"{path}/photos", picture(3)))
    assert page.count('class="photo"') == 3
    number = path.removeprefix("/incidents/")
    assert who_attached(today, "incident", number) == [QIAN_JIN.name] * 2 + [LI_NA.name]
    assert at_desk(ZHAO_MIN).page(path).count('class="photo"') == 3


@pytest.mark.parametrize("staff", [HE_FANG, LIU_QIANG], ids=lambda staff: staff.username)
def test_who_may_not_answer_a_request_attaches_nothing_to_it(
    at_desk, desk, today, request_path, staff
):
    other = at_desk(staff)
    token = {"csrf_token": other.hidden(other.page("/account"), "/language")["csrf_token"]}
    action = f"{request_path}/photos"
    assert action in desk.page(request_path)
    assert action not in other.get(request_path).text
    assert post(other, action, token, picture(1)).status_code == 403
    assert (rows(Photo), kept_files(today)) == ([], [])


def test_a_technician_attaches_nothing_to_an_incident_that_he_did_not_find(
    at_desk, today, incident_path
):
    other = at_desk(ZHANG_WEI)
    token = other.hidden(other.page("/account"), "/language")["csrf_token"]
    form = {"csrf_token": token}
    assert post(other, f"{incident_path}/photos", form, picture(1)).status_code == 403
    assert (rows(Photo), kept_files(today)) == ([], [])
