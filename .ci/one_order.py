"""Starts `make demo` once on free ports and a fresh home, and sees one order from the call to the
approval through the public API; a simulated technician does the work. Then Ctrl-C: nobody stays."""

import contextlib
import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import requests

START_S = 240
WORK_S = 300
STOP_S = 60
TECHNICIAN = "denglin"


def say(what: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {what}", flush=True)


def wait_for(what: str, seconds: float, condition: Callable[[], Any]) -> Any:
    """What the condition came to. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.2)
    return found


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as opened:
        probes = [opened.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def below(parent: int) -> set[int]:
    """All processes that a process started, and theirs."""
    children: dict[int, set[int]] = {}
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                children.setdefault(int(fields[1]), set()).add(int(folder.name))
    found, new = set(), {parent}
    while new:
        new = set().union(*(children.get(pid, set()) for pid in new)) - found
        found |= new
    return found


@contextlib.contextmanager
def demo(home: Path, url: str, ports: list[int]) -> Iterator[None]:
    """`make demo`, as typed; stopped with Ctrl-C, and nobody may stay."""
    names = ("PAIGONG_WEB_PORT", "PAIGONG_MQTT_PORT", "PAIGONG_MQTT_WS_PORT")
    environment = {**os.environ, "PAIGONG_HOME": str(home)}
    environment |= dict(zip(names, map(str, ports), strict=True))
    running = subprocess.Popen(["make", "demo"], env=environment, start_new_session=True)
    processes: set[int] = set()
    try:
        wait_for("a healthy demo", START_S, lambda: is_healthy(url, running))
        processes = below(running.pid)
        say(f"the demo is up: {len(processes)} processes")
        yield
        processes |= below(running.pid)
        say("Ctrl-C")
    finally:
        processes |= below(running.pid)
        os.killpg(running.pid, signal.SIGINT)
        try:
            running.wait(STOP_S)
        finally:
            left = {pid for pid in processes if is_alive(pid)}
            for pid in {*left, running.pid} if running.poll() is None else left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    if left:
        raise RuntimeError(f"these outlived the demo: {sorted(left)}")
    say(f"stopped, none of {len(processes)} processes is left")


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def is_healthy(url: str, running: subprocess.Popen[bytes]) -> bool:
    if running.poll() is not None:
        raise RuntimeError(f"make demo ended with {running.returncode}")
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"{url}/healthz", timeout=2).status_code == requests.codes.ok
    return False


class Person:
    """One account of demo.json."""

    def __init__(self, told: dict[str, Any], username: str) -> None:
        self._url = f"{told['web_url']}/api/v1"
        passwords = {one["username"]: one["password"] for one in told["accounts"]}
        self._headers = {}
        token = self.post("/tokens", username=username, password=passwords[username])["token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> Any:
        return self._read(requests.get(self._url + path, headers=self._headers, timeout=10))

    def post(self, path: str, **body: Any) -> Any:
        answer = requests.post(self._url + path, json=body, headers=self._headers, timeout=10)
        return self._read(answer)

    def _read(self, answer: requests.Response) -> Any:
        if not answer.ok:
            raise RuntimeError(f"{answer.request.method} {answer.url}: {answer.text}")
        return answer.json()


def see_one_order(home: Path) -> None:
    """From the call to the approval."""
    began = time.monotonic()
    told = json.loads((home / "demo.json").read_text(encoding="utf-8"))
    desk, front, quality = (Person(told, who) for who in ("chenjing", "lina", "sunqian"))
    appointment = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    call = desk.post(
        "/requests",
        customer={"name": "王丽华", "unit_code": "3栋2单元1502", "phone": "13900000001"},
        content="厨房日光灯不亮",
        channel="phone",
        appointment_at=appointment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    path = f"/requests/{call['number']}"
    desk.post(f"{path}/judgement", outcome="accepted", category="lamp", price_item="L-LAMP")
    number = desk.post(f"{path}/orders")["number"]
    desk.post(f"/orders/{number}/dispatch", technician=TECHNICIAN)
    reply = desk.post(f"{path}/replies", channel="phone", text="邓师傅马上上门。")
    if not reply["in_time"]:
        raise RuntimeError("the reply was late")
    say(f"{call['number']} → {number}, dispatched to {TECHNICIAN}")

    seen = ["dispatched"]

    def accepted() -> bool:
        state = desk.get(f"/orders/{number}")["state"]
        if state != seen[-1]:
            seen.append(state)
            say(f"{number} {state}")
        # The desk's simulation may have written it off between two looks.
        return state in {"accepted", "closed"}

    wait_for("the customer's signature", WORK_S, accepted)
    signature = "the picture of the signature"
    wait_for(signature, WORK_S, lambda: "signature" in tags(desk, number))
    wait_for("the write-off", 30, lambda: written_off(front, number))
    wait_for("the approval", 30, lambda: approved(quality, number))
    passed = quality.get(f"/orders/{number}")
    if (passed["state"], passed["qa_state"]) != ("closed", "passed"):
        raise RuntimeError(f"not approved: {passed}")
    took_s = time.monotonic() - began
    say(f"{number} closed and approved, {passed['charge_fen']} fen, {took_s:.0f} s")


def tags(person: Person, number: str) -> set[str]:
    return {photo["tag"] for photo in person.get(f"/orders/{number}/photos")["items"]}


def written_off(front: Person, number: str) -> bool:
    """The desk's simulation or we ourselves; what is still on its way is waited for."""
    if front.get(f"/orders/{number}")["state"] == "closed":
        return True
    with contextlib.suppress(RuntimeError):
        front.post(f"/orders/{number}/write-off", return_point="front_desk")
    return False


def approved(quality: Person, number: str) -> bool:
    """By the desk's simulation or by ourselves."""
    if quality.get(f"/orders/{number}")["qa_state"] == "passed":
        return True
    with contextlib.suppress(RuntimeError):
        quality.post(f"/orders/{number}/reviews", outcome="passed", note="证据齐全")
    return False


def main() -> int:
    ports = free_ports(3)
    url = f"http://127.0.0.1:{ports[0]}"
    with tempfile.TemporaryDirectory() as home:
        try:
            with demo(Path(home), url, ports):
                see_one_order(Path(home))
        except (
            RuntimeError,
            TimeoutError,
            subprocess.TimeoutExpired,
            requests.RequestException,
        ) as failure:
            print(f"FAILED: {failure}", file=sys.stderr)
            for log in sorted((Path(home) / "log").glob("*.log")):
                print(f"--- {log.name}", file=sys.stderr)
                print("\n".join(log.read_text().splitlines()[-15:]), file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
