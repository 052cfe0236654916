"""The handheld's own door to being rung: what it may say, and what is refused."""

import pytest
import sqlalchemy as sa

from server.accounts.operations import token_hash
from server.db import db, transaction, utcnow
from server.devices import operations as devices
from server.devices.models import Device
from server.push.keys import vapid_public_key
from server.push.models import PushSubscription
from tests.cast import LIU_QIANG
from tests.factories.push_service import Browser

URL = "/field/v1/push-subscription"


@pytest.fixture
def handheld(web):
    """刘强's handheld, speaking HTTP; returns status and body of what it asks."""
    with web.app_context(), transaction() as current:
        current.get_one(Device, LIU_QIANG.handheld).token_hash = token_hash("his token")

    def ask(method, body=None, *, token="his token"):
        headers = {"Authorization": f"Bearer {token}"}
        answer = web.test_client().open(URL, method=method, json=body, headers=headers)
        return answer.status_code, answer.get_json(silent=True)

    return ask


@pytest.fixture
def browser(service):
    return Browser(service)


def kept(web):
    """The subscriptions that the server holds: device, address, since when."""
    with web.app_context():
        rows = db.session.scalars(sa.select(PushSubscription))
        return [(row.device_id, row.endpoint, row.made_at) for row in rows]


def test_a_handheld_subscribes_and_takes_it_back(web, handheld, browser, settled):
    key = vapid_public_key(settled)
    assert handheld("GET") == (200, {"public_key": key, "endpoint": None})
    assert handheld("PUT", browser.subscription())[0] == 204
    assert handheld("GET") == (200, {"public_key": key, "endpoint": browser.endpoint})
    assert handheld("DELETE")[0] == 204
    assert handheld("DELETE")[0] == 204, "a second time changes nothing"
    assert kept(web) == []


def test_the_same_subscription_again_changes_nothing(web, handheld, browser):
    handheld("PUT", browser.subscription())
    before = kept(web)
    assert handheld("PUT", browser.subscription())[0] == 204
    assert kept(web) == before


def test_another_subscription_takes_the_place_of_the_first(web, handheld, browser, service):
    handheld("PUT", browser.subscription())
    anew = Browser(service)
    assert handheld("PUT", anew.subscription())[0] == 204
    assert [endpoint for _, endpoint, _ in kept(web)] == [anew.endpoint]


def test_a_push_host_that_is_not_listed_is_refused(web, handheld, browser):
    elsewhere = {**browser.subscription(), "endpoint": "https://push.example.org/push/1"}
    status, problem = handheld("PUT", elsewhere)
    assert status == 422
    assert problem["type"] == "urn:paigong:problem:push-host-not-listed"
    assert "PAIGONG_PUSH_HOSTS" in problem["detail"]
    assert kept(web) == []


@pytest.mark.parametrize(
    "keys",
    [
        {"auth": "BTBZMqHH6r4Tts7J_aSI"},
        {"auth": "BTBZMqHH6r4Tts7J_aSIg+"},
        {"p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6"},
        {"p256dh": "A" * 87},
        {"p256dh": "B" * 87},
        {"p256dh": "A"},
    ],
    ids=["short", "not base64url", "cut off", "no point", "not on the curve", "half a byte"],
)
def test_keys_that_cannot_be_read_are_refused(web, handheld, browser, keys):
    body = {**browser.subscription(), "keys": {**browser.keys(), **keys}}
    status, problem = handheld("PUT", body)
    assert (status, problem["type"]) == (422, "urn:paigong:problem:bad-push-keys")
    assert kept(web) == []


@pytest.mark.parametrize("missing", ["endpoint", "keys"])
def test_half_a_subscription_is_refused(web, handheld, browser, missing):
    body = {name: value for name, value in browser.subscription().items() if name != missing}
    status, problem = handheld("PUT", body)
    assert status == 422
    assert missing in problem["errors"]
    assert kept(web) == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_a_handheld_is_let_in(handheld, browser, method):
    body = browser.subscription() if method == "PUT" else None
    assert handheld(method, body, token="somebody")[0] == 401


def test_a_revoked_handheld_cannot_subscribe_any_more(web, handheld, browser):
    with web.app_context(), transaction() as current:
        device = current.get_one(Device, LIU_QIANG.handheld)
        by = devices.actor_for(device, "陈静")
        devices.revoke(current, device.id, reason="遗失", lost=True, by=by, at=utcnow())
    status, problem = handheld("PUT", browser.subscription())
    assert (status, problem["command"]) == (401, "device.wipe")
    assert kept(web) == []
