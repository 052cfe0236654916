"""One account on its page: ended and given back, other roles, a forgotten password."""

import re

from server.work_orders.states import State
from tests.cast import CHEN_JING, HE_FANG, LIU_QIANG, PASSWORD, ZHAO_MIN, ZHOU_JIANGUO
from tests.factories import acts
from tests.integration.console.conftest import Desk


def path_of(staff):
    return f"/admin/users/{staff.username}"


def test_the_manager_ends_an_account_and_its_session_ends_with_it(at_desk, today):
    manager, duty, path = at_desk(ZHAO_MIN), at_desk(CHEN_JING), path_of(CHEN_JING)
    assert f'href="{path}"' in manager.page("/admin")
    assert duty.get("/account").status_code == 200
    assert duty.get(path).status_code == 403
    page = manager.follow(manager.send(path, f"{path}/end", reason="离职"))
    assert "不在用" in page
    assert "离职" in page
    assert duty.get("/account").status_code == 303, "signed out at once"
    manager.send(path, f"{path}/return", reason="复职")
    assert at_desk(CHEN_JING).get("/account").status_code == 200


def test_a_technicians_open_orders_are_named_before_he_can_leave(at_desk, today):
    order = acts.order_in(today, State.ON_SITE)
    manager, path = at_desk(ZHAO_MIN), path_of(LIU_QIANG)
    refused = manager.send(path, f"{path}/end", reason="离职")
    assert refused.status_code == 409
    assert order.number in refused.text
    assert "离职" in refused.text, "what was typed is still there"


def test_other_roles_open_other_pages_and_nobody_changes_his_own(at_desk, today):
    manager, clerk, path = at_desk(ZHAO_MIN), at_desk(HE_FANG), path_of(HE_FANG)
    assert clerk.get("/finance").status_code == 200
    assert manager.send(path, f"{path}/roles", roles=[]).status_code == 422
    assert "前台" in manager.follow(manager.send(path, f"{path}/roles", roles=["front_desk"]))
    assert clerk.get("/finance").status_code == 403
    own = manager.page(path_of(ZHAO_MIN))
    assert f"{path_of(ZHAO_MIN)}/" not in own
    token = manager.hidden(manager.page("/account"), "/account/password")["csrf_token"]
    for act in ("roles", "password", "end"):
        said = {"csrf_token": token, "roles": "system_admin", "reason": "试试"}
        refused = manager.client.post(f"{path_of(ZHAO_MIN)}/{act}", data=said)
        assert refused.status_code == 403, act


def test_a_reset_password_is_shown_once_and_changed_first(web, at_desk, today):
    manager, gpm, path = at_desk(ZHAO_MIN), at_desk(ZHOU_JIANGUO), path_of(ZHOU_JIANGUO)
    page = manager.send(path, f"{path}/password").text
    password = re.search(r'<p class="code">([^<]+)</p>', page).group(1)
    assert password not in manager.page(path)
    assert gpm.get("/account").status_code == 303, "the old session has ended"
    refused = Desk(web).send(
        "/sign-in", "/sign-in", username=ZHOU_JIANGUO.username, password=PASSWORD, next="/"
    )
    assert refused.status_code == 401
    again = Desk(web, ZHOU_JIANGUO.username, password)
    assert again.get("/").headers["Location"] == "/account"
