"""What belongs to another estate does not exist for anybody here (contract: 404)."""

import datetime as dt
from decimal import Decimal

import pytest

from server.accounts import operations as accounts
from server.alerts import operations as alerts
from server.devices import operations as devices
from server.errors import NotFound
from server.estate.operations import create_estate, next_number
from server.history import Actor
from server.incidents import operations as incidents
from server.quality import corrections
from server.quality import operations as quality
from server.requests import capturing
from server.requests import operations as requests
from server.return_visits import operations as visits
from server.stores import operations as stores
from server.work_orders import queries
from server.work_orders.operations import moving, supplying
from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, SHANGHAI, SUN_QIAN
from tests.factories import acts
from tests.factories.acts import order_in


@pytest.fixture
def stranger(world):
    """Somebody with every right, in the estate next door."""
    estate_id = world.do(create_estate, "邻居花园").id
    system = accounts.system_actor(estate_id)
    return Actor(
        estate_id=estate_id,
        ref=system.ref,
        name="邻居",
        roles=frozenset({"cs_manager", "dispatch_duty", "storekeeper", "qa_reviewer"}),
    )


def is_found(world, look):
    try:
        world.do(look)
    except NotFound:
        return False
    return True


def test_a_stranger_finds_nothing_of_this_estate(world, stranger):
    request = world.register()
    order = order_in(world, State.ACKNOWLEDGED)
    says = {"by": world.by(LIU_QIANG), "at": world.later()}
    world.do(
        supplying.request_stock, world.settings, order, wanted=[("M-WCSET", Decimal(1))], **says
    )
    (line,) = stores.lines_of(world.session, order.id)
    acts.alarm(world, order)
    incident = world.do(
        incidents.report_incident,
        world.settings,
        place="3栋大堂",
        category="engineering",
        severity="normal",
        description="漏水",
        emergency_action=None,
        found_at=world.now,
        photos=[],
        **says,
    )
    closed = order_in(world, State.CLOSED)
    visit = world.do(
        visits.open_visit, world.settings, closed, by=world.by(CHEN_JING), at=world.later()
    )
    world.do(
        quality.review,
        world.settings,
        closed,
        outcome="failed",
        steps={},
        note=None,
        correction="重拍",
        due_on=dt.date(2025, 3, 20),
        by=world.by(SUN_QIAN),
        at=world.later(),
    )
    (action,) = corrections.of_order(world.session, closed.id)
    alarm = world.alert_rows("order", order.number)[-1]
    looks = {
        "request": lambda s: requests.find(s, request.number, by=stranger),
        "order": lambda s: moving.find_order(s, order.number, by=stranger),
        "order, reading": lambda s: queries.get_order(s, stranger.estate_id, order.number),
        "stock line": lambda s: stores.find_line(s, line.number, by=stranger),
        "incident": lambda s: incidents.find_incident(s, incident.number, by=stranger),
        "visit": lambda s: visits.find_visit(s, visit.number, by=stranger),
        "correction": lambda s: corrections.find(s, action.id, by=stranger),
        "alert": lambda s: alerts.dismiss(s, alarm.id, how="?", by=stranger, at=world.now),
        "capture": lambda s: capturing.find(s, alarm.id, by=stranger),
        "handheld": lambda s: devices.find(s, LIU_QIANG.handheld, by=stranger),
    }
    seen = [what for what, look in looks.items() if is_found(world, look)]
    assert seen == []
    page = queries.list_orders(world.session, stranger.estate_id)
    assert page.items == []
    assert alerts.open_alerts(world.session, stranger.estate_id) == []


def test_every_estate_numbers_for_itself(world, stranger):
    world.register()
    taken = world.do(next_number, stranger.estate_id, "DJ", world.now, SHANGHAI)
    assert taken == "DJ-202503-0001"
