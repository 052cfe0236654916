"""A new installation, and the administrator's page."""

import re

import pytest
import sqlalchemy as sa

from server import migrate
from server.accounts.models import User
from server.app import create_app
from server.checklist_runs.models import TemplateVersion
from server.db import session, utcnow
from server.devices.models import Device
from server.devices.operations import pair
from server.estate.models import Estate, Unit
from server.first_run import SETUP_CODE
from tests.cast import CHEN_JING, LIU_QIANG, SUN_QIAN, ZHAO_MIN
from tests.integration.conftest import close
from tests.integration.console.conftest import Desk

CODE = "four-random-words-here"
SET_UP = {
    "code": CODE,
    "estate": "翠湖花园",
    "name": "高敏",
    "username": "gao.min",
    "password": "a long enough one",
}


@pytest.fixture
def empty(settings):
    """A migrated database in which there is nobody."""
    (settings.home / SETUP_CODE).write_text(CODE + "\n")
    app = create_app(settings)
    migrate.upgrade(app)
    yield app
    close(app)


def test_an_empty_installation_leads_to_its_first_page(empty):
    desk = Desk(empty)
    assert desk.get("/").headers["Location"].startswith("/sign-in")
    assert desk.get("/sign-in").headers["Location"] == "/first-run"
    answer = desk.send("/first-run", "/first-run", **SET_UP)
    assert "安装完成" in desk.follow(answer)
    desk.send("/sign-in", "/sign-in", username="gao.min", password=SET_UP["password"], next="/")
    assert desk.get("/").headers["Location"] == "/admin"
    assert "翠湖花园" in desk.page("/admin")
    with empty.app_context():
        assert session().scalars(sa.select(User.roles)).one() == ["system_admin"]
        assert session().scalar(sa.select(sa.func.count(TemplateVersion.id))) == 9


def test_the_code_works_once(empty, settings):
    desk = Desk(empty)
    desk.send("/first-run", "/first-run", **SET_UP)
    assert not (settings.home / SETUP_CODE).exists()
    assert desk.get("/first-run").headers["Location"] == "/sign-in"


@pytest.mark.parametrize("code", ["", "wrong"])
def test_without_the_code_nothing_is_made(empty, code):
    desk = Desk(empty)
    answer = desk.send("/first-run", "/first-run", **{**SET_UP, "code": code})
    assert answer.status_code == 403
    assert "翠湖花园" in answer.text
    with empty.app_context():
        assert session().scalar(sa.select(Estate.id)) is None


def test_without_a_code_file_not_even_an_empty_code_works(empty, settings):
    (settings.home / SETUP_CODE).unlink()
    answer = Desk(empty).send("/first-run", "/first-run", **{**SET_UP, "code": ""})
    assert answer.status_code == 403


def test_codes_cannot_be_tried_for_ever(empty, monkeypatch):
    at = utcnow()
    monkeypatch.setattr("server.console.first_run.utcnow", lambda: at)
    desk = Desk(empty)
    for _ in range(5):
        desk.send("/first-run", "/first-run", **{**SET_UP, "code": "guess"})
    assert desk.send("/first-run", "/first-run", **SET_UP).status_code == 429


def test_a_settled_installation_has_no_first_page(visitor):
    assert visitor.get("/first-run").headers["Location"] == "/sign-in"


def test_a_weak_password_keeps_the_code(empty, settings):
    answer = Desk(empty).send("/first-run", "/first-run", **{**SET_UP, "password": "short"})
    assert answer.status_code == 422
    assert (settings.home / SETUP_CODE).exists()


def test_a_new_user_gets_a_password_that_is_shown_once(at_desk, web, today):
    desk = at_desk(ZHAO_MIN)
    page = desk.send(
        "/admin", "/admin/users", username="tian.yu", name="田雨", roles=["front_desk"]
    ).text
    password = re.search(r'class="code">tian.yu &nbsp; ([^<]+)<', page).group(1)
    assert password not in desk.page("/admin")
    newcomer = Desk(web, "tian.yu", password)
    assert newcomer.get("/").headers["Location"] == "/account"


