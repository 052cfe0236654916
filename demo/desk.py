"""The simulated desk: people call, the desk dispatches, the front desk writes off, QA judges.

It speaks the public API only, with the accounts of `demo.json`, like any neighbouring system.
"""

from __future__ import annotations

import json
import random
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

#: (category, what is said, price item, technicians who can)
FAULTS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("lamp", "厨房日光灯闪烁,有时不亮", "L-LAMP", ("denglin", "sunhao")),
    ("tap_valve", "洗手盆龙头滴水", "L-TAP", ("tanjun", "denglin")),
    ("toilet_tank", "坐便器水箱一直流水", "L-WC", ("tanjun", "denglin")),
    ("air_conditioner", "客厅空调不凉", "L-ACCHK", ("sunhao",)),
    ("switch", "卧室开关打火", "L-SW", ("sunhao", "denglin")),
    ("gas_water_heater", "热水器打不着火", "L-GWH", ("tanjun", "denglin")),
)
MOST_OPEN = 4
TIMEOUT_S = 10


class Caller:
    """One signed-in member of staff."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._url = url
        self._session = requests.Session()
        answer = self._session.post(
            f"{url}/api/v1/tokens",
            json={"username": username, "password": password},
            timeout=TIMEOUT_S,
        )
        answer.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def get(self, path: str, **query: Any) -> Any:
        """Read something."""
        answer = self._session.get(f"{self._url}/api/v1{path}", params=query, timeout=TIMEOUT_S)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        """Do something. Raises requests.HTTPError where it is refused."""
        answer = self._session.post(f"{self._url}/api/v1{path}", json=body, timeout=TIMEOUT_S)
        answer.raise_for_status()
        return answer.json()


class Desk:
    """Keeps a few orders going through the simulated technicians' hands."""

    def __init__(self, demo_file: Path, technicians: frozenset[str], *, seed: int) -> None:
        demo = json.loads(demo_file.read_text(encoding="utf-8"))
        passwords = {one["username"]: one["password"] for one in demo["accounts"]}
        url = demo["web_url"]
        self._duty = Caller(url, "chenjing", passwords["chenjing"])
        self._front = Caller(url, "lina", passwords["lina"])
        self._quality = Caller(url, "sunqian", passwords["sunqian"])
        self._technicians = technicians
        self._random = random.Random(seed)
        self._mine: set[str] = set()
        self._turn = 0

    def go_on_where_it_stopped(self) -> None:
        """Take up the open orders of an earlier run."""
        for state in (
            "dispatched",
            "acknowledged",
            "on_site",
            "quoted",
            "in_progress",
            "awaiting_acceptance",
            "accepted",
        ):
            for order in self._duty.get("/orders", state=state)["items"]:
                if order["technician"] in self._technicians:
                    self._mine.add(order["number"])

    def step(self) -> None:
        """See every open order on, and take a new call when there is room."""
        for number in sorted(self._mine):
            self._see_on(number)
        if len(self._mine) < MOST_OPEN:
            self._take_call()

    def _take_call(self) -> None:
        category, content, item, able = FAULTS[self._turn % len(FAULTS)]
        self._turn += 1
        unit = (
            f"{self._random.randint(1, 12)}栋{self._random.randint(1, 2)}单元"
            f"{self._random.randint(1, 25):02d}01"
        )
        appointment = datetime.now(UTC) + timedelta(minutes=self._random.randint(30, 120))
        request = self._duty.post(
            "/requests",
            customer={"name": "住户", "unit_code": unit, "phone": "13800000000"},
            content=content,
            channel="phone",
            appointment_at=appointment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        path = f"/requests/{request['number']}"
        self._duty.post(
            f"{path}/judgement",
            outcome="accepted",
            nature="paid_special",
            category=category,
            price_item=item,
        )
        order = self._duty.post(f"{path}/orders")
        technician = self._random.choice([one for one in able if one in self._technicians])
        self._duty.post(f"/orders/{order['number']}/dispatch", technician=technician)
        self._duty.post(f"{path}/replies", channel="phone", text="已安排师傅上门,请留意电话。")
        self._mine.add(order["number"])
        print(f"来电 call: {order['number']} {unit} {content} → {technician}", flush=True)

    def _see_on(self, number: str) -> None:
        order = self._duty.get(f"/orders/{number}")
        if order["state"] == "accepted":
            try:
                self._front.post(f"/orders/{number}/write-off", return_point="front_desk")
            except requests.HTTPError as refused:
                # The picture of the signature may still be on its way.
                if refused.response.status_code != requests.codes.conflict:
                    raise
                return
            print(f"核销 written off: {number}", flush=True)
        elif order["state"] == "closed" and order["qa_state"] == "pending":
            self._quality.post(f"/orders/{number}/reviews", outcome="passed", note="证据齐全")
            self._mine.discard(number)
            print(f"评审通过 approved: {number}", flush=True)
        elif order["state"] in {"closed", "cancelled", "void"}:
            self._mine.discard(number)


def run(demo_file: Path, technicians: frozenset[str], stopping: threading.Event) -> None:
    """Simulate the desk until told to stop; a server that is away for a moment is waited for."""
    desk: Desk | None = None
    while not stopping.is_set():
        try:
            if desk is None:
                desk = Desk(demo_file, technicians, seed=int(time.time()))
                desk.go_on_where_it_stopped()
            desk.step()
        except requests.RequestException as error:
            print(f"模拟前台稍候重试 the simulated desk tries again: {error}", flush=True)
        stopping.wait(2.0)
