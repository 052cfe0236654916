"""A handheld with its app closed, the real workers, and a push service on this machine."""

from collections.abc import Iterator

import pytest

from tests.acceptance.people import WANG_LIHUA, Cast
from tests.acceptance.stack import House, wait_for
from tests.factories.push_service import Browser, PushService, running_push_service


@pytest.fixture
def service() -> Iterator[PushService]:
    with running_push_service() as running:
        yield running


def test_an_order_from_the_desk_rings_on_a_closed_handheld(
    house: House, staff: Cast, service: PushService
) -> None:
    handheld = staff.new_handheld("liuqiang", "closed")
    url = f"{house.url}/field/v1/push-subscription"
    key = handheld.http.get(url, timeout=10).json()["public_key"]
    browser = Browser(service)
    assert handheld.http.put(url, json=browser.subscription(), timeout=10).status_code == 204

    request = staff.chenjing.registers(*WANG_LIHUA, "灯不亮", urgency="urgent")
    number = staff.chenjing.issues(request["number"], "lamp", "L-LAMP")
    staff.chenjing.dispatches(number, "liuqiang")

    assert wait_for(browser.rings, "the ring") == [
        {"kind": "order.dispatched", "number": number, "urgency": "urgent"}
    ]
    assert service.calls[0].claims(service.origin, key)
    staff.zhaomin.post(f"/devices/{handheld.device}/revoke", reason="test over", lost=False)
    assert handheld.http.get(url, timeout=10).status_code == 401
