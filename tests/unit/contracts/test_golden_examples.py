"""The golden examples hold for our own reader and for the published JSON Schemas alike."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import contracts
from contracts.asyncapi import payload_schemas
from contracts.downlink import DOWNLINK_TYPES, DownlinkEnvelopeSchema, ServerStateSchema
from contracts.envelope import ContractError, read_event, read_presence, read_sync
from contracts.events import EVENT_TYPES

GOLDEN = Path(contracts.__file__).parent / "golden"
GOOD = sorted((GOLDEN / "good").glob("*.json"))
BAD = sorted((GOLDEN / "bad").glob("*.json"))
SCHEMAS = payload_schemas()
#: What only the reader knows, because JSON Schema cannot say it or would say it clumsily.
BEYOND_JSON_SCHEMA = {
    "order.arrived--far-future",
    "quote.confirmed--no-signature",
    "step.recorded--two-quantities",
    "order.quoted--qty-zero",
    "order.quoted--sum-in-yuan",
}


def message_name(path: Path) -> str:
    return path.stem.split("--")[0]


def reader(name: str) -> Any:
    return {"sync.request": read_sync, "presence": read_presence}.get(name, read_event)


def sent_by_server(name: str) -> bool:
    return name in DOWNLINK_TYPES or name == "server"


def by_stem(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", GOOD, ids=by_stem)
def test_a_good_example_is_read(path: Path):
    payload = json.loads(path.read_text())["payload"]
    name = message_name(path)

    if name == "server":
        assert ServerStateSchema().validate(payload) == {}
    elif sent_by_server(name):
        assert DownlinkEnvelopeSchema().validate(payload) == {}
        assert DOWNLINK_TYPES[payload["type"]]().validate(payload["data"]) == {}
    else:
        assert reader(name)(json.dumps(payload).encode()) == reader(name)(payload)
    assert payload.get("type", name) == name


@pytest.mark.parametrize("path", GOOD, ids=by_stem)
def test_a_good_example_keeps_the_published_schema(path: Path):
    payload = json.loads(path.read_text())["payload"]

    jsonschema_rs.validate(SCHEMAS[message_name(path)], payload)


@pytest.mark.parametrize("path", BAD, ids=by_stem)
def test_a_bad_example_is_refused_for_the_reason_it_names(path: Path):
    example = json.loads(path.read_text())
    payload = example["raw"] if "raw" in example else json.dumps(example["payload"])

    with pytest.raises(ContractError) as caught:
        reader(message_name(path))(payload.encode())

    refusal = {"slug": caught.value.slug, "errors": list(caught.value.errors)}
    assert refusal == example["expect"]
    if "payload" in example and "id" in example["payload"]:
        assert caught.value.event_id == example["payload"]["id"]


@pytest.mark.parametrize("path", BAD, ids=by_stem)
def test_a_bad_example_breaks_the_published_schema(path: Path):
    example = json.loads(path.read_text())
    known = example.get("payload", {}).get("type", "presence") in SCHEMAS
    if "raw" in example or not known:
        return
    schema = SCHEMAS[message_name(path)]

    assert jsonschema_rs.is_valid(schema, example["payload"]) == (path.stem in BEYOND_JSON_SCHEMA)


def test_every_message_has_examples():
    good = {message_name(path) for path in GOOD}
    bad = [message_name(path) for path in BAD]

    assert good == set(SCHEMAS)
    assert all(bad.count(name) >= 2 for name in EVENT_TYPES)
