"""`paigong run` and `paigong demo`: the broker, the web and the workers under one roof."""

from __future__ import annotations

import json
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import requests
import sqlalchemy as sa

from demo.people import SIMULATED
from mqtt.brokers import BrokerUnavailable
from mqtt.brokers.supervise import EmbeddedBroker
from mqtt.worker import EXIT_UNSAFE
from server import migrate
from server.accounts.models import User
from server.app import create_core
from server.db import session, transaction, utcnow
from server.evidence.storage import photo_store
from server.processes import Child
from server.search_commands import is_unfilled
from server.settings import Settings

log = logging.getLogger(__name__)

STARTUP_S = 60
STOP_S = 8.0
POLL_S = 0.3
EXIT_HANDHELD_WIPED = 3


class CannotStart(Exception):
    """Why the house does not open, in a sentence for whoever typed the command."""


class Supervisor:
    """Starts everything in order, keeps it running, stops it in order."""

    def __init__(self, settings: Settings, *, demo: bool) -> None:
        self._settings = settings
        self._demo = demo
        self._stopping = False
        self._broker = _embedded(settings) if settings.broker == "nats" else None
        self._children: list[Child] = []

    def run(self) -> int:
        """Serve until SIGINT or SIGTERM; the exit code."""
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGTERM, self._stop)
        try:
            self._prepare()
            self._open()
            while not self._stopping:
                self._poll()
                time.sleep(POLL_S)
        except CannotStart as reason:
            print(f"无法启动 cannot start: {reason}", file=sys.stderr)
            return 1
        finally:
            self._close()
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _prepare(self) -> None:
        settings = self._settings
        (settings.home / "run").mkdir(parents=True, exist_ok=True)
        (settings.home / "log").mkdir(parents=True, exist_ok=True)
        if trouble := photo_store(settings).trouble(writing=True):
            raise CannotStart(f"照片库 photo store: {trouble}")
        ports = [("PAIGONG_WEB_PORT", settings.web_port)]
        if self._broker is not None:
            ports.append(("PAIGONG_MQTT_PORT", settings.mqtt_port))
            ports.append(("PAIGONG_MQTT_WS_PORT", settings.mqtt_ws_port))
        for name, port in ports:
            if not _is_free(settings.web_host, port):
                raise CannotStart(f"端口 {port} 已被占用 port {port} is taken; set {name}")
        _say("数据库 database", settings.sqlalchemy_url.rsplit("@", 1)[-1])
        app = create_core(settings)
        with app.app_context():
            migrate.upgrade(app)
            if is_unfilled():
                _say("搜索还不全 search is not complete", "paigong db reindex")
            if self._demo:
                self._make_demo()
            elif session().scalar(sa.select(User.id).limit(1)) is None:
                self._make_setup_code()

    def _make_demo(self) -> None:
        from demo import estate

        path = self._settings.home / "demo.json"
        if session().scalar(sa.select(User.id).limit(1)) is not None:
            if not path.exists():
                raise CannotStart(
                    f"{self._settings.home} 里不是演示数据 holds data that is not the demo's"
                )
            # Same people and passwords as last time; the ports may be others.
            known = json.loads(path.read_text(encoding="utf-8"))["accounts"]
            estate.write_demo_file(self._settings, known)
            return
        _say("演示小区 demo estate", "12 栋 buildings, 600 户 units, 23 人 people …")
        with transaction() as current:
            _, accounts = estate.build(current, self._settings, at=utcnow())
            estate.write_demo_file(self._settings, accounts)

    def _make_setup_code(self) -> None:
        path = self._settings.home / "setup-code"
        if not path.exists():
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(9))
        code = path.read_text()
        print(
            f"\n  首次使用:打开 {self._settings.web_url}/first-run ,用安装码 {code} 建立第一个管理员。"
            f"\n  First run: open {self._settings.web_url}/first-run and make the first"
            f" administrator with the setup code {code}.\n",
            flush=True,
        )

    def _open(self) -> None:
        self._open_broker()
        _say("服务进程 processes", "web, mqtt, background, photos, push, outgoing")
        self._child("web", ["serve"])
        self._child("mqtt", ["worker", "mqtt"], final_codes=frozenset({EXIT_UNSAFE}))
        self._child("background", ["worker", "background"])
        self._child("photos", ["worker", "photos"])
        self._child("push", ["worker", "push"])
        self._child("outgoing", ["worker", "outgoing"])
        self._wait_until_healthy()
        if self._demo:
            self._open_demo()
        self._welcome()

    def _open_broker(self) -> None:
        settings = self._settings
        if self._broker is None:
            # Somebody else runs it: the worker waits for it, and health names it while it is away.
            _say("消息代理 broker", f"{settings.broker}, {settings.mqtt_host}:{settings.mqtt_port}")
            return
        _say("消息代理 broker", f"nats-server, MQTT {settings.mqtt_port}")
        try:
            self._broker.start()
        except BrokerUnavailable as reason:
            raise CannotStart(str(reason)) from reason

    def _open_demo(self) -> None:
        demo = json.loads((self._settings.home / "demo.json").read_text(encoding="utf-8"))
        for one in SIMULATED:
            home = self._settings.home / "handhelds" / one.username
            if not (home / "paired").exists():
                self._pair(demo, one.username, home)
            self._child(
                f"handheld-{one.username}",
                ["handheld", "run", "--auto", "--pace", "0.4", "--home", str(home)],
                final_codes=frozenset({EXIT_HANDHELD_WIPED}),
            )
        self._child("desk", ["demo-desk"], log_file=False)

    def _pair(self, demo: dict[str, Any], username: str, home: Path) -> None:
        """Enrol and pair a simulated technician's handheld, over the public API."""
        from click.testing import CliRunner

        from reference_handheld.commands import handheld

        admin = next(one for one in demo["accounts"] if "system_admin" in one["roles"])
        url = f"{demo['web_url']}/api/v1"
        token = requests.post(
            f"{url}/tokens",
            json={"username": admin["username"], "password": admin["password"]},
            timeout=10,
        ).json()["token"]
        enrolled = requests.post(
            f"{url}/devices",
            json={"label": f"模拟 {username}", "technician": username},
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        ).json()
        result = CliRunner().invoke(
            handheld,
            ["pair", enrolled["pairing_code"], "--url", demo["web_url"], "--home", str(home)],
            catch_exceptions=False,
        )
        if result.exit_code != 0:
            raise CannotStart(f"handheld of {username}: {result.output}")
        (home / "paired").touch()

    def _child(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        final_codes: frozenset[int] = frozenset(),
        log_file: bool = True,
    ) -> None:
        child = Child(
            name,
            [sys.executable, "-m", "server.cli", *arguments],
            log_file=self._settings.home / "log" / f"{name}.log" if log_file else None,
            final_codes=final_codes,
        )
        child.start()
        self._children.append(child)

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + STARTUP_S
        detail = ""
        while time.monotonic() < deadline and not self._stopping:
            self._poll()
            try:
                answer = requests.get(
                    f"http://{self._settings.web_host}:{self._settings.web_port}/healthz",
                    timeout=2,
                )
                if answer.ok:
                    return
                detail = answer.text.strip()
            except requests.RequestException as error:
                detail = type(error).__name__
            time.sleep(0.2)
        if not self._stopping:
            raise CannotStart(f"{detail}; 日志在 see the logs in {self._settings.home / 'log'}")

    def _poll(self) -> None:
        if self._broker is not None:
            self._broker.poll()
        for child in self._children:
            child.poll()
            if child.gone_for_good == EXIT_UNSAFE:
                raise CannotStart("消息代理不安全,见 log/mqtt.log the broker is not safe")

    def _welcome(self) -> None:
        settings = self._settings
        lines = [
            f"控制台 console   {settings.web_url}/",
            f"手持端 handheld  {settings.web_url}/handheld/",
        ]
        if self._demo:
            lines += [
                f"密码 passwords   {settings.home / 'demo.json'}",
                "例如 for example  chenjing (调度 dispatch), sunqian (QA), zhaomin (经理 manager)",
            ]
        lines += [
            f"接口 API        {settings.web_url}/openapi.json  {settings.web_url}/asyncapi.json",
            f"MQTT            {settings.mqtt_host}:{settings.mqtt_port}  {settings.websocket_url}",
            f"日志 logs       {settings.home / 'log'}",
            "停止 stop        Ctrl-C",
        ]
        print("\n派工已启动 Paigong is up\n  " + "\n  ".join(lines) + "\n", flush=True)

    def _close(self) -> None:
        # Simulators first, the broker last: whoever speaks is heard to the end.
        for child in reversed(self._children):
            child.ask_to_stop()
        for child in reversed(self._children):
            child.wait(STOP_S)
        if self._broker is not None:
            self._broker.stop()


def _embedded(settings: Settings) -> EmbeddedBroker:
    """The broker that this process runs itself."""
    here = (f"http://{name}:{settings.web_port}" for name in ("127.0.0.1", "localhost"))
    return EmbeddedBroker(
        folder=settings.home / "broker",
        mqtt_port=settings.mqtt_port,
        ws_port=settings.mqtt_ws_port,
        host=settings.mqtt_host,
        allowed_origins=sorted({settings.web_url, *here}),
    )


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _say(what: str, detail: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {what}: {detail}", flush=True)
