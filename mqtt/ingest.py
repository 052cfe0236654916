"""Takes what handhelds send to where it belongs: events to the inbox, sync, presence."""

import datetime as dt
import logging

import sqlalchemy as sa
from sqlalchemy.orm import Session

from contracts.envelope import ContractError, read_presence, read_sync
from mqtt import presence, sync, topics
from mqtt.link import Received
from mqtt.metrics import Metrics
from server.devices.models import Device
from server.fieldwork import inbox, poisoned
from server.settings import Settings

log = logging.getLogger(__name__)


class Ingest:
    """Handles messages inside the caller's transaction; commits and acknowledges nothing."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        """Take in messages by these settings and count what becomes of them."""
        self._settings = settings
        self._metrics = metrics

    def take(self, session: Session, message: Received, *, at: dt.datetime) -> None:
        """Handle one message. Never raises for what a handheld sent, whatever it is."""
        found = self._sender(session, message)
        if found is None:
            return
        uplink, device = found
        self._metrics.count(f"in_{uplink.channel}")
        try:
            match uplink.channel:
                case "events":
                    self._event(session, device, message.payload, at=at)
                case "sync":
                    request = read_sync(message.payload)
                    sync.answer(session, self._settings, device, request, at=at)
                case "presence":
                    self._presence(device, message, at=at)
        except ContractError as error:
            self._metrics.count(f"refused_{uplink.channel}")
            log.warning("%s of %s refused: %s", uplink.channel, device.id, error)

    def refuse_poisoned(self, session: Session, message: Received, *, at: dt.datetime) -> None:
        """Refuse an event whose handling failed by our own fault, so that the next ones pass.

        The event stays in the inbox with its place in the numbering; the handheld shows it.
        """
        self._metrics.count("poisoned")
        found = self._sender(session, message)
        if found is None or found[0].channel != "events":
            return
        device = found[1]
        reply = poisoned.keep(session, device, message.payload, at=at)
        if reply is not None:
            inbox.answer_over_mqtt(session, device, reply, at=at)

    def _sender(self, session: Session, message: Received) -> tuple[topics.Uplink, Device] | None:
        """Who sent it, locked, where that is a handheld whose credentials hold."""
        uplink = topics.parse_uplink(message.topic)
        if uplink is None:
            self._metrics.count("refused_topic")
            log.warning("nothing is expected on topic %.120r", message.topic)
            return None
        device = session.scalar(
            sa.select(Device)
            .where(Device.id == uplink.device)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if device is None or not device.works:
            self._metrics.count("refused_device")
            log.warning("%s of %s refused: not an active handheld", uplink.channel, uplink.device)
            return None
        return uplink, device

    def _event(self, session: Session, device: Device, payload: bytes, *, at: dt.datetime) -> None:
        reply = inbox.receive(session, self._settings, device, payload, at=at)
        self._metrics.count(f"outcome_{reply['outcome']}")
        if reply["event"] is None and "seq" not in reply:
            # Nobody could tell which event is meant.
            self._metrics.count("refused_events")
            return
        inbox.answer_over_mqtt(session, device, reply, at=at)

    def _presence(self, device: Device, message: Received, *, at: dt.datetime) -> None:
        if not message.payload:
            return  # a retained message was cleared
        said = read_presence(message.payload)
        if not presence.note(device, said, retained=message.retain, at=at):
            self._metrics.count("late_wills")
