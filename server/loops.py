"""The background loops of one process, by the name of its worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from server import reactions
from server.alerts.operations import not_told
from server.db import Changes, Statistics
from server.deadlines import timers
from server.evidence.processing import Processor
from server.evidence.reception import Reception
from server.evidence.storage import photo_store
from server.outgoing.channels import channels
from server.outgoing.letters import Post
from server.outgoing.telling import Telling
from server.push.delivery import Delivery
from server.push.keys import vapid_key
from server.settings import Settings
from server.work_orders.ringing import message_of
from server.worker import Worker

Step = Callable[[], bool]


def run(app: Flask, settings: Settings, name: str, heartbeat: Path) -> None:
    """Work until told to stop: background (clocks, reactions), photos, push or outgoing."""

    def in_context(step: Step) -> Step:
        def once() -> bool:
            with app.app_context():
                return step()

        return once

    loop = Worker(
        name,
        [in_context(step) for step in steps(settings, name)],
        heartbeat=heartbeat,
        changed=in_context(Changes().any_since),
    )
    loop.stop_on_signals()
    loop.run()


def steps(settings: Settings, name: str) -> list[Step]:
    """What a worker does in each turn."""
    if name == "photos":
        store, near = photo_store(settings), settings.photo_near_duplicate_bits
        return [
            Processor(store=store, near_bits=near).run_once,
            Reception.of(settings, store).sweep,
        ]
    if name == "push":
        vapid_key(settings)
        return [Delivery(settings=settings, message_of=message_of).run_once]
    if name == "outgoing":
        return [
            Post(channels=channels(settings)).run_once,
            Telling(settings=settings, given_up=not_told).run_once,
        ]
    return [timers.run_once, lambda: reactions.run_once(settings), Statistics().run_once]
