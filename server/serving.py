"""The web process: it answers until it is told to stop, then whoever has asked already, and leaves."""

from __future__ import annotations

import resource
import time
from typing import Any

import waitress
from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

LOOK_S = 0.2
LONGEST_GOODBYE_S = 3.0
#: A centre's browsers and handhelds keep some connections each, most of them idle.
MOST_CONNECTIONS = 1000
#: Longer than reverse proxies and most clients keep an idle connection: who asks closes first, and
#: no request meets a connection that closes under it.
IDLE_S = 120
#: What the process opens besides connections: database, log, broker, files that it answers with.
_OTHER_FILES = 200


class WebServer:
    """Waitress on one address, with a stop that does not wait for connections nobody uses.

    Browsers and handhelds keep theirs open for a minute after the last answer.
    """

    def __init__(self, app: Flask, **options: Any) -> None:
        """`options` as waitress knows them; the sockets are open when this returns."""
        _let_open(MOST_CONNECTIONS + _OTHER_FILES)
        self._sockets: dict[int, Any] = {}
        self._server = waitress.create_server(
            app,
            map=self._sockets,
            connection_limit=MOST_CONNECTIONS,
            channel_timeout=IDLE_S,
            **options,
        )
        self._is_told = False

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.effective_port)

    def stop(self) -> None:
        """Have `run` end; may be called from a signal handler or another thread."""
        self._is_told = True

    def run(self) -> None:
        """Serve until `stop`."""
        while not self._is_told:
            self._turn(LOOK_S)
        for one in list(self._sockets.values()):
            if isinstance(one, BaseWSGIServer):
                # Only the door: its `close` would take what wakes this loop along.
                wasyncore.dispatcher.close(one)
        end = time.monotonic() + LONGEST_GOODBYE_S
        while self._owes_an_answer() and time.monotonic() < end:
            self._turn(0.05)
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._sockets)

    def _turn(self, timeout_s: float) -> None:
        # select() knows no file beyond the 1024th.
        wasyncore.loop(timeout=timeout_s, use_poll=True, map=self._sockets, count=1)

    def _owes_an_answer(self) -> bool:
        return any(
            isinstance(one, HTTPChannel) and (one.requests or one.total_outbufs_len)
            for one in self._sockets.values()
        )


def _let_open(files: int) -> None:
    """Raise what this process may have open, as far as its machine lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
