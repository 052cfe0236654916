"""The web process's own word to the broker, right after its commit.

The same is owed through the outbox, so a crash in between is healed by the relay; this only
makes it immediate.
"""

from __future__ import annotations

import logging

from flask import current_app

log = logging.getLogger(__name__)


def let_in(device_id: str, password: str) -> None:
    """A handheld that was just paired may connect when this returns."""
    _try("provision", device_id, password)


def end_now(device_id: str) -> None:
    """A revoked handheld's session ends now."""
    _try("revoke", device_id)


def _try(verb: str, *arguments: str) -> None:
    broker = current_app.extensions.get("paigong.broker")
    if broker is None:
        return
    try:
        getattr(broker, verb)(*arguments)
    except Exception:
        log.exception("the broker did not take %s at once; the relay will repeat it", verb)
