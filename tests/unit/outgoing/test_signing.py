"""What neighbour systems are sent can be verified by anybody who knows the rules and the secret."""

import datetime as dt
import json

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from server.outgoing import events, origins, signing

HAPPENED_AT = dt.datetime(2025, 3, 10, 6, 0, tzinfo=dt.UTC)
BODY = json.dumps(events.payload("order.issued", "order", "FW-202503-0001", HAPPENED_AT)).encode()


@pytest.fixture
def now():
    """The reference library looks at its own clock, and takes nothing that is five minutes old."""
    return dt.datetime.now(dt.UTC)


def test_the_reference_library_accepts_what_we_sign(now):
    secret = signing.new_secret()
    sent = signing.headers("msg_1", now, BODY, [secret])
    assert Webhook(secret).verify(BODY, sent)["data"]["number"] == "FW-202503-0001"


def test_both_secrets_verify_while_one_takes_the_place_of_the_other(now):
    new, old = signing.new_secret(), signing.new_secret()
    sent = signing.headers("msg_1", now, BODY, [new, old])
    for secret in (new, old):
        assert Webhook(secret).verify(BODY, sent)


@pytest.mark.parametrize(
    ("what", "value"),
    [("webhook-id", "msg_2"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,AAAA")],
)
def test_nothing_of_it_can_be_changed(what, value, now):
    secret = signing.new_secret()
    sent = {**signing.headers("msg_1", now, BODY, [secret]), what: value}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, sent)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(BODY, signing.headers("m", now, BODY, [secret]))


LISTED = frozenset({"https://erp.example.com", "http://10.0.0.5:8080"})


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://erp.example.com/hooks", True),
        ("http://10.0.0.5:8080/in?a=1", True),
        ("http://erp.example.com/hooks", False),
        ("https://erp.example.com.evil.test/", False),
        ("https://erp.example.com:444/", False),
        ("https://erp.example.com@evil.test/", False),
        ("https://user@erp.example.com/", False),
        ("https://evil.test/#https://erp.example.com", False),
        ("https://erp.example.com/#x", False),
        ("https://ERP.example.com/", False),
        ("https://erp.example.com/ space", False),
        ("file:///etc/passwd", False),
        ("", False),
        ("https://erp.example.com/" + "a" * 500, False),
    ],
)
def test_only_listed_origins_are_called(url, fine):
    assert origins.allowed(url, LISTED) is fine
