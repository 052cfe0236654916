"""Who changes how orders are handed out, and what the page says."""

from server.db import session
from server.work_orders.assigning import Mode, modes_of
from tests.cast import CHEN_JING, HE_LI, LIU_QIANG


def test_the_head_of_dispatch_lets_taps_be_taken_from_the_pool(at_desk, today):
    desk = at_desk(HE_LI)
    answer = desk.send("/assignment-modes", "/assignment-modes", tap_valve="open_pool")
    assert "派工方式已保存" in desk.follow(answer)
    assert modes_of(session(), today.estate_id) == {"tap_valve": Mode.OPEN_POOL}
    refused = desk.send("/assignment-modes", "/assignment-modes", lamp="by_lot")
    assert refused.status_code == 422


def test_a_dispatcher_reads_it_and_a_technician_does_not(at_desk, today):
    page = at_desk(CHEN_JING).page("/assignment-modes")
    assert "保存" not in page
    assert at_desk(LIU_QIANG).get("/assignment-modes").status_code == 403
