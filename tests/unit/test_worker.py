"""The one shape of a background loop: it looks where something changed, and now and then anyway."""

import threading

from server import worker
from server.worker import Worker


def turns(changed, wanted, monkeypatch, look_s=3600.0):
    """Run a worker until it took so many turns; how often it was asked whether anything changed."""
    monkeypatch.setattr(worker, "LOOK_S", look_s)
    taken = []

    def step():
        taken.append(1)
        if len(taken) >= wanted:
            loop.stopping.set()
        return False

    loop = Worker("test", [step], changed=changed)
    guard = threading.Timer(20, loop.stopping.set)
    guard.start()
    loop.run(idle_s=0.001)
    guard.cancel()
    return len(taken)


def test_nothing_is_asked_of_a_database_in_which_nothing_changed(monkeypatch):
    answers = iter([False, False, False, True, False, True])
    asked = []

    def changed():
        asked.append(1)
        return next(answers)

    assert turns(changed, 3, monkeypatch) == 3
    assert len(asked) == 6, "the first turn is taken anyway"


def test_time_alone_makes_things_due(monkeypatch):
    assert turns(lambda: False, 3, monkeypatch, look_s=0.0) == 3
