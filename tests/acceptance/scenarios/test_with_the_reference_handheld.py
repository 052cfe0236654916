"""S-01, S-04 and S-08 once more, with `paigong handheld` as the technicians' program."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.desk import in_minutes
from tests.acceptance.people import WANG_LIHUA, XU_JING, ZHOU_MIN, Cast
from tests.acceptance.stack import House, wait_for

PATIENCE_S = 90
Items = Sequence[dict[str, Any]]


class Program:
    """One handheld program with a home of its own."""

    def __init__(self, house: House, home: Path, code: str) -> None:
        self.home, self._house = home, house
        self._runs = 0
        self._command("pair", code, "--url", house.url)

    def works(self, script: Items) -> str:
        """Carry out a script to its end; what the program said."""
        running = self.begins("--script", self._script(script), "--until-idle")
        try:
            said, _ = running.communicate(timeout=PATIENCE_S)
        finally:
            running.kill()
            running.wait()
        assert running.returncode == 0, said
        return said

    def dies_in(self, script: Items, last_words: str) -> None:
        """Begin a script and be killed once it said its last words."""
        running = self.begins("--script", self._script(script))
        assert running.stdout is not None
        with running:
            for line in running.stdout:
                if last_words in line:
                    break
            os.kill(running.pid, signal.SIGKILL)

    def begins(self, *options: str) -> subprocess.Popen[str]:
        """Start `paigong handheld run`."""
        return subprocess.Popen(
            [sys.executable, "-m", "server.cli", "handheld", "run", *options, "--home", self.home],
            env=self._house.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _script(self, items: Items) -> str:
        self._runs += 1
        path = self.home / f"script-{self._runs}.json"
        path.write_text(json.dumps(list(items), ensure_ascii=False))
        return str(path)

    def _command(self, *arguments: str) -> None:
        done = self._house.command("handheld", *arguments, "--home", str(self.home))
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def program_of(house: House, staff: Cast, tmp_path: Path) -> Iterator[Callable[[str], Program]]:
    with contextlib.ExitStack() as after:

        def make(technician: str) -> Program:
            enrolled = staff.zhaomin.post("/devices", label="reference", technician=technician)
            after.callback(
                staff.zhaomin.post,
                f"/devices/{enrolled['id']}/revoke",
                reason="test over",
                lost=False,
            )
            return Program(house, tmp_path / technician, enrolled["pairing_code"])

        yield make


def issued(staff: Cast, resident: tuple[str, str, str], category: str, item: str) -> str:
    request = staff.chenjing.registers(*resident, "请来修", appointment_at=in_minutes(60))
    return staff.chenjing.issues(request["number"], category, item)


def do(word: str, **more: Any) -> dict[str, Any]:
    return {"do": word, **more}


def wait(what: str, **more: Any) -> dict[str, Any]:
    return {"wait_for": what, **more}


def step(name: str, answer: dict[str, Any], *photos: str, **more: Any) -> dict[str, Any]:
    return do("record", step=name, answer=answer, photos=list(photos), **more)


def there(number: str, note: str) -> Items:
    return [
        wait("order", order=number),
        do("acknowledge"),
        do("arrive"),
        do("inspect", note=note, photos=["before"]),
    ]


READY: Items = [wait("uploads"), wait("answers"), do("ready"), wait("outcome", **{"is": "applied"})]
TOILET_TESTS: Items = [
    step("WC-T1", {"ok": True}, "level"),
    step("WC-T2", {"value": "10", "unit": "min", "fields": {"leaks": "0"}}, "dye"),
    step("WC-T3", {}, "after"),
]


def lines(*codes: str) -> list[dict[str, str]]:
    return [{"item": code, "qty": "1"} for code in codes]


def test_s01_lamp_from_call_to_approval(
    house: House, staff: Cast, program_of: Callable[[str], Program]
) -> None:
    liuqiang = program_of("liuqiang")
    number = issued(staff, WANG_LIHUA, "lamp", "L-LAMP")
    staff.chenjing.dispatches(number, "liuqiang")
    said = liuqiang.works([
        *there(number, "启辉器坏,灯管发黑"),
        step("LAMP-01", {}, "before"),
        step("LAMP-02", {"confirmed": True}),
        step("LAMP-03", {"value": "221", "unit": "V AC"}, "meter"),
        step("LAMP-05", {"confirmed": True}, "isolation"),
        step("LAMP-06", {"ok": True}),
        step("LAMP-08", {"ok": False}),
        step("LAMP-10", {"ok": False}),
        do("quote", lines=lines("L-LAMP", "M-TUBE36", "M-STARTER"), total_fen=3000),
        do("confirm_quote", method="handheld_signature", signer="王丽华"),
        step("LAMP-09", {"done": True}, "old_part", "new_part"),
        step(
            "LAMP-11", {"done": True, "old_spec": "36W", "new_spec": "36W"}, "old_part", "new_part"
        ),
        step("LAMP-12", {"ok": True}),
        step("LAMP-16", {"ok": True}),
        step("LAMP-18", {"done": True}),
        step("LAMP-19", {"value": "2", "unit": "times"}),
        step("LAMP-20", {}, "after"),
        *READY,
        do("accept", signer={"name": "王丽华", "relation": "owner"}),
    ])  # fmt: skip
    assert "被拒" not in said
    assert staff.chenjing.order(number)["state"] == "accepted"
    closed = staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")
    assert (closed["state"], closed["charge_fen"]) == ("closed", 3000)
    passed = staff.sunqian.post(f"/orders/{number}/reviews", outcome="passed")
    assert passed["qa_state"] == "passed"
    house.assert_history_holds(number)


def test_s04_recalled_while_the_program_is_offline_and_killed(
    house: House, staff: Cast, program_of: Callable[[str], Program]
) -> None:
    zhangwei = program_of("zhangwei")
    number = issued(staff, ZHOU_MIN, "tap_valve", "L-TAP")
    staff.chenjing.dispatches(number, "zhangwei")
    zhangwei.dies_in([
        wait("order", order=number),
        wait("answers"),
        do("offline"),
        do("open"),
        do("acknowledge"),
        do("arrive"),
        do("inspect", note="阀芯磨损", photos=["before"]),
        do("quote", lines=lines("L-TAP", "M-TAP15"), total_fen=6500),
        do("confirm_quote", method="phone", signer="周敏"),
        do("say", text="in the basement"),
    ], "in the basement")  # fmt: skip
    assert staff.chenjing.order(number)["state"] == "dispatched"
    staff.chenjing.post(f"/orders/{number}/recall", reason="联系不上")
    staff.chenjing.dispatches(number, "liuqiang")

    zhangwei.works([do("online"), wait("answers")])
    kept = [row["data"]["type"] for row in staff.chenjing.history(number, "event.recorded_late")]
    done = ["opened", "acknowledged", "arrived", "inspected", "quoted"]
    assert kept[-6:] == [*(f"order.{word}" for word in done), "quote.confirmed"]
    order = staff.chenjing.order(number)
    assert (order["technician"], order["state"]) == ("liuqiang", "dispatched")
    assert "order.conflict" in staff.chenjing.open_alerts(number)
    house.assert_history_holds(number)


def test_s08_three_trials_and_another_technician(
    house: House, staff: Cast, program_of: Callable[[str], Program]
) -> None:
    zhangwei, liuqiang = program_of("zhangwei"), program_of("liuqiang")
    number = issued(staff, XU_JING, "toilet_tank", "L-WC")
    staff.chenjing.dispatches(number, "zhangwei")
    drips = do("reject", reason="还是滴水", apology="对不起")
    again = [wait("state", **{"is": "rework"}), *TOILET_TESTS, *READY]
    zhangwei.works([
        *there(number, "胶塞老化"),
        step("WC-01", {}, "before"),
        step("WC-02", {"choices": ["outlet_plug"]}),
        do("quote", lines=lines("L-WC", "M-WCPLUG"), total_fen=3300),
        do("confirm_quote", method="handheld_signature", signer="徐静"),
        step("WC-B1", {"done": True}),
        step("WC-B2", {"ok": False}, "old_part"),
        step("WC-B3", {"done": True}, "new_part"),
        *TOILET_TESTS, *READY, drips, *again, drips, *again, drips,
    ])  # fmt: skip
    wait_for(lambda: staff.chenjing.order(number)["state"] == "escalated", "the escalation")
    staff.zhouguojian.post(
        f"/orders/{number}/decisions", decision="waive", text="免费整套更换", technician="liuqiang"
    )
    liuqiang.works([
        wait("order", order=number),
        step("WC-02", {"choices": ["float_valve", "outlet_plug"]}),
        step("WC-A1", {"ok": False}),
        step("WC-A3", {"done": True}, "seal"),
        step("WC-A4", {"ok": False}),
        step("WC-A5", {"confirmed": True}, "isolation"),
        step("WC-A6", {"done": True}, "old_part", "new_part"),
        step("WC-T0", {"done": True}),
        step("WC-B1", {"done": True}),
        step("WC-B2", {"ok": True}, "old_part"),
        *TOILET_TESTS, *READY,
        do("accept", signer={"name": "徐静", "relation": "owner"}),
    ])  # fmt: skip
    closed = staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")
    assert (closed["total_fen"], closed["warranty_code"]) == (0, "goodwill")
    assert closed["rework_round"] == 3
    house.assert_history_holds(number)
