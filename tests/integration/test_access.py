"""Access ends and comes back, roles change, a forgotten password is reset (X-021)."""

import pytest
from click.testing import CliRunner

from server.accounts import access
from server.accounts import operations as accounts
from server.accounts.queries import user_named
from server.cli import main
from server.errors import Conflict, Denied, Invalid
from server.history import history_of
from server.work_orders.operations import leaving
from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, NINE, PASSWORD, ZHANG_WEI, ZHAO_MIN, ZHOU_JIANGUO
from tests.factories import acts
from tests.factories.complaints import says
from tests.integration.test_accounts import holder, knows_password, token


def end(world, staff, *, by=ZHAO_MIN, reason="离职"):
    return world.do(leaving.end_access, world.user(staff), reason=reason, **says(world, by))


def kinds(world, staff):
    world.session.expire_all()
    return [row.kind for row in history_of(world.session, "user", str(world.user(staff).id))]


def test_who_has_left_is_signed_out_everywhere_at_once(world):
    texts = [token(world, kind=kind) for kind in ("api", "console")]
    with pytest.raises(Invalid):
        end(world, CHEN_JING, reason=" ")
    end(world, CHEN_JING)
    assert holder(world, texts[0]) is None
    assert holder(world, texts[1], kind="console") is None
    assert not knows_password(world)
    end(world, CHEN_JING)
    assert kinds(world, CHEN_JING).count("user.ended") == 1, "the same again changes nothing"
    world.do(
        access.set_active,
        world.user(CHEN_JING),
        active=True,
        reason="复职",
        **says(world, ZHAO_MIN),
    )
    assert knows_password(world)
    assert holder(world, texts[0]) is None, "an ended token stays ended"
    assert kinds(world, CHEN_JING)[-2:] == ["user.ended", "user.restored"]


def test_nobody_ends_himself_and_the_last_who_manages_users_stays(world):
    with pytest.raises(Denied) as refused:
        end(world, ZHAO_MIN)
    assert refused.value.slug == "own-account"
    end(world, ZHOU_JIANGUO)
    house = accounts.system_actor(world.user(CHEN_JING).estate_id)
    last, words = world.user(ZHAO_MIN), {"by": house, "at": world.later()}
    for act in (
        lambda: world.do(leaving.end_access, last, reason="离职", **words),
        lambda: world.do(leaving.change_roles, last, roles=["front_desk"], **words),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.slug == "last-administrator"
    assert world.user(ZHAO_MIN).active
    world.do(leaving.change_roles, last, roles=["cs_manager", "front_desk"], **words)


def test_a_technician_with_open_orders_hands_them_over_before_he_leaves(world):
    order = acts.order_in(world, State.IN_PROGRESS)
    staff = next(one for one in (LIU_QIANG, ZHANG_WEI) if world.user(one).id == order.technician_id)
    for act in (
        lambda: end(world, staff),
        lambda: world.do(
            leaving.change_roles, world.user(staff), roles=["front_desk"], **says(world, ZHAO_MIN)
        ),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.extra["orders"] == [order.number]
        assert order.number in refused.value.zh
    assert world.handheld(staff).state == "active"


def test_a_technician_who_leaves_takes_no_handheld_along(world):
    assert end(world, LIU_QIANG) == [LIU_QIANG.handheld]
    world.session.expire_all()
    assert world.handheld(LIU_QIANG).state == "revoked"
    assert world.handheld(ZHANG_WEI).state == "active"
    ended = world.do(
        leaving.change_roles, world.user(ZHANG_WEI), roles=["storekeeper"], **says(world, ZHAO_MIN)
    )
    assert ended == [ZHANG_WEI.handheld]


def test_other_roles_count_from_the_next_request_on_and_nobody_gives_himself_any(world):
    text = token(world)
    words = says(world, ZHAO_MIN)
    for roles in ([], ["king"]):
        with pytest.raises(Invalid):
            world.do(access.set_roles, world.user(CHEN_JING), roles=roles, **words)
    world.do(access.set_roles, world.user(CHEN_JING), roles=["finance"], **words)
    user = accounts.user_of_token(world.session, text, kind="api", at=NINE)
    assert accounts.actor_for(user).roles == {"finance"}
    (row,) = [
        one
        for one in history_of(world.session, "user", str(user.id))
        if one.kind == "user.roles_changed"
    ]
    assert (row.data["before"], row.data["roles"]) == (["dispatch_duty"], ["finance"])
    with pytest.raises(Denied):
        world.do(access.set_roles, world.user(ZHAO_MIN), roles=["system_admin"], **words)


def test_a_forgotten_password_is_reset_by_somebody_else_and_changed_at_the_next_sign_in(world):
    text = token(world)
    reset = {"new": "first-of-seven", "memory_kib": 8, **says(world, ZHAO_MIN)}
    with pytest.raises(Denied):
        world.do(access.reset_password, world.user(ZHAO_MIN), **reset)
    with pytest.raises(Invalid):
        world.do(access.reset_password, world.user(CHEN_JING), **{**reset, "new": "short"})
    world.do(access.reset_password, world.user(CHEN_JING), **reset)
    assert holder(world, text) is None
    assert knows_password(world, password="first-of-seven")
    assert not knows_password(world, password=PASSWORD)
    assert world.user(CHEN_JING).must_change_password
    assert kinds(world, CHEN_JING)[-1] == "user.password_reset"


def test_accounts_are_ended_changed_and_given_back_from_a_shell(world, session, settled):
    environment = {"PAIGONG_HOME": str(settled.home)}
    if settled.database_url:
        environment["PAIGONG_DATABASE_URL"] = settled.database_url

    def shell(*words):
        session.rollback()
        done = CliRunner().invoke(main, ["user", *words], env=environment)
        session.expire_all()
        return done

    name = CHEN_JING.username
    assert shell("end", name, "--reason", "离职").exit_code == 0
    assert not world.user(CHEN_JING).active
    assert shell("restore", name, "--reason", "复职").exit_code == 0
    assert shell("roles", name, "--role", "finance", "--role", "storekeeper").exit_code == 0
    assert (world.user(CHEN_JING).active, world.user(CHEN_JING).roles) == (
        True,
        ["finance", "storekeeper"],
    )
    assert shell("password", name, "--password", "first-of-seven").exit_code == 0
    assert accounts.check_password(session, name, "first-of-seven", memory_kib=8) is not None
    unknown = shell("end", "nobody", "--reason", "离职")
    assert unknown.exit_code == 1
    assert "nobody" in unknown.output
    made = ("--name", "接口", "--role", "front_desk", "--password", "first-of-seven")
    assert shell("create", "program", *made).exit_code == 0
    assert shell("create", "novice", *made, "--first-password").exit_code == 0
    assert not user_named(session, world.user(CHEN_JING).estate_id, "program").must_change_password
    assert user_named(session, world.user(CHEN_JING).estate_id, "novice").must_change_password
