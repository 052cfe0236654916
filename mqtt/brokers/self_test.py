"""Proves by delivery that a broker keeps devices apart; works on any broker, through paho only.

Return codes prove nothing: MQTT 3.1.1 brokers acknowledge publishes that they drop, and some
grant subscriptions that never deliver. Each check therefore ends with messages that are allowed,
sent the same way after the forbidden one; when they have arrived, the forbidden one had its
chance.
"""

import contextlib
import secrets
import time
from collections.abc import Callable

from mqtt import topics
from mqtt.brokers import BrokerUnavailable, BrokerUnsafe, Credentials, Endpoint
from mqtt.brokers.seat import Seat
from mqtt.connection import Publish

# A will is sent by the task that serves the dead connection; two of them run side by side.
_SIDE_BY_SIDE_SECONDS = 0.15

Check = Callable[["Parties"], str | None]


class Parties:
    """Who takes part in a check: the server, a probe with a device's rights, and a victim.

    The victim needs no account: its topics are watched and written by the server.
    """

    def __init__(self, endpoint: Endpoint, server: Credentials, probe: Credentials) -> None:
        """Name the parties; `probe.username` is the device whose topics the probe may use."""
        self.endpoint = endpoint
        self.server = server
        self.probe = probe
        self.device = probe.username
        self.victim = f"self-test-{secrets.token_hex(6)}"

    def server_seat(self) -> Seat:
        """A connection with the server's rights."""
        return Seat(self.endpoint, self.server)

    def probe_seat(self, *, client_id: str | None = None, will: Publish | None = None) -> Seat:
        """A connection with a device's rights."""
        return Seat(self.endpoint, self.probe, client_id=client_id, will=will)


def prove(*, endpoint: Endpoint, server: Credentials, probe: Credentials) -> None:
    """Run the checks that a start depends on, in well under two seconds.

    Raises BrokerUnsafe naming each thing that passed, BrokerUnavailable where the broker does
    not even deliver what it must.
    """
    parties = Parties(endpoint, server, probe)
    try:
        passed = [finding for check in AT_START if (finding := check(parties)) is not None]
    except PermissionError as refusal:
        raise BrokerUnavailable(f"our own account was refused: {refusal}") from refusal
    if passed:
        raise BrokerUnsafe("; ".join(passed))


def stranger(parties: Parties) -> str | None:
    """Who names no account does not get in at all, whatever rights such a guest would have."""
    try:
        with Seat(parties.endpoint, None):
            return "a client without an account was let in"
    except PermissionError:
        return None


def forged_will(parties: Parties) -> str | None:
    """A will on the victim's topics and on the server's state, live and retained."""
    forged, genuine = _token(), _token()
    targets = (
        topics.presence(parties.victim),
        topics.orders(parties.victim),
        topics.server_state(),
    )
    with parties.server_seat() as server:
        for topic in (*targets, topics.presence(parties.device)):
            server.subscribe(topic, qos=0)
        with contextlib.ExitStack() as seats:
            dying = []
            for topic in targets:
                will = Publish(topic=topic, payload=forged, retain=True)
                with contextlib.suppress(PermissionError):
                    dying.append(seats.enter_context(parties.probe_seat(will=will)))
            allowed = Publish(topic=topics.presence(parties.device), payload=genuine)
            dying.append(seats.enter_context(parties.probe_seat(will=allowed)))
            for seat in dying:
                seat.die()
        server.await_payload(genuine)
        time.sleep(_SIDE_BY_SIDE_SECONDS)
        return "a forged will was delivered" if server.heard(forged) else None


def foreign_subscribe(parties: Parties) -> str | None:
    """Subscriptions to the victim's downlink and uplink and to wildcards across devices."""
    filters = (
        topics.orders(parties.victim),
        topics.downlink_filter(parties.victim),
        topics.downlink_filter("+"),
        topics.uplink_filter(),
        f"{topics.device_root(parties.victim)}/#",
        f"{topics.ROOT}/#",
        "#",
        "+/+/#",
    )
    return _eavesdrop(parties, filters)


def inner_subjects(parties: Parties) -> str | None:
    """Subscriptions to what brokers use inwardly, and to shared groups."""
    orders = topics.orders(parties.victim)
    subject = orders.replace("/", ".")
    filters = (
        "$SYS/#",
        "$MQTT/#",
        "$MQTT/msgs/#",
        "$JS/#",
        "$share/group/" + orders,
        "$queue/" + orders,
        "_INBOX/#",
        subject,
        f"$MQTT.msgs.{subject}",
        "/" + orders,
    )
    return _eavesdrop(parties, filters)


