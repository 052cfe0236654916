"""The published MQTT document says what the contract says."""

import json

import jsonschema_rs

from contracts.asyncapi import document
from contracts.downlink import DOWNLINK_TYPES
from contracts.events import EVENT_TYPES

TOPICS = {
    "paigong/v1/d/{device}/dn/orders": "send",
    "paigong/v1/d/{device}/dn/replies": "send",
    "paigong/v1/d/{device}/dn/commands": "send",
    "paigong/v1/d/{device}/up/events": "receive",
    "paigong/v1/d/{device}/up/sync": "receive",
    "paigong/v1/d/{device}/up/presence": "receive",
    "paigong/v1/server": "send",
}
PUBLISHED = document("mqtt://127.0.0.1:1883")


def lookup(reference: str):
    found = PUBLISHED
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def references(part):
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_every_topic_of_the_contract_is_published_with_its_direction():
    directions = {
        lookup(operation["channel"]["$ref"])["address"]: operation["action"]
        for operation in PUBLISHED["operations"].values()
    }

    assert directions == TOPICS


def test_every_message_is_published():
    enveloped = {*EVENT_TYPES, *DOWNLINK_TYPES, "sync.request"}

    assert set(PUBLISHED["components"]["messages"]) == enveloped | {"presence", "server"}
    assert set(PUBLISHED["components"]["schemas"]) == enveloped | {"presence", "server"}


def test_only_presence_and_server_state_are_retained_and_all_is_qos_1():
    retained = set()
    for operation in PUBLISHED["operations"].values():
        assert operation["bindings"]["mqtt"]["qos"] == 1
        if operation["bindings"]["mqtt"]["retain"]:
            retained.add(lookup(operation["channel"]["$ref"])["title"])

    assert retained == {"presence", "server"}


def test_no_reference_leads_nowhere():
    found = list(references(PUBLISHED))

    assert found
    assert all(lookup(reference) for reference in found)


def test_every_payload_schema_is_a_sound_json_schema():
    for schema in PUBLISHED["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_the_websocket_door_keeps_its_path_and_the_document_is_json():
    broker = document("ws://127.0.0.1:8083/mqtt")["servers"]["broker"]

    assert (broker["host"], broker["protocol"], broker["pathname"]) == (
        "127.0.0.1:8083",
        "ws",
        "/mqtt",
    )
    assert json.loads(json.dumps(PUBLISHED)) == PUBLISHED


def test_a_default_has_the_type_of_its_field():
    def fields_of(name):
        return PUBLISHED["components"]["schemas"][name]["properties"]["data"]["properties"]

    assert fields_of("sync.request")["queued"]["default"] == 0
    assert fields_of("damage.reported")["kind"]["default"] == "damage"


def test_what_a_handheld_sends_is_closed_and_what_the_server_sends_is_open():
    schemas = PUBLISHED["components"]["schemas"]

    assert schemas["order.arrived"]["additionalProperties"] is False
    assert schemas["order.arrived"]["properties"]["data"]["additionalProperties"] is False
    assert schemas["order.snapshot"]["properties"]["data"]["additionalProperties"] is True
