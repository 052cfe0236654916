"""The script of a handheld: mistakes are named by item, and the documented example is one."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reference_handheld import held_orders, outgoing
from reference_handheld.script import Script, ScriptError
from reference_handheld.store import Store
from reference_handheld.worker import AdjustableClock

ORDER = "FW-202503-0001"
AT = datetime(2025, 3, 5, 1, 8, tzinfo=UTC)
GUIDE = Path(__file__).parents[3] / "docs" / "integrating-a-handheld.md"


def loaded(store: Store, folder: Path, items: Any) -> Script:
    path = folder / "script.json"
    path.write_text(items if isinstance(items, str) else json.dumps(items), encoding="utf-8")
    return Script.load(
        path,
        store,
        device="hh-01",
        clock=AdjustableClock(store, lambda: AT),
        seed="1",
        say=lambda _line: None,
    )


def receive(store: Store, state: str = "dispatched", version: int = 1, **more: Any) -> None:
    held_orders.take(store, {"number": ORDER, "version": version, "state": state, **more})


@pytest.mark.parametrize(
    ("items", "complaint"),
    [
        ("{", "not JSON"),
        ({"do": "open"}, "must be a list"),
        ([{"do": "open"}, {"note": "x"}], "item 2"),
        ([{"do": "juggle"}], "unknown 'juggle'"),
        ([{"do": "record", "step": "LAMP-01"}], "lacks answer"),
        ([{"wait_for": "state"}], "lacks is"),
        ([{"wait_for": "spring"}], "unknown 'spring'"),
    ],
)
def test_a_mistake_is_named(store: Store, tmp_path: Path, items: Any, complaint: str) -> None:
    with pytest.raises(ScriptError, match=complaint):
        loaded(store, tmp_path, items)


def test_the_example_of_the_guide_can_be_loaded(store: Store, tmp_path: Path) -> None:
    example = GUIDE.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    script = loaded(store, tmp_path, example)
    receive(store, category="lamp")
    for _ in range(20):
        script.turn()
    sent = [event.type for event in outgoing.waiting(store)]
    assert sent[:3] == ["order.acknowledged", "order.arrived", "order.inspected"]
    assert sent[-1] == "order.quoted"


def test_a_wait_holds_until_what_it_waits_for_has_come(store: Store, tmp_path: Path) -> None:
    script = loaded(
        store, tmp_path, [{"wait_for": "order"}, {"wait_for": "state", "is": "on_site"}]
    )
    assert not script.turn()
    receive(store)
    assert script.turn()
    assert not script.turn()
    receive(store, "on_site", 2)
    assert script.turn()
    assert script.idle


def test_a_restart_goes_on_with_the_next_item(store: Store, tmp_path: Path) -> None:
    items = [{"do": "acknowledge"}, {"do": "offline"}, {"do": "arrive"}]
    receive(store)
    for _ in items:
        assert loaded(store, tmp_path, items).turn()
    again = loaded(store, tmp_path, items)
    assert again.idle
    assert again.offline
    sent = [event.type for event in outgoing.waiting(store)]
    assert sent == ["order.acknowledged", "order.arrived"]


def test_a_changed_script_starts_anew(store: Store, tmp_path: Path) -> None:
    receive(store)
    loaded(store, tmp_path, [{"do": "open"}]).turn()
    assert not loaded(store, tmp_path, [{"do": "open"}, {"do": "arrive"}]).idle


def test_the_next_attempt_follows_what_the_server_and_the_handheld_know(
    store: Store, tmp_path: Path
) -> None:
    receive(store, "in_progress", run=[{"step": "LAMP-19", "attempt": 2, "status": "fail"}])
    record = {"do": "record", "step": "LAMP-19", "answer": {"value": "2", "unit": "times"}}
    script = loaded(store, tmp_path, [record, record])
    script.turn()
    script.turn()
    assert [event.data["attempt"] for event in outgoing.waiting(store)] == [3, 4]


def test_a_clock_set_wrong_shows_in_the_events(store: Store, tmp_path: Path) -> None:
    receive(store)
    script = loaded(store, tmp_path, [{"do": "clock", "fast_s": 180}, {"do": "open"}])
    script.turn()
    script.turn()
    (event,) = outgoing.waiting(store)
    assert json.loads(event.body)["time"] == "2025-03-05T01:11:00.000Z"


def test_the_end_of_a_shift_needs_no_order(store: Store, tmp_path: Path) -> None:
    script = loaded(store, tmp_path, [{"do": "hand_over_shift", "note": "无遗留", "to": "马超"}])
    script.turn()
    (sent,) = outgoing.waiting(store)
    assert (sent.type, sent.subject) == ("shift.handed_over", None)
    assert sent.data == {"note": "无遗留", "to": "马超"}