def _eavesdrop(parties: Parties, filters: tuple[str, ...]) -> str | None:
    passed = []
    for topic_filter in filters:
        secret, up = _token(), _token()
        with parties.server_seat() as server, parties.probe_seat() as probe:
            probe.subscribe(topics.downlink_filter(parties.device))
            # A refused filter may cost the connection; then nothing can arrive on it.
            probe.subscribe(topic_filter)
            server.publish(topics.orders(parties.victim), secret)
            server.publish(topics.events(parties.victim), up)
            _reach(probe, from_seat=server, topic=topics.orders(parties.device))
            if probe.heard(secret) or probe.heard(up):
                passed.append(f"a foreign subscription to {topic_filter} was served")
    return "; ".join(passed) or None


def foreign_publish(parties: Parties) -> str | None:
    """Publishes into another's uplink and downlink, our own downlink and the server's state."""
    targets = (
        topics.events(parties.victim),
        topics.presence(parties.victim),
        topics.orders(parties.victim),
        topics.replies(parties.device),
        topics.server_state(),
        topics.events(parties.victim).replace("/", "."),
        "/" + topics.events(parties.victim),
    )
    passed = []
    for topic in targets:
        forged = _token()
        with parties.server_seat() as server:
            for watched in (*targets, topics.events(parties.device), f"{topics.ROOT}/#"):
                server.subscribe(watched)
            with parties.probe_seat() as probe:
                probe.publish(topic, forged, retain=True)
                _reach(server, from_seat=probe, topic=topics.events(parties.device))
            if server.heard(forged):
                passed.append(f"a foreign publish to {topic} was delivered")
    return "; ".join(passed) or None


def foreign_retained(parties: Parties) -> str | None:
    """What the server retained for the victim must not reach the probe by any filter."""
    secret = _token()
    topic = topics.orders(parties.victim)
    with parties.server_seat() as server, parties.probe_seat() as probe:
        server.publish(topic, secret, retain=True)
        probe.subscribe(topics.downlink_filter(parties.device))
        probe.subscribe(topic)
        _reach(probe, from_seat=server, topic=topics.orders(parties.device))
        server.publish(topic, b"", retain=True)
        return "another's retained message was served" if probe.heard(secret) else None


def foreign_client_id(parties: Parties) -> str | None:
    """The victim's client id must give the probe neither its messages nor its rights.

    Refusing the CONNECT is better still; a broker that cannot may end the victim's session, which
    the victim takes up again.
    """
    secret, forged = _token(), _token()
    with parties.server_seat() as server:
        server.subscribe(topics.events(parties.victim))
        server.subscribe(topics.events(parties.device))
        try:
            with parties.probe_seat(client_id=parties.victim) as probe:
                probe.subscribe(topics.downlink_filter(parties.device))
                probe.subscribe(topics.downlink_filter(parties.victim))
                probe.publish(topics.events(parties.victim), forged)
                server.publish(topics.orders(parties.victim), secret)
                _reach(server, from_seat=probe, topic=topics.events(parties.device))
                _reach(probe, from_seat=server, topic=topics.orders(parties.device))
                leaked = probe.heard(secret) or server.heard(forged)
        except PermissionError:
            return None
        return "another's client id gave its rights" if leaked else None


AT_START: tuple[Check, ...] = (stranger, forged_will, foreign_subscribe)
EVERY_CHECK: tuple[Check, ...] = (
    *AT_START,
    inner_subjects,
    foreign_publish,
    foreign_retained,
    foreign_client_id,
)


def _reach(seat: Seat, *, from_seat: Seat, topic: str) -> None:
    """Wait until allowed messages got through, unless the broker hung up on the culprit.

    Two rounds: brokers keep the order within a subscription, not from one to another.
    """
    for _ in range(2):
        token = _token()
        from_seat.publish(topic, token)
        try:
            seat.await_payload(token, unless=from_seat.gone)
        except BrokerUnavailable:
            if not (seat.gone.is_set() or from_seat.gone.is_set()):
                raise
            return


def _token() -> bytes:
    return secrets.token_hex(12).encode()
