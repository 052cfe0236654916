"""Signing in and out, forged forms, temporary passwords, languages."""

import dataclasses

import pytest
import sqlalchemy as sa

from server.accounts import access
from server.accounts import operations as accounts
from server.accounts.models import User
from server.accounts.operations import system_actor
from server.app import create_app
from server.db import transaction, utcnow
from tests.cast import CHEN_JING, PASSWORD, SUN_QIAN, ZHAO_MIN
from tests.integration.conftest import standing
from tests.integration.console.conftest import Desk


def test_a_stranger_is_asked_to_sign_in_and_then_finds_the_page(visitor):
    answer = visitor.get("/quality")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/quality"
    answer = visitor.send(
        "/sign-in?next=/quality", "/sign-in", username=SUN_QIAN.username, password=PASSWORD
    )
    assert answer.headers["Location"] == "/quality"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site_after_signing_in(visitor, target):
    answer = visitor.send(
        "/sign-in", "/sign-in", username=SUN_QIAN.username, password=PASSWORD, next=target
    )
    assert answer.headers["Location"] == "/"


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(visitor):
    answer = visitor.send(
        "/sign-in", "/sign-in", username=SUN_QIAN.username, password=PASSWORD, next="/"
    )
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]


def test_where_the_house_is_opened_by_https_the_cookie_never_goes_in_the_clear(visitor, settled):
    def cookie_of(browser):
        return browser.get("/sign-in").headers["Set-Cookie"]

    assert "Secure" not in cookie_of(visitor), "without TLS nobody could sign in any more"
    public = dataclasses.replace(settled, public_url="https://repair.example.com")
    with standing(create_app, public) as web:
        assert "Secure" in cookie_of(Desk(web))


def test_a_wrong_password_says_neither_which_was_wrong_and_waits_in_the_end(visitor):
    for _ in range(5):
        answer = visitor.send("/sign-in", "/sign-in", username="chen.jing", password="guess")
        assert answer.status_code == 401
        assert "用户名或密码不对" in answer.text
    answer = visitor.send("/sign-in", "/sign-in", username="chen.jing", password=PASSWORD)
    assert answer.status_code == 429


def test_who_guesses_behind_the_proxy_locks_nobody_else_out(web, visitor):
    token = visitor.hidden(visitor.page("/sign-in"), "/sign-in")
    for way, address in enumerate(["203.0.113.9"] * 6 + ["198.51.100.4"]):
        data = {**token, "username": "chen.jing", "password": "guess" if way < 6 else PASSWORD}
        answer = visitor.client.post("/sign-in", data=data, headers={"X-Forwarded-For": address})
        assert answer.status_code == (401 if way < 5 else 429 if way == 5 else 303)
    guess = {"username": "chen.jing", "password": PASSWORD}
    for address, status in (("203.0.113.9", 429), ("198.51.100.4", 201)):
        headers = {"X-Forwarded-For": address}
        answer = web.test_client().post("/api/v1/tokens", json=guess, headers=headers)
        assert answer.status_code == status


def test_a_password_is_tried_while_others_can_write(web, visitor, monkeypatch):
    asked, check = [], accounts.check_password

    def watched(current, *args, **words):
        asked.append(bool(current.info.get("in_transaction")))
        return check(current, *args, **words)

    monkeypatch.setattr(accounts, "check_password", watched)
    visitor.send("/sign-in", "/sign-in", username="chen.jing", password="guess")
    visitor.send("/sign-in", "/sign-in", username="chen.jing", password=PASSWORD)
    for password, status in (("guess", 401), (PASSWORD, 201)):
        who = {"username": "chen.jing", "password": password}
        assert web.test_client().post("/api/v1/tokens", json=who).status_code == status
    assert asked == [False] * 4


def test_who_is_let_go_while_he_signs_in_does_not_get_in(web, world, monkeypatch):
    check = accounts.check_password

    def let_go_meanwhile(current, *args, **words):
        user = check(current, *args, **words)
        with transaction() as other:
            other.execute(sa.update(User).where(User.id == user.id).values(active=False))
        return user

    monkeypatch.setattr(accounts, "check_password", let_go_meanwhile)
    who = {"username": "chen.jing", "password": PASSWORD}
    assert web.test_client().post("/api/v1/tokens", json=who).status_code == 401


