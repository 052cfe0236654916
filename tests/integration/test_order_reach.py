"""The desk sees how far an order came: queued, sent, on the handheld, opened, acknowledged."""

import sqlalchemy as sa

from server.outbox import ORDER, Owed
from tests.cast import CHEN_JING, LIU_QIANG, PASSWORD
from tests.factories import acts
from tests.factories.handheld import Handheld
from tests.factories.world import World


def test_each_step_of_the_way_shows_when_it_was_reached(web):
    with web.app_context():
        world = World(settings=web.extensions["paigong.settings"])
        order = world.issued()
        acts.dispatch(world, order)
        number = order.number
    desk = web.test_client()
    signed_in = {"username": CHEN_JING.username, "password": PASSWORD}
    token = desk.post("/api/v1/tokens", json=signed_in).get_json()["token"]

    def reached():
        head = {"Authorization": f"Bearer {token}"}
        told = desk.get(f"/api/v1/orders/{number}", headers=head).get_json()
        steps = ("sent_at", "received_at", "opened_at", "acknowledged_at")
        return [step for step in steps if told[step] is not None]

    assert reached() == []
    with web.app_context():
        sent = sa.update(Owed).where(Owed.kind == ORDER, Owed.subject == number)
        world.do(lambda session: session.execute(sent.values(sent_at=world.later())))
    assert reached() == ["sent_at"]
    with web.app_context():
        order = world.session.get(type(order), order.id)
        handheld = Handheld(world=world, staff=LIU_QIANG)
        handheld.does("order.received", order)
    assert "received_at" in reached()
    with web.app_context():
        order = world.session.get(type(order), order.id)
        for kind in ("order.opened", "order.acknowledged"):
            handheld.does(kind, order)
    assert reached()[-2:] == ["opened_at", "acknowledged_at"]
