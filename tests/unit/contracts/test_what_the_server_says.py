"""The envelopes of the server are spelled as the contract lays them down."""

from datetime import datetime, timedelta, timezone

import pytest

from contracts.downlink import (
    DOWNLINK_TYPES,
    Command,
    DownlinkEnvelopeSchema,
    Outcome,
    ServerStateSchema,
    command_event,
    reply_event,
    server_state,
    snapshot_event,
    sync_result_event,
    withdrawn_event,
)
from contracts.problem import ProblemSchema
from contracts.vocabulary import Category, OrderState, Urgency

ID = "01930f5e-7a10-7c3d-9b1a-0a2b3c4d5e6f"
AT = datetime(2026, 3, 2, 9, 12, 5, 250_999, tzinfo=timezone(timedelta(hours=8)))
NUMBER = "FW-202603-0007"
SNAPSHOT = {
    "number": NUMBER,
    "version": 2,
    "state": OrderState.DISPATCHED,
    "category": Category.LAMP,
    "urgency": Urgency.NORMAL,
    "content": "客厅日光灯不亮",
    "appointment_at": AT,
    "customer": {"name": "赵敏", "unit_code": "3栋2单元1502", "phone": "13800000000"},
    "checklist": {"code": "CL-LAMP", "version": 1},
    "quote": None,
    "run": [],
    "rework_round": 0,
    "returned_steps": [],
}


@pytest.mark.parametrize(
    "sent",
    [
        snapshot_event(SNAPSHOT, subject=NUMBER, at=AT, id=ID),
        withdrawn_event({"reason": "改派"}, subject=NUMBER, at=AT, id=ID),
        reply_event(
            {"event": ID, "outcome": Outcome.APPLIED, "order_version": 3, "server_time": AT},
            subject=None,
            at=AT,
            id=ID,
        ),
        sync_result_event({"epoch": "e", "orders": (NUMBER,), "expected_seq": 1}, at=AT, id=ID),
        command_event(Command.WIPE, {}, at=AT, id=ID),
        command_event("device.notice", {"text": "请交单"}, at=AT, id=ID),
    ],
    ids=lambda sent: sent["type"],
)
def test_what_is_sent_keeps_its_own_schema(sent):
    assert DownlinkEnvelopeSchema().validate(sent) == {}
    assert DOWNLINK_TYPES[sent["type"]]().validate(sent["data"]) == {}
    assert (sent["source"], sent["time"]) == ("server", "2026-03-02T01:12:05.250Z")


def test_a_snapshot_is_spelled_in_plain_json():
    data = snapshot_event(SNAPSHOT, NUMBER, AT, ID)["data"]

    assert (data["state"], data["appointment_at"]) == ("dispatched", "2026-03-02T01:12:05.250Z")
    assert type(data["state"]) is str


def test_a_reply_without_an_order_has_no_subject():
    assert "subject" not in reply_event({}, None, AT, ID)


@pytest.mark.parametrize("value", [0.5, {"deep": [0.5]}, b"bytes"])
def test_a_float_never_leaves_the_server(value):
    with pytest.raises(TypeError):
        command_event("device.sync", {"value": value}, AT, ID)


def test_a_time_without_a_zone_never_leaves_the_server():
    naive = AT.replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        command_event("device.sync", {}, naive, ID)


def test_there_are_no_commands_but_those_of_the_contract():
    with pytest.raises(ValueError, match="explode"):
        command_event("device.explode", {}, AT, ID)


def test_server_state_is_a_plain_object():
    state = server_state(online=True, epoch="e-1", at=AT)

    assert state == {"online": True, "epoch": "e-1", "at": "2026-03-02T01:12:05.250Z"}
    assert ServerStateSchema().validate(state) == {}


@pytest.mark.parametrize("gone", ["number", "customer", "quote", "run", "returned_steps"])
def test_a_snapshot_with_a_part_missing_is_noticed(gone):
    data = snapshot_event(SNAPSHOT, NUMBER, AT, ID)["data"]
    del data[gone]

    assert list(DOWNLINK_TYPES["order.snapshot"]().validate(data)) == [gone]


def test_a_snapshot_field_that_is_not_documented_is_noticed():
    data = {**snapshot_event(SNAPSHOT, NUMBER, AT, ID)["data"], "total_profit_fen": 1}

    assert list(DOWNLINK_TYPES["order.snapshot"]().validate(data)) == ["total_profit_fen"]


def test_a_problem_may_carry_more_than_its_standard_members():
    problem = {"type": "urn:paigong:problem:stale", "title": "过时", "status": 412}

    assert ProblemSchema().validate({**problem, "expected_seq": 4}) == {}
    assert list(ProblemSchema().validate({**problem, "errors": {"step": "no list"}})) == ["errors"]
    assert list(ProblemSchema().validate({**problem, "status": 200})) == ["status"]