def test_a_name_that_is_taken_is_refused_with_what_was_typed(at_desk, today):
    answer = at_desk(ZHAO_MIN).send(
        "/admin", "/admin/users", username="chen.jing", name="田雨", roles=["front_desk"]
    )
    assert answer.status_code == 409
    assert "田雨" in answer.text


@pytest.mark.parametrize(
    "wrong",
    [{"roles": []}, {"name": " "}, {"username": "x" * 41}],
    ids=["no role", "no name", "a name too long"],
)
def test_a_user_without_what_is_needed_is_not_made(at_desk, today, wrong):
    words = {"username": "tian.yu", "name": "田雨", "roles": ["front_desk"], **wrong}
    assert at_desk(ZHAO_MIN).send("/admin", "/admin/users", **words).status_code == 422


def test_a_handheld_is_enrolled_paired_once_and_revoked(at_desk, today):
    desk = at_desk(ZHAO_MIN)
    page = desk.send(
        "/admin", "/admin/handhelds", label="HH-99", technician=LIU_QIANG.username
    ).text
    code = re.search(r'id="pairing-code">([^<]+)<', page).group(1)
    assert code not in desk.page("/admin")
    device, _token = today.do(pair, code=code, model=None, app_version=None, at=utcnow())
    path = f"/admin/handhelds/{device.id}/revoke"
    assert desk.send("/admin", path, reason="更换", lost="").status_code == 303
    session().rollback()
    session().expire_all()
    assert session().get(Device, device.id).state == "revoked"


def test_a_licence_is_entered_and_a_senseless_date_refused(at_desk, today):
    words = {"technician": "zhang.wei", "kind": "gas", "number": "G-1", "valid_from": "2025-01-01"}
    desk = at_desk(ZHAO_MIN)
    for until in ("2024-01-01", "soon"):
        refused = desk.send("/admin", "/admin/qualifications", **words, valid_until=until)
        assert refused.status_code == 422
    answer = desk.send("/admin", "/admin/qualifications", **words, valid_until="2099-12-31")
    assert "2099年12月31日" in desk.follow(answer)


def test_units_are_added_one_a_line(at_desk, today):
    desk = at_desk(ZHAO_MIN)
    codes = "11栋1单元0101\n11栋1单元0102\n3栋2单元1502\n"
    assert desk.send("/admin", "/admin/units", codes=codes).status_code == 303
    assert desk.send("/admin", "/admin/units", codes="no-unit").status_code == 422
    session().rollback()
    assert session().scalar(sa.select(sa.func.count(Unit.id))) == 10


def test_the_duty_officer_reports_a_handheld_lost_and_manages_nothing(at_desk, today):
    """S-14: the credentials end at once."""
    desk = at_desk(CHEN_JING)
    page = desk.page("/admin")
    assert "/admin/users" not in page
    assert 'action="/admin/handhelds"' not in page
    path = f"/admin/handhelds/{LIU_QIANG.handheld}/revoke"
    assert desk.send("/admin", path, reason="掉在客户家").status_code == 303
    session().rollback()
    session().expire_all()
    assert session().get(Device, LIU_QIANG.handheld).state == "lost"


def test_a_refused_revocation_does_not_reach_the_broker(at_desk, today, web):
    told = []

    class Broker:
        def revoke(self, device_id):
            told.append(device_id)

    web.extensions["paigong.broker"] = Broker()
    desk = at_desk(ZHAO_MIN)
    path = f"/admin/handhelds/{LIU_QIANG.handheld}/revoke"
    assert desk.send("/admin", path, reason=" ").status_code == 422
    assert told == []
    assert desk.send("/admin", path, reason="更换").status_code == 303
    assert told == [LIU_QIANG.handheld]


def test_a_reviewer_has_no_way_into_administration(at_desk):
    assert at_desk(SUN_QIAN).get("/admin").status_code == 403