def test_signing_out_ends_the_session_on_the_server_too(at_desk, visitor):
    desk = at_desk(CHEN_JING)
    stolen = desk.client.get_cookie("paigong").value
    assert desk.send("/", "/sign-out").status_code == 303
    assert desk.get("/").status_code == 303
    visitor.client.set_cookie("paigong", stolen)
    assert visitor.get("/").headers["Location"].startswith("/sign-in")


def test_a_forged_form_changes_nothing(at_desk):
    desk = at_desk(CHEN_JING)
    answer = desk.client.post("/sign-out", data={})
    assert answer.status_code == 400
    assert "页面已过期" in answer.text
    assert desk.get("/").status_code == 200


def test_the_api_takes_the_cookie_only_with_the_token_of_the_page(at_desk):
    desk = at_desk(CHEN_JING)
    call = {
        "customer": {"name": "王丽华", "unit_code": "3栋2单元1502", "phone": "13900000001"},
        "content": "灯不亮",
        "channel": "phone",
    }
    refused = desk.client.post("/api/v1/requests", json=call)
    assert refused.status_code == 400
    assert refused.content_type == "application/problem+json"
    token = desk.hidden(desk.page("/"), "/sign-out")["csrf_token"]
    taken = desk.client.post("/api/v1/requests", json=call, headers={"X-CSRFToken": token})
    assert taken.status_code == 201


def test_whoever_has_a_temporary_password_chooses_one_first(visitor, world):
    world.do(
        accounts.create_user,
        username="new.one",
        name="新人",
        roles=["dispatch_duty"],
        password="temporary-1",
        memory_kib=8,
        by=system_actor(world.estate_id),
        at=utcnow(),
    )
    visitor.send("/sign-in", "/sign-in", username="new.one", password="temporary-1", next="/")
    assert visitor.get("/").headers["Location"] == "/account"
    assert visitor.get("/requests/new").headers["Location"] == "/account"
    assert visitor.send("/account", "/sign-out").status_code == 303
    visitor.send("/sign-in", "/sign-in", username="new.one", password="temporary-1", next="/")
    words = {"old": "temporary-1", "new": "my own words", "again": "my own word"}
    refused = visitor.send("/account", "/account/password", **words)
    assert refused.status_code == 422
    answer = visitor.send("/account", "/account/password", **{**words, "again": words["new"]})
    assert "密码已更改" in visitor.follow(answer)
    assert visitor.get("/requests/new").status_code == 200


def test_a_first_password_opens_nothing_of_the_api_until_it_is_changed(web, visitor, world):
    reset = {"new": "first-of-seven", "memory_kib": 8, "at": utcnow()}
    world.do(access.reset_password, world.user(CHEN_JING), by=world.by(ZHAO_MIN), **reset)

    def answers(password):
        who = {"username": CHEN_JING.username, "password": password}
        entered = web.test_client().post("/api/v1/tokens", json=who).get_json()
        held = {"Authorization": f"Bearer {entered['token']}"}
        assert entered["user"]["must_change_password"] == (password == "first-of-seven")
        return [
            web.test_client().get(f"/api/v1/{what}", headers=held)
            for what in ("orders", "messages")
        ]

    for answer in answers("first-of-seven"):
        assert answer.status_code == 403
        assert answer.get_json()["type"] == "urn:paigong:problem:must-change-password"
    visitor.send("/sign-in", "/sign-in", username=CHEN_JING.username, password="first-of-seven")
    words = {"old": "first-of-seven", "new": PASSWORD, "again": PASSWORD}
    assert visitor.send("/account", "/account/password", **words).status_code == 303
    assert [answer.status_code for answer in answers(PASSWORD)] == [200, 200]


def test_the_language_is_chosen_in_the_header_and_kept_by_the_user(at_desk):
    desk = at_desk(CHEN_JING)
    assert "看板" in desk.page("/")
    desk.send("/", "/language", language="en")
    assert '<h1 class="quiet">Board' in desk.page("/")
    assert '<html lang="en">' in at_desk(CHEN_JING).page("/account")


def test_an_unknown_address_is_a_page_for_browsers_and_a_problem_for_programs(at_desk):
    desk = at_desk(CHEN_JING)
    page = desk.get("/no-such-page", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "没有这个页面" in page.text
    assert desk.get("/orders/FW-209901-0001").status_code == 404
    problem = desk.get("/api/v1/nothing", headers={"Accept": "text/html"})
    assert problem.content_type == "application/problem+json"


def test_pages_are_not_left_in_the_browsers_cache_and_allow_no_inline_script(at_desk):
    answer = at_desk(CHEN_JING).get("/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
