"""The broker that this installation has chosen."""

from mqtt.brokers import Broker, Credentials, Endpoint
from mqtt.brokers.mosquitto import MosquittoBroker
from mqtt.brokers.nats import NatsBroker
from server.settings import Settings


def chosen(settings: Settings) -> Broker:
    """The driver of the broker that PAIGONG_BROKER names; nothing is connected yet."""
    endpoint = Endpoint(
        host=settings.mqtt_host,
        port=settings.mqtt_port,
        websocket_url=settings.websocket_url,
        tls=settings.mqtt_tls,
        ca_file=settings.mqtt_ca_file or None,
    )
    if settings.broker == "mosquitto":
        admin = Credentials(
            username=settings.mqtt_admin_user, password=settings.mqtt_admin_secret()
        )
        return MosquittoBroker(endpoint=endpoint, admin=admin, key=settings.secret_key())
    return NatsBroker(folder=(settings.home / "broker").absolute(), endpoint=endpoint)
