"""What leaves the house: webhooks to a real neighbour, letters to a real mail server."""

import dataclasses
import datetime as dt
import json
from email.header import decode_header, make_header

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Mailbox
from standardwebhooks import Webhook

from server import reactions
from server.accounts.models import User
from server.alerts import operations as alerts
from server.db import MAX_TRIES, transaction, utcnow
from server.errors import Conflict, Invalid
from server.outgoing import letters, webhooks
from server.outgoing.channels import Mail, channels
from server.outgoing.letters import Post
from server.outgoing.models import Letter, WebhookDelivery, WebhookEndpoint
from server.outgoing.telling import PAUSES, Telling
from tests.cast import CHEN_JING, ZHAO_MIN, ZHOU_JIANGUO
from tests.factories.push_service import running_push_service
from tests.free_ports import free_port


@pytest.fixture
def neighbour():
    """A system next door that keeps what it is told."""
    with running_push_service() as service:
        yield service


@pytest.fixture
def open_to(world, neighbour):
    """The world, allowed to call the neighbour."""
    world.settings = dataclasses.replace(world.settings, webhook_origins=neighbour.origin)
    return world


@pytest.fixture
def endpoint(open_to, neighbour):
    """The neighbour hears of orders that are issued."""
    return open_to.do(
        webhooks.add,
        open_to.settings,
        name="ERP",
        url=f"{neighbour.origin}/in",
        kinds=["order.issued"],
        by=open_to.by(ZHAO_MIN),
        at=open_to.later(),
    )


def told(world):
    def give_up(session, delivery, at):
        alerts.not_told(session, delivery, at)

    return Telling(settings=world.settings, given_up=give_up)


def happen(world):
    """Everything that follows from what happened."""
    while reactions.run_once(world.settings, world.later()):
        pass


def row_of(world, model=WebhookDelivery):
    world.session.expire_all()
    return world.session.scalars(sa.select(model)).one()


def test_a_neighbour_hears_once_of_what_it_asked_for_and_can_verify_it(
    open_to, endpoint, neighbour
):
    order = open_to.issued()
    happen(open_to)
    with transaction() as current:  # a worker that died half way does it again
        for row in current.scalars(sa.select(webhooks.HistoryRow)):
            webhooks.note(current, row, at=open_to.later())
    now = utcnow()
    telling = told(open_to)
    while telling.run_once(now):
        pass
    assert len(neighbour.calls) == 1
    call = neighbour.calls[0]
    body = Webhook(endpoint.secret).verify(call.body, call.headers)
    assert body["type"] == "order.issued"
    assert body["data"] == {"subject_kind": "order", "number": order.number}
    assert order.person.name not in call.body.decode()
    assert row_of(open_to).sent_at == now
    assert telling.run_once(utcnow() + dt.timedelta(days=3)) is False
    assert len(neighbour.calls) == 1


def test_trouble_is_tried_again_with_growing_pauses_and_then_somebody_is_told(
    open_to, endpoint, neighbour
):
    neighbour.status = 503
    open_to.issued()
    happen(open_to)
    telling, at = told(open_to), utcnow()
    for tries in range(1, MAX_TRIES + 1):
        telling.run_once(at)
        assert len(neighbour.calls) == tries
        delivery = row_of(open_to)
        if tries < MAX_TRIES:
            assert delivery.due_at == at + PAUSES[tries - 1]
            assert telling.run_once(delivery.due_at - dt.timedelta(seconds=1)) is False
            at = delivery.due_at
    assert delivery.given_up_at == at
    assert [alert.kind for alert in open_to.alert_rows("neighbour", str(endpoint.id))] == [
        "webhook.given_up"
    ]
    assert {call.headers["webhook-id"] for call in neighbour.calls} == {delivery.message_id}
    neighbour.status = 204
    open_to.do(webhooks.replay, endpoint, delivery.id, by=open_to.by(ZHAO_MIN), at=at)
    telling.run_once(at)
    assert row_of(open_to).sent_at == at
    assert neighbour.calls[-1].headers["webhook-id"] == delivery.message_id


def test_a_message_that_is_still_to_be_sent_is_not_sent_again(open_to, endpoint):
    open_to.issued()
    happen(open_to)
    with pytest.raises(Conflict):
        open_to.do(
            webhooks.replay,
            endpoint,
            row_of(open_to).id,
            by=open_to.by(ZHAO_MIN),
            at=open_to.later(),
        )


