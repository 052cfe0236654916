"""Handhelds for measuring: plain paho clients in one thread. Imports nothing of the project."""

from __future__ import annotations

import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

#: which handheld, topic below its root such as `dn/orders`, payload, `perf_counter` at arrival
Heard = Callable[[int, str, bytes, float], None]

_TEND_EVERY_S = 1.0
_HANDSHAKE_S = 20.0


@dataclass(frozen=True, kw_only=True)
class Account:
    """A handheld's name and password at the broker."""

    device: str
    password: str


class Fleet:
    """Many handhelds, connected and subscribed as the contract says, driven by one selector.

    `heard` is called in the fleet's thread and may call `send` at once; other threads may call
    `send` too.
    """

    def __init__(self, host: str, port: int, accounts: Sequence[Account], heard: Heard) -> None:
        self.accounts = list(accounts)
        self.heard = heard
        self._address = (host, port)
        self._selector = selectors.DefaultSelector()
        self._clients: list[Client] = []
        self._subscribed = 0
        self._waiting: deque[tuple[int, str, bytes]] = deque()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_HANDSHAKE_S):
            raise TimeoutError(f"{self._subscribed} of {len(self.accounts)} handhelds subscribed")
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._wake()
        self._thread.join(5)
        os.close(self._wake_write)
        os.close(self._wake_read)
        self._selector.close()

    def send(self, index: int, channel: str, payload: bytes) -> None:
        """Publish at QoS 1 on a topic below the handheld's root, such as `up/events`."""
        self._waiting.append((index, channel, payload))
        if threading.current_thread() is not self._thread:
            self._wake()

    def _wake(self) -> None:
        os.write(self._wake_write, b"!")

    def _run(self) -> None:
        for index in range(len(self.accounts)):
            self._clients.append(self._connected(index))
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        tended_at = time.monotonic()
        while not self._stopping:
            for key, mask in self._selector.select(_TEND_EVERY_S):
                if key.data is None:
                    os.read(self._wake_read, 4096)
                elif mask & selectors.EVENT_READ:
                    self._clients[key.data].loop_read()
            while self._waiting:
                index, channel, payload = self._waiting.popleft()
                self._clients[index].publish(self._topic(index, channel), payload, qos=1)
            self._write_what_waits()
            if time.monotonic() - tended_at > _TEND_EVERY_S:
                tended_at = time.monotonic()
                for client in self._clients:
                    client.loop_misc()
        for client in self._clients:
            client.disconnect()

    def _write_what_waits(self) -> None:
        for index, client in enumerate(self._clients):
            if client.want_write() and client.loop_write() != 0:
                raise ConnectionError(self.accounts[index].device)

    def _connected(self, index: int) -> Client:
        account = self.accounts[index]
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=account.device,
            clean_session=True,
            protocol=MQTTv311,
        )
        client.username_pw_set(account.device, account.password)
        client.max_inflight_messages_set(200)
        root = len(self._topic(index, ""))

        def on_connect(*_: object) -> None:
            client.subscribe(self._topic(index, "dn/#"), qos=1)

        def on_subscribe(*_: object) -> None:
            self._subscribed += 1
            if self._subscribed == len(self.accounts):
                self._ready.set()

        def on_message(_client: Client, _userdata: object, message: MQTTMessage) -> None:
            self.heard(index, message.topic[root:], bytes(message.payload), time.perf_counter())

        client.on_connect = on_connect
        client.on_subscribe = on_subscribe
        client.on_message = on_message
        client.connect(*self._address, keepalive=60)
        sock = client.socket()
        if sock is None:
            raise ConnectionError(account.device)
        send_at_once(client)
        self._selector.register(sock, selectors.EVENT_READ, index)
        return client

    def _topic(self, index: int, channel: str) -> str:
        return f"paigong/v1/d/{self.accounts[index].device}/{channel}"


def send_at_once(client: Client) -> None:
    """No Nagle: an event would wait 40 ms behind the acknowledgement of the reply before it."""
    sock = client.socket()
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
