"""Which broker an installation works with, and what it has to say for it."""

import pytest

from mqtt.brokers.chosen import chosen
from mqtt.brokers.mosquitto import MosquittoBroker
from mqtt.brokers.nats import NatsBroker
from server.settings import BadSettings, Settings


def from_environment(home, **more):
    named = {f"PAIGONG_{name}": str(value) for name, value in more.items()}
    return Settings.from_environment({"PAIGONG_HOME": str(home), **named})


def mosquitto(home, **more):
    with_defaults = {"BROKER": "mosquitto", "MQTT_ADMIN_PASSWORD": "of the administrator", **more}
    return from_environment(home, **with_defaults)


def test_nothing_said_means_the_embedded_broker(tmp_path):
    assert isinstance(chosen(from_environment(tmp_path)), NatsBroker)


def test_mosquitto_is_reached_as_the_settings_say(tmp_path):
    authority, secret = tmp_path / "ca.crt", tmp_path / "secret"
    authority.touch()
    secret.write_text("of the administrator\n")
    settings = mosquitto(
        tmp_path,
        MQTT_HOST="broker.example",
        MQTT_PORT=8883,
        MQTT_TLS=1,
        MQTT_CA_FILE=authority,
        MQTT_ADMIN_PASSWORD="",
        MQTT_ADMIN_PASSWORD_FILE=secret,
    )
    broker = chosen(settings)
    assert isinstance(broker, MosquittoBroker)
    assert (broker.endpoint.host, broker.endpoint.port) == ("broker.example", 8883)
    assert (broker.endpoint.tls, broker.endpoint.ca_file) == (True, str(authority))
    assert (broker.admin.username, broker.admin.password) == ("admin", "of the administrator")
    assert settings.websocket_url == "wss://broker.example:8083/mqtt"


def test_our_own_password_at_mosquitto_is_the_same_in_every_process_and_no_other_s(tmp_path):
    first, again = (chosen(mosquitto(tmp_path)) for _ in range(2))
    elsewhere = chosen(mosquitto(tmp_path / "elsewhere"))
    assert first.server_credentials == again.server_credentials != elsewhere.server_credentials


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"BROKER": "amqtt"}, "PAIGONG_BROKER"),
        ({"BROKER": "mosquitto"}, "PAIGONG_MQTT_ADMIN_PASSWORD"),
        ({"MQTT_TLS": "1"}, "PAIGONG_MQTT_TLS"),
        (
            {"BROKER": "mosquitto", "MQTT_ADMIN_PASSWORD_FILE": "/nowhere"},
            "PAIGONG_MQTT_ADMIN_PASSWORD_FILE: no such file",
        ),
        (
            {"BROKER": "mosquitto", "MQTT_ADMIN_PASSWORD": "x", "MQTT_CA_FILE": "/nowhere"},
            "PAIGONG_MQTT_CA_FILE: no such file",
        ),
    ],
)
def test_what_no_broker_can_be_reached_by_is_refused(tmp_path, said, wrong):
    with pytest.raises(BadSettings) as refused:
        from_environment(tmp_path, **said)
    assert wrong in str(refused.value)