def test_a_neighbour_that_is_gone_is_called_no_more(open_to, endpoint, neighbour):
    neighbour.status = 410
    open_to.issued()
    happen(open_to)
    told(open_to).run_once(utcnow())
    assert row_of(open_to).given_up_at is not None
    assert row_of(open_to, WebhookEndpoint).active is False
    open_to.issued()
    happen(open_to)
    assert row_of(open_to).last_status == 410, "nothing further is owed"


def test_a_changed_secret_signs_beside_the_former_one_for_a_day(open_to, endpoint, neighbour):
    former, at = endpoint.secret, utcnow()
    fresh = open_to.do(webhooks.change_secret, endpoint, by=open_to.by(ZHAO_MIN), at=at)
    open_to.issued()
    happen(open_to)
    told(open_to).run_once(utcnow())
    call = neighbour.calls[0]
    for secret in (former, fresh):
        assert Webhook(secret).verify(call.body, call.headers)
    assert json.loads(call.body)["type"] == "order.issued"


def test_only_listed_origins_and_known_events_can_be_added(open_to):
    for words in (
        {"url": "http://169.254.169.254/latest"},
        {"kinds": ["user.created"]},
        {"kinds": []},
    ):
        with pytest.raises(Invalid):
            open_to.do(
                webhooks.add,
                open_to.settings,
                **{
                    "name": "x",
                    "url": f"{open_to.settings.webhook_origins}/in",
                    "kinds": ["order.issued"],
                    **words,
                },
                by=open_to.by(ZHAO_MIN),
                at=open_to.later(),
            )


class Kept(Mailbox):
    """Keeps letters; refuses an address that is not there."""

    def __init__(self):
        super().__init__()
        self.received = []

    def handle_message(self, message):
        self.received.append(message)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def mailbox():
    """A mail server on this machine."""
    kept = Kept()
    kept.port = free_port()
    server = Controller(kept, hostname="127.0.0.1", port=kept.port)
    server.start()
    yield kept
    server.stop()


def subject_of(message):
    return str(make_header(decode_header(message["Subject"])))


def by_mail(world, mailbox):
    return dataclasses.replace(
        world.settings,
        smtp_host="127.0.0.1",
        smtp_port=mailbox.port,
        smtp_security="none",
        mail_from="paigong@example.com",
    )


def test_an_alarm_reaches_by_mail_whoever_has_an_address_once(world, mailbox):
    with transaction() as current:
        current.get(User, world.user(ZHOU_JIANGUO).id).email = "gpm@example.com"
    order = world.issued()
    for _ in range(2):
        world.do(
            alerts.raise_alert,
            "hazard.alarm",
            subject_kind="order",
            subject=order.number,
            audience=["gpm", "dispatch_duty"],
            by=world.by(CHEN_JING),
            at=world.later(),
        )
    post = Post(channels=channels(by_mail(world, mailbox)))
    while post.run_once(utcnow()):
        pass
    post.run_once(utcnow() + dt.timedelta(days=1))
    [letter] = mailbox.received
    assert letter["To"] == "gpm@example.com"
    assert subject_of(letter) == f"现场险情: {order.number}"
    assert row_of(world, Letter).sent_at is not None


def test_an_address_that_is_not_there_is_given_up_at_once_and_trouble_is_not(world, mailbox):
    for address in ("nobody@example.com", "later@example.com"):
        world.do(
            letters.write,
            world.estate_id,
            channel="mail",
            address=address,
            subject="两行\n主题",
            text="正文",
            cause="test",
            at=utcnow(),
        )
    at = utcnow()
    Post(channels={"mail": Mail(by_mail(world, mailbox))}).run_once(at)
    world.session.expire_all()
    fate = {row.address: row for row in world.session.scalars(sa.select(Letter))}
    assert fate["nobody@example.com"].given_up_at == at
    assert fate["later@example.com"].sent_at == at
    assert subject_of(mailbox.received[0]) == "两行 主题"


def test_letters_wait_where_there_is_no_mail_server(world):
    world.do(
        letters.write,
        world.estate_id,
        channel="mail",
        address="gpm@example.com",
        subject="x",
        text="x",
        cause="test",
        at=utcnow(),
    )
    assert Post(channels=channels(world.settings)).run_once(utcnow()) is False
    waiting = row_of(world, Letter)
    assert (waiting.sent_at, waiting.given_up_at, waiting.tries) == (None, None, 0)
