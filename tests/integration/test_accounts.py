"""Signing in: passwords, the wait after failures, tokens and how they end."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server.accounts import operations as accounts
from server.accounts.models import AuthToken, SignInFailure, User
from server.errors import Conflict, Invalid, TooMany, Unauthenticated
from tests.cast import CHEN_JING, LIU_QIANG, NINE, PASSWORD, ZHAO_MIN, after

ADDRESS = "10.0.0.7"
HOUR = dt.timedelta(hours=1)


def knows_password(world, username=CHEN_JING.username, password=PASSWORD):
    return accounts.check_password(world.session, username, password, memory_kib=8) is not None


def fail(world, times, *, username=CHEN_JING.username, address=ADDRESS, at=NINE):
    for _ in range(times):
        world.do(accounts.note_failure, username, address, at)


def token(world, *, kind="api", at=NINE, lifetime=HOUR):
    user = world.user(CHEN_JING)
    words = {"kind": kind, "lifetime": lifetime, "address": ADDRESS, "at": at}
    return world.do(accounts.open_token, user, **words)[0]


def holder(world, text, *, kind="api", at=NINE):
    world.session.expire_all()
    user = accounts.user_of_token(world.session, text, kind=kind, at=at)
    return user and user.username


def new_user(world, **facts):
    words = {
        "username": "new.one",
        "name": "新人",
        "roles": ["technician"],
        "password": PASSWORD,
        "memory_kib": 8,
        "by": world.by(ZHAO_MIN),
        "at": world.later(),
        **facts,
    }
    return world.do(accounts.create_user, **words)


def test_name_and_password_together_open_the_door(world):
    assert knows_password(world)
    assert not knows_password(world, password=PASSWORD + "x")
    assert not knows_password(world, username="nobody")


def test_who_has_left_does_not_get_in(world):
    text = token(world)
    assert holder(world, text) == CHEN_JING.username
    leave = sa.update(User).where(User.username == CHEN_JING.username).values(active=False)
    world.do(lambda current: current.execute(leave))
    assert not knows_password(world)
    assert holder(world, text) is None


def test_five_failures_are_free_and_then_the_wait_doubles(world):
    def waits_at(moment):
        with pytest.raises(TooMany) as refused:
            accounts.throttle(world.session, CHEN_JING.username, ADDRESS, moment)
        return refused.value.extra["retry_after_s"]

    fail(world, 4)
    accounts.throttle(world.session, CHEN_JING.username, ADDRESS, NINE)
    fail(world, 1)
    assert waits_at(NINE) == 3
    accounts.throttle(world.session, CHEN_JING.username, ADDRESS, after(seconds=2))
    fail(world, 1)
    assert waits_at(NINE) == 5
    fail(world, 20)
    assert waits_at(NINE) == 901, "a quarter of an hour at most"


def test_the_wait_is_for_one_name_from_one_place(world):
    fail(world, 9)
    accounts.throttle(world.session, CHEN_JING.username, "10.0.0.8", NINE)
    accounts.throttle(world.session, LIU_QIANG.username, ADDRESS, NINE)


def test_many_names_from_one_address_wait_too_until_the_quarter_of_an_hour_is_over(world):
    for place in range(accounts.FROM_ONE_ADDRESS):
        fail(world, 1, username=f"guessed.{place}")
    with pytest.raises(TooMany) as refused:
        accounts.throttle(world.session, CHEN_JING.username, ADDRESS, after(minutes=5))
    assert refused.value.extra["retry_after_s"] == 601
    accounts.throttle(world.session, CHEN_JING.username, "10.0.0.8", NINE)
    accounts.throttle(world.session, CHEN_JING.username, ADDRESS, after(minutes=15))


def test_failures_of_yesterday_are_forgotten(world):
    fail(world, 9)
    fail(world, 1, username="somebody.else", at=NINE + accounts.FAILURES_KEPT + HOUR)
    assert world.session.query(SignInFailure).count() == 2, "the name's and the address's of today"


def test_getting_in_starts_the_count_anew(world):
    fail(world, 9)
    token(world)
    accounts.throttle(world.session, CHEN_JING.username, ADDRESS, NINE)


def test_a_token_is_known_until_it_expires_is_closed_or_is_of_another_kind(world):
    text = token(world)
    assert holder(world, text, at=after(minutes=59, seconds=59)) == CHEN_JING.username
    assert holder(world, text, at=after(hours=1)) is None
    assert holder(world, text, kind="console") is None
    assert holder(world, text + "x") is None
    world.do(accounts.close_token, text, NINE)
    assert holder(world, text) is None


def test_no_token_or_password_stands_in_the_database(world):
    text = token(world)
    stored = world.session.query(AuthToken).one().token_hash
    assert text not in stored
    assert PASSWORD not in world.user(CHEN_JING).password_hash
    assert world.user(CHEN_JING).password_hash.startswith("$argon2id$")


def test_a_new_password_ends_every_session(world):
    first, second = token(world), token(world, kind="console")
    change = {"new": "four-red-valves", "memory_kib": 8, "by": world.by(CHEN_JING), "at": NINE}
    with pytest.raises(Unauthenticated):
        world.do(accounts.change_password, world.user(CHEN_JING), old="wrong", **change)
    assert holder(world, first) == CHEN_JING.username, "a wrong old password changes nothing"
    world.do(accounts.change_password, world.user(CHEN_JING), old=PASSWORD, **change)
    assert (holder(world, first), holder(world, second, kind="console")) == (None, None)
    assert knows_password(world, password="four-red-valves")
    assert not knows_password(world)


def test_a_short_password_or_an_unknown_role_makes_no_user(world):
    with pytest.raises(Invalid) as refused:
        new_user(world, password="short", roles=["king"])
    assert set(refused.value.errors) == {"password", "roles"}
    with pytest.raises(Conflict):
        new_user(world, username=CHEN_JING.username)
    assert new_user(world).must_change_password


def test_a_licence_does_not_end_before_it_begins(world):
    words = {"kind": "gas", "number": "1", "by": world.by(ZHAO_MIN), "at": NINE}
    with pytest.raises(Invalid) as refused:
        world.do(
            accounts.grant_qualification,
            world.user(LIU_QIANG),
            valid_from=dt.date(2025, 3, 2),
            valid_until=dt.date(2025, 3, 1),
            **words,
        )
    assert refused.value.rule == "X-029"
