"""The end of a shift: what is open and out is put down by the server, and the next shift confirms."""

from decimal import Decimal

import pytest

from server.errors import Conflict, Denied
from server.handovers import operations, queries
from server.handovers.models import Handover
from server.history import history_of, verify
from server.stores import operations as stores
from server.work_orders.operations import supplying
from server.work_orders.states import State
from tests.cast import CHEN_JING, LI_NA, LIU_QIANG, MA_CHAO, NINE, PASSWORD, QIAN_JIN, WU_GANG
from tests.factories import acts
from tests.factories.acts import order_in
from tests.factories.handheld import Handheld, spelled
from tests.factories.world import World

MEGGER = "T-MEGGER"
NOTE = "3栋1502等灯管,答应客户明早回电"


@pytest.fixture
def handheld(world):
    """HH-01, in the hands of 刘强."""
    return Handheld(world=world, staff=LIU_QIANG)


def borrowed(world, order, code=MEGGER, *, by=LIU_QIANG):
    words = {"wanted": [(code, Decimal(1))], "by": world.by(by), "at": world.later()}
    world.do(supplying.request_stock, world.settings, order, **words)
    line = stores.lines_of(world.session, order.id)[-1]
    words = {"qty": Decimal(1), "by": world.by(QIAN_JIN), "at": world.later()}
    world.do(supplying.issue_stock, order, line, **words)
    return line


def entries(world):
    world.session.expire_all()
    return world.session.query(Handover).order_by(Handover.number).all()


def alert_kinds(world, number):
    rows = world.alert_rows("handover", number)
    return [(row.kind, row.rule) for row in rows if row.resolved_at is None]


def confirm(world, handover, by):
    world.do(
        lambda session: operations.confirm(
            session,
            queries.find(session, handover.number, by=world.by(by), lock=True),
            by=world.by(by),
            at=world.later(),
        )
    )


def test_what_is_open_and_out_is_put_down_by_the_server(world, handheld):
    begun = order_in(world, State.IN_PROGRESS)
    waiting = order_in(world, State.DISPATCHED)
    order_in(world, State.CLOSED)
    theirs = order_in(world, State.CREATED)
    acts.dispatch(world, theirs, to=MA_CHAO)
    line = borrowed(world, begun)

    assert handheld.does("shift.handed_over", note=NOTE, to="马超")["outcome"] == "applied"
    (entry,) = entries(world)
    assert (entry.number, entry.kind) == ("YJ-202503-0001", "shift")
    assert (entry.from_name, entry.to_name, entry.note) == ("刘强", "马超", NOTE)
    assert sorted(entry.open_orders, key=lambda one: one["number"]) == [
        {"number": begun.number, "state": "in_progress"},
        {"number": waiting.number, "state": "dispatched"},
    ]
    assert entry.stock_out == [
        {"line": line.number, "item": MEGGER, "qty": "1.00", "order": begun.number}
    ]
    assert alert_kinds(world, entry.number) == [("shift.handed_over", "X-014")]
    assert [row.kind for row in history_of(world.session, "handover", entry.number)] == [
        "shift.handed_over",
        "alert.raised",
    ]
    assert verify(world.session, "handover", entry.number) is None


def test_it_says_when_the_shift_ended_though_it_arrived_later(world, handheld):
    event = handheld.event("shift.handed_over", at=NINE, note="无遗留")
    handheld.send(event, at=world.later())
    (entry,) = entries(world)
    assert spelled(entry.made_at) == event["time"]
    assert entry.received_at == world.now


def test_said_twice_it_stands_once(world, handheld):
    event = handheld.event("shift.handed_over", note="无遗留")
    assert [handheld.send(event)["outcome"] for _ in range(2)] == ["applied", "duplicate"]
    (entry,) = entries(world)
    assert (entry.open_orders, entry.stock_out, entry.to_name) == ([], [], None)


def test_the_next_shift_confirms_and_never_whoever_handed_over(world, handheld):
    handheld.does("shift.handed_over", note=NOTE)
    (entry,) = entries(world)
    with pytest.raises(Denied) as refused:
        confirm(world, entry, LIU_QIANG)
    assert refused.value.rule == "X-014"

    confirm(world, entry, WU_GANG)
    confirmed_at = entry.confirmed_at
    confirm(world, entry, WU_GANG)
    assert (entry.confirmed_by, entry.confirmed_at) == (world.user(WU_GANG).id, confirmed_at)
    assert alert_kinds(world, entry.number) == []
    with pytest.raises(Conflict):
        confirm(world, entry, CHEN_JING)


def signed_in(web, staff):
    told = {"username": staff.username, "password": PASSWORD}
    token = web.test_client().post("/api/v1/tokens", json=told).get_json()["token"]
    return {"Authorization": f"Bearer {token}"}


def test_the_desk_reads_the_book_page_by_page_and_confirms(web):
    with web.app_context():
        handheld = Handheld(
            world=World(settings=web.extensions["paigong.settings"]), staff=LIU_QIANG
        )
        for day in ("一", "二", "三"):
            handheld.does("shift.handed_over", note=f"周{day}")
    desk, head = web.test_client(), signed_in(web, LI_NA)
    seen, cursor = [], ""
    while cursor is not None:
        page = desk.get(f"/api/v1/handovers?limit=2{cursor}", headers=head).get_json()
        seen += [one["note"] for one in page["items"]]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert seen == ["周三", "周二", "周一"]

    answer = desk.post("/api/v1/handovers/YJ-202503-0002/confirm", headers=head)
    assert (answer.status_code, answer.get_json()["note"]) == (200, "周二")
    assert answer.get_json()["confirmed_at"]
    left = desk.get("/api/v1/handovers?unconfirmed=true", headers=head).get_json()
    assert [one["note"] for one in left["items"]] == ["周三", "周一"]
    assert desk.get("/api/v1/handovers?cursor=YJ-1", headers=head).status_code == 422
    assert desk.post("/api/v1/handovers/YJ-1/confirm", headers=head).status_code == 404


def test_whoever_has_nothing_to_do_with_dispatching_does_not_read_the_book(web):
    assert web.test_client().get("/api/v1/handovers").status_code == 401
    head = signed_in(web, QIAN_JIN)
    assert web.test_client().get("/api/v1/handovers", headers=head).status_code == 403
