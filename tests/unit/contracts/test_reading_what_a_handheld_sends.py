"""What the server takes from a handheld, and how it names the fault in what it does not take."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import strict_json
from contracts.envelope import ContractError, read_event, read_presence, read_sync
from contracts.vocabulary import HazardKind, Relation, Suspension

ID = "01930f5e-7a10-7c3d-9b1a-0a2b3c4d5e6f"
SHA = "ab" * 32
ARRIVED: dict[str, Any] = {
    "specversion": "1.0",
    "id": ID,
    "source": "devices/hh-lin-7k2",
    "type": "order.arrived",
    "time": "2026-03-02T01:12:05Z",
    "subject": "FW-202603-0007",
    "seq": 12,
    "data": {"order_version": 4},
}


def event(type_: str = "order.arrived", *, over: dict[str, Any] | None = None, **data: Any) -> Any:
    return {
        **deepcopy(ARRIVED),
        "type": type_,
        "data": {"order_version": 4, **data},
        **(over or {}),
    }


def refusal(payload: Any) -> ContractError:
    with pytest.raises(ContractError) as caught:
        read_event(payload)
    return caught.value


def test_an_arrival_is_read_whole():
    read = read_event(json.dumps(ARRIVED).encode())

    assert (read.id, read.device, read.type) == (ID, "hh-lin-7k2", "order.arrived")
    assert read.time == datetime(2026, 3, 2, 1, 12, 5, tzinfo=UTC)
    assert (read.subject, read.seq, read.order_version) == ("FW-202603-0007", 12, 4)
    assert read.data == {}
    assert read.received == ARRIVED


def test_both_doors_see_the_same_content_whatever_the_spacing_and_order():
    spaced = json.dumps(dict(reversed(ARRIVED.items())), indent=2).encode()

    assert read_event(spaced).content_hash == read_event(deepcopy(ARRIVED)).content_hash


def test_another_character_is_another_content():
    first = read_event(event("order.returned", reason="客户改期"))
    second = read_event(event("order.returned", reason="客户改期。"))

    assert first.content_hash != second.content_hash


@pytest.mark.parametrize(
    ("payload", "slug"),
    [
        (b"", "broken-json"),
        (b"{", "broken-json"),
        (b"\xff\xfe", "broken-json"),
        (b'{"id": 1, "id": 2}', "broken-json"),
        (b'{"battery": NaN}', "broken-json"),
        (b'{"battery": -Infinity}', "broken-json"),
        (b"[" * 60_000, "broken-json"),
        (b'{"a":' * 12_000 + b"1" + b"}" * 12_000, "payload-too-large"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "broken-json"),
        (b'{"note": "\\ud800"}', "broken-json"),
        (b'{"\\udc00": 1}', "broken-json"),
        (b'{"note": "a\\u0000b"}', "broken-json"),
        (b'{"n": ' + b"9" * 60_000 + b"}", "invalid-number"),
        (b'{"n": 9007199254740992}', "invalid-number"),
        (b'{"n": 0.5}', "invalid-number"),
        (b'{"n": 1e400}', "invalid-number"),
        (b"[]", "invalid-envelope"),
        (b"null", "invalid-envelope"),
        (b"{}", "invalid-envelope"),
        (b" " * 65_537, "payload-too-large"),
    ],
)
def test_hostile_bytes_are_named_for_what_they_are(payload: bytes, slug: str):
    assert refusal(payload).slug == slug


@pytest.mark.parametrize("text", ['"0.5"', "0.5", "[1, [2, {}]]"])
def test_a_float_is_refused_but_its_decimal_string_is_not(text: str):
    assert [slug for slug, *_ in strict_json.faults(json.loads(text))] == (
        ["invalid-number"] if text == "0.5" else []
    )


def test_a_refusal_is_addressed_to_the_event_it_refuses():
    caught = refusal(event(reason=1.5))

    assert (caught.slug, caught.event_id, caught.seq) == ("invalid-number", ID, 12)
    assert list(caught.errors) == ["data.reason"]


def test_an_id_that_is_none_still_addresses_the_refusal():
    caught = refusal(event(over={"id": "42", "seq": True}))

    assert (caught.event_id, caught.seq) == ("42", None)
    assert set(caught.errors) == {"id", "seq"}


def test_an_object_over_the_limit_is_refused_at_the_http_door_as_well():
    caught = refusal(event("order.returned", reason="长" * 30_000))

    assert (caught.slug, caught.event_id) == ("payload-too-large", ID)


@pytest.mark.parametrize(
    ("over", "place"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"id": ID.upper()}, "id"),
        ({"id": "0193f5e0-7a10-4c3d-9b1a-0a2b3c4d5e6f"}, "id"),
        ({"source": "server"}, "source"),
        ({"source": "devices/HH"}, "source"),
        ({"source": "devices/hh-lin\n"}, "source"),
        ({"time": "2026-03-02T09:12:05+08:00"}, "time"),
        ({"time": "2026-03-02 01:12:05Z"}, "time"),
        ({"time": "2026-02-30T01:12:05Z"}, "time"),
        ({"time": "9999-12-31T23:59:59Z"}, "time"),
        ({"time": 1772413925}, "time"),
        ({"subject": "DJ-202603-0007"}, "subject"),
        ({"subject": "FW-202613-0007"}, "subject"),
        ({"subject": None}, "subject"),
        ({"seq": 0}, "seq"),
        ({"seq": "12"}, "seq"),
        ({"seq": True}, "seq"),
        ({"datacontenttype": "text/plain"}, "datacontenttype"),
        ({"data": None}, "data"),
        ({"data": []}, "data"),
        ({"type": 7}, "type"),
    ],
)
def test_a_faulty_envelope_is_refused_at_the_place_of_the_fault(over: dict[str, Any], place: str):
    caught = refusal(event(over=over))

    assert (caught.slug, list(caught.errors)) == ("invalid-envelope", [place])


def test_trace_attributes_of_cloudevents_are_taken():
    over = {"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01", "tracestate": "v=1"}

    assert read_event(event(over={**over, "datacontenttype": "application/json"})).seq == 12


def test_fields_that_nobody_knows_are_refused_in_envelope_and_data():
    assert refusal(event(over={"priority": 1})).errors.keys() == {"priority"}
    caught = refusal(event(colour="red"))
    assert (caught.slug, list(caught.errors)) == ("unknown-field", ["data.colour"])


def test_a_refusal_of_many_faults_still_fits_into_a_reply():
    flood = {f"{number:02}" + "长" * 200: None for number in range(90)}
    caught = refusal(event(**flood))
    wide = refusal(event(**{"长" * 20_000: 1}))

    for refused in (caught, wide):
        assert refused.slug == "unknown-field"
        assert len(json.dumps(refused.errors)) < 16_384


def test_an_unknown_type_of_event_is_refused_by_that_name():
    assert refusal(event("order.teleported")).slug == "unknown-event-type"


def test_null_in_an_optional_field_is_the_same_as_leaving_it_out():
    read = read_event(
        event("step.recorded", step="LAMP-02", attempt=1, answer={"confirmed": True}, text=None)
    )

    assert read.data == {
        "step": "LAMP-02",
        "attempt": 1,
        "answer": {"confirmed": True},
        "photos": [],
    }


@pytest.mark.parametrize("beside", [True, False])
def test_further_quantities_may_stand_in_the_answer_or_beside_it(beside: bool):
    further = {"rated_a": "16"}
    reading = {"value": "12.5", "unit": "A"}
    data = (
        {"answer": reading, "fields": further}
        if beside
        else {"answer": {**reading, "fields": further}}
    )

    read = read_event(event("step.recorded", step="SW-02", attempt=1, **data))

    assert read.data["answer"] == {**reading, "fields": further}
    assert "fields" not in read.data


def test_a_quantity_that_says_two_things_is_refused():
    caught = refusal(
        event(
            "step.recorded",
            step="SW-02",
            attempt=1,
            answer={"value": "1", "unit": "A", "fields": {"rated_a": "10"}},
            fields={"rated_a": "16"},
        )
    )

    assert (caught.slug, list(caught.errors)) == ("invalid-data", ["data.fields.rated_a"])


def test_a_confirmation_on_the_handheld_needs_the_signature():
    signer = {"name": "赵敏", "relation": "owner"}
    on_screen = event("quote.confirmed", method="handheld_signature", signer=signer)
    by_phone = event("quote.confirmed", method="phone", signer="赵敏")

    assert list(refusal(on_screen).errors) == ["data.signature"]
    assert read_event(by_phone).data["signer"] == {"name": "赵敏", "relation": Relation.OTHER}


def test_an_alarm_of_a_kind_nobody_listed_is_still_an_alarm():
    read = read_event(event("hazard.alarm", kind="wasps", note="阳台"))

    assert read.data == {"kind": HazardKind.OTHER, "note": "wasps: 阳台"}
    assert read_event(event("hazard.alarm", kind="gas_leak")).data["kind"] is HazardKind.GAS_LEAK


def test_a_suspension_says_why_and_when_the_customer_hears_again():
    data = {"reason": "wait_material", "next_contact_at": "2026-03-03T02:00:00.5Z"}

    read = read_event(event("order.suspended", **data))

    assert read.data["reason"] is Suspension.WAIT_MATERIAL
    assert read.data["next_contact_at"] == datetime(2026, 3, 3, 2, 0, 0, 500_000, tzinfo=UTC)


def test_an_incident_needs_no_order():
    found = {"place": "3栋大堂", "category": "engineering", "description": "水管爆裂"}
    payload = event("incident.reported", **found)
    del payload["subject"], payload["data"]["order_version"]

    read = read_event(payload)

    assert (read.subject, read.order_version, read.data["severity"]) == (None, None, "normal")


def test_every_other_event_names_its_order_and_version():
    payload = event()
    del payload["subject"]
    assert list(refusal(payload).errors) == ["subject"]
    assert list(refusal(event(over={"data": {}})).errors) == ["data.order_version"]


def test_a_sync_request_is_read():
    data = {"epoch": "e-1", "orders": {"FW-202603-0007": 4}, "last_seq": 12, "queued": 2}
    envelope = {**event("sync.request", over={"data": data})}
    del envelope["seq"], envelope["subject"]

    read = read_sync(json.dumps(envelope).encode())

    assert (read.epoch, read.orders, read.last_seq, read.queued) == (
        "e-1",
        {"FW-202603-0007": 4},
        12,
        2,
    )


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"orders": {"FW-202603-0007": "4"}, "last_seq": 0}, "data.orders"),
        ({"orders": {"all": 1}, "last_seq": 0}, "data.orders"),
        ({"orders": [], "last_seq": 0}, "data.orders"),
        ({"orders": {}, "last_seq": -1}, "data.last_seq"),
        ({"orders": {}, "last_seq": 0, "epoch": {}}, "data.epoch"),
    ],
)
def test_a_faulty_sync_request_is_refused(data: dict[str, Any], place: str):
    with pytest.raises(ContractError) as caught:
        read_sync(event("sync.request", over={"data": data}))

    assert list(caught.value.errors) == [place]


@pytest.mark.parametrize("said", [{"epoch": None}, {"epoch": ""}, {}])
def test_a_handheld_that_never_met_the_server_has_no_epoch(said: dict[str, Any]):
    read = read_sync(event("sync.request", over={"data": said}))

    assert (read.epoch, read.orders, read.last_seq, read.queued) == (None, {}, 0, 0)


def test_a_refusal_says_which_order_it_was_about():
    with pytest.raises(ContractError) as caught:
        read_event(event("order.arrived", over={"odd": True}))

    assert caught.value.subject == event("order.arrived")["subject"]


def test_presence_is_a_plain_object():
    payload = b'{"online": true, "session": 7, "at": "2026-03-02T01:00:00Z", "battery": 80}'

    read = read_presence(payload)

    assert (read.online, read.session, read.battery, read.queued) == (True, "7", 80, None)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b'"online"',
        b'{"online": "yes", "session": "s", "at": "2026-03-02T01:00:00Z"}',
        b'{"online": true, "session": "", "at": "2026-03-02T01:00:00Z"}',
        b'{"online": true, "session": "s", "at": "2026-03-02T01:00:00Z", "battery": 101}',
        b'{"online": true, "session": "s", "at": "2026-03-02T01:00:00Z", "device": "x"}',
    ],
)
def test_faulty_presence_is_refused(payload: bytes):
    with pytest.raises(ContractError):
        read_presence(payload)


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([ID, SHA])
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
READERS = st.sampled_from([read_event, read_sync, read_presence])


@settings(deadline=None)
@given(READERS, st.binary(max_size=300))
def test_no_bytes_make_the_reader_stumble(reader: Any, payload: bytes):
    with pytest.raises(ContractError):
        reader(payload)


@settings(deadline=None)
@given(READERS, json_values)
def test_no_json_makes_the_reader_stumble(reader: Any, value: Any):
    with pytest.raises(ContractError):
        reader(json.dumps(value).encode())


@settings(deadline=None)
@given(
    READERS,
    st.sampled_from([*sorted(ARRIVED), "data.answer", "data.lines", "data.signer", "data.fields"]),
    json_values,
    st.sampled_from(["step.recorded", "order.quoted", "quote.confirmed", "sync.request"]),
)
def test_one_wild_value_in_a_sound_message_makes_no_reader_stumble(
    reader: Any, place: str, value: Any, type_: str
):
    payload = event(type_, step="SW-02", attempt=1, answer={})
    outer, _, inner = place.partition(".")
    if inner:
        payload["data"][inner] = value
    else:
        payload[outer] = value
    try:
        read = reader(payload)
    except ContractError as refused:
        json.dumps([refused.slug, refused.detail, refused.errors]).encode()
    else:
        assert read is not None
