"""A push service on this machine, listed in the settings, and technicians with closed handhelds."""

import dataclasses
from dataclasses import dataclass

import pytest

from server import reactions
from server.push import operations as push
from server.push.delivery import Delivery
from server.push.models import PushSubscription
from server.work_orders.ringing import message_of
from tests.cast import LIU_QIANG, Staff
from tests.factories.push_service import Browser, PushService, running_push_service
from tests.factories.world import World


@pytest.fixture
def service():
    with running_push_service() as running:
        yield running


@pytest.fixture
def settings(settings):
    """Settings in which this machine's own push service is listed."""
    return dataclasses.replace(
        settings, push_hosts="127.0.0.1", push_contact="mailto:it@luneng.example"
    )


@dataclass(frozen=True, kw_only=True)
class Ringing:
    """The background of the house as far as rings go, at the world's time."""

    world: World
    service: PushService

    def closed_handheld(self, staff: Staff = LIU_QIANG) -> Browser:
        """The technician's handheld has subscribed, and its app was closed."""
        browser = Browser(self.service)
        self.subscribe(browser, staff)
        return browser

    def subscribe(self, browser: Browser, staff: Staff = LIU_QIANG) -> None:
        self.world.do(
            push.subscribe,
            self.world.settings,
            device_id=staff.handheld,
            endpoint=browser.endpoint,
            **browser.keys(),
            at=self.world.now,
        )

    def subscription(self, staff: Staff = LIU_QIANG) -> PushSubscription | None:
        return self.world.session.get(PushSubscription, staff.handheld, populate_existing=True)

    def notice(self) -> None:
        """What follows from what happened: the background worker."""
        while reactions.run_once(self.world.settings, self.world.now):
            pass

    def deliver(self) -> None:
        """The push worker, until nothing is due."""
        delivery = Delivery(settings=self.world.settings, message_of=message_of)
        while delivery.run_once(self.world.now):
            pass

    def go_on(self) -> None:
        """Both, one after the other."""
        self.notice()
        self.deliver()


@pytest.fixture
def ringing(world, service, monkeypatch):
    # A service of these tests answers once the test has done what it wants meanwhile.
    monkeypatch.setattr("server.push.delivery.TIMEOUT_S", (20, 40))
    return Ringing(world=world, service=service)
