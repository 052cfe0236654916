"""Who changes how orders are handed out, and what the page says."""

from server.db import session
from server.work_orders.assigning import Mode, modes_of
from tests.cast import CHEN_JING, HE_LI, LIU_QIANG, ZHAO_MIN


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


def test_a_second_planner_resets_nothing_that_he_has_not_seen(at_desk, today):
    path, first, second = "/assignment-modes", at_desk(HE_LI), at_desk(ZHAO_MIN)
    stale = second.hidden(second.page(path), path)
    shown = {name.removeprefix("seen_"): mode for name, mode in stale.items() if "seen_" in name}
    first.send(path, path, tap_valve="open_pool")
    lamp = second.client.post(path, data={**stale, **shown, "lamp": "in_turn"})
    assert lamp.status_code == 303
    both = {"tap_valve": Mode.OPEN_POOL, "lamp": Mode.IN_TURN}
    assert modes_of(session(), today.estate_id) == both
    tap = second.client.post(path, data={**stale, **shown, "tap_valve": "in_turn"})
    assert tap.status_code == 412
    assert "别人已作更改" in tap.text
    assert "现在是“抢单”" in tap.text
    assert modes_of(session(), today.estate_id) == both
    assert second.client.post(path, data={**stale, "lamp": "in_turn"}).status_code == 303
    told = second.hidden(tap.text, path)
    assert second.client.post(path, data={**told, "tap_valve": "in_turn"}).status_code == 303
    assert modes_of(session(), today.estate_id)["tap_valve"] == Mode.IN_TURN
