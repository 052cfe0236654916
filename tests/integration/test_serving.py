"""The web process: idle connections keep nobody out, and who has asked before a stop is answered."""

import contextlib
import socket
import threading

import pytest
import requests
from flask import Flask

from server.serving import WebServer

PATIENCE_S = 20


@pytest.fixture
def asked():
    """Set once a request is being answered."""
    return threading.Event()


@pytest.fixture
def may_answer():
    """Set by whoever lets it be answered."""
    return threading.Event()


@pytest.fixture
def served(asked, may_answer, monkeypatch):
    """A web server with one slow page and one quick one, and the thread that it runs in."""
    monkeypatch.setattr("server.serving.LONGEST_GOODBYE_S", PATIENCE_S)
    app = Flask("bare")

    @app.get("/slow")
    def slow():
        asked.set()
        may_answer.wait(PATIENCE_S)
        return "answered" * 100_000

    @app.get("/quick")
    def quick():
        return "answered"

    server = WebServer(app, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server, thread
    may_answer.set()
    server.stop()
    thread.join(PATIENCE_S)


def test_hundreds_of_idle_browsers_do_not_keep_the_next_one_out(served):
    server, _ = served
    with contextlib.ExitStack() as idle:
        for _ in range(300):
            idle.enter_context(socket.create_connection(("127.0.0.1", server.port), PATIENCE_S))
        assert requests.get(f"http://127.0.0.1:{server.port}/quick", timeout=PATIENCE_S).ok


def test_a_connection_that_is_kept_open_does_not_hold_up_the_stop(served):
    server, thread = served
    with requests.Session() as kept:
        assert kept.get(f"http://127.0.0.1:{server.port}/quick", timeout=PATIENCE_S).ok
        server.stop()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_who_asked_before_the_stop_gets_the_whole_answer_and_nobody_comes_in_after(
    served, asked, may_answer
):
    server, thread = served
    url = f"http://127.0.0.1:{server.port}"
    answers = []
    caller = threading.Thread(
        target=lambda: answers.append(requests.get(f"{url}/slow", timeout=PATIENCE_S).text)
    )
    caller.start()
    assert asked.wait(PATIENCE_S)
    server.stop()

    def is_shut() -> bool:
        try:
            requests.get(f"{url}/quick", timeout=0.2)
        except requests.ConnectionError:
            return True
        except requests.Timeout:
            return False
        return False

    while not is_shut():
        assert thread.is_alive()
    may_answer.set()
    caller.join(PATIENCE_S)
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert answers == ["answered" * 100_000]
