"""The page for integrators names everything that the schemas know."""

import json
import re
from pathlib import Path

import pytest

import contracts
from contracts import vocabulary
from contracts.asyncapi import CHANNELS
from contracts.downlink import DOWNLINK_TYPES
from contracts.envelope import MAX_PAYLOAD_BYTES, EventEnvelopeSchema, PresenceSchema, SyncSchema
from contracts.events import EVENT_TYPES

PAGE = (Path(__file__).parents[3] / "docs" / "wire.md").read_text()
ROWS = {
    match[1]: match[0] for match in re.finditer(r"^\| `([a-z_.]+)` \|.*$", PAGE, flags=re.MULTILINE)
}
WORDS = [
    word
    for words in (
        vocabulary.OrderState,
        vocabulary.Outcome,
        vocabulary.Category,
        vocabulary.Urgency,
        vocabulary.Suspension,
        vocabulary.UnsignedReason,
        vocabulary.Relation,
        vocabulary.ConfirmMethod,
        vocabulary.HazardKind,
        vocabulary.StockKind,
        vocabulary.DamageKind,
        vocabulary.IncidentCategory,
        vocabulary.IncidentSeverity,
        vocabulary.PhotoTag,
    )
    for word in words
]


@pytest.mark.parametrize("name", [*EVENT_TYPES, *DOWNLINK_TYPES])
def test_the_page_names_every_field_of_a_message(name: str):
    schema = (EVENT_TYPES.get(name) or DOWNLINK_TYPES[name])()
    names = {field.data_key or own for own, field in schema.fields.items()} - {"order_version"}

    assert {field for field in names if f"`{field}`" not in ROWS[name]} == set()


def test_the_page_names_every_attribute_of_envelope_sync_and_presence():
    names = {
        name
        for schema in (EventEnvelopeSchema, SyncSchema, PresenceSchema)
        for name in schema().fields
    }

    assert {name for name in names if f"`{name}`" not in PAGE} == set()


def test_the_page_names_every_word_of_the_lists():
    named = set(re.findall(r"[a-z_]+", PAGE))

    assert {word.value for word in WORDS} - named == set()


def test_the_page_names_every_topic_refusal_and_limit():
    bad = Path(contracts.__file__).parent / "golden" / "bad"
    examples = [json.loads(path.read_text()) for path in bad.glob("*.json")]
    slugs = {example["expect"]["slug"] for example in examples} | {"payload-too-large"}

    assert {slug for slug in slugs if f"| `{slug}` |" not in PAGE} == set()
    assert {channel.address for channel in CHANNELS if f"`{channel.address}`" not in PAGE} == set()
    assert f"{MAX_PAYLOAD_BYTES:,} bytes" in PAGE
