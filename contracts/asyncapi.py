"""The MQTT half of the contract as an AsyncAPI 3 document, made from the schemas the code runs."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from contracts.downlink import DOWNLINK_TYPES, DownlinkEnvelopeSchema, ServerStateSchema
from contracts.envelope import (
    EventEnvelopeSchema,
    PresenceSchema,
    SyncEnvelopeSchema,
    SyncSchema,
)
from contracts.events import EVENT_TYPES
from contracts.fields import WireSchema
from contracts.json_schema import of_schema

ROOT = "paigong/v1"
DEVICE_PATTERN = "^[a-z0-9][a-z0-9_-]{2,62}$"


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One topic: who speaks on it, and what."""

    name: str
    address: str
    #: from the server's side: ``send`` or ``receive``
    action: str
    messages: tuple[str, ...]
    summary: str
    retained: bool = False


CHANNELS = (
    Channel(
        name="orders",
        address=f"{ROOT}/d/{{device}}/dn/orders",
        action="send",
        messages=("order.snapshot", "order.withdrawn"),
        summary="工单快照与收回; Orders of this technician, whole, and their withdrawal",
    ),
    Channel(
        name="replies",
        address=f"{ROOT}/d/{{device}}/dn/replies",
        action="send",
        messages=("event.reply", "sync.result"),
        summary="对每个事件与同步的答复; One reply per event, one result per sync",
    ),
    Channel(
        name="commands",
        address=f"{ROOT}/d/{{device}}/dn/commands",
        action="send",
        messages=("device.wipe", "device.sync", "device.notice"),
        summary="对手持机的指令; What the handheld is told to do",
    ),
    Channel(
        name="events",
        address=f"{ROOT}/d/{{device}}/up/events",
        action="receive",
        messages=tuple(EVENT_TYPES),
        summary="技师所做的事; What the technician did, one event per message",
    ),
    Channel(
        name="sync",
        address=f"{ROOT}/d/{{device}}/up/sync",
        action="receive",
        messages=("sync.request",),
        summary="每次连接、订阅确认之后; After every connect, once SUBACK has come",
    ),
    Channel(
        name="presence",
        address=f"{ROOT}/d/{{device}}/up/presence",
        action="receive",
        messages=("presence",),
        summary="在线状态,也是遗嘱; Whether the handheld is connected, and its will",
        retained=True,
    ),
    Channel(
        name="server",
        address=f"{ROOT}/server",
        action="send",
        messages=("server",),
        summary="服务器状态,也是遗嘱; Whether the server is there, and its will",
        retained=True,
    ),
)


def document(server_url: str) -> dict[str, Any]:
    """The AsyncAPI document of a server whose broker is at ``server_url`` (``mqtt://host:1883``)."""
    url = urlsplit(server_url)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "派工 Paigong",
            "version": "1",
            "description": "手持机与服务器之间的消息; Messages between handhelds and the server",
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": url.netloc,
                "protocol": url.scheme,
                "protocolVersion": "3.1.1",
                **({"pathname": url.path} if url.path else {}),
                "security": [{"$ref": "#/components/securitySchemes/device"}],
            }
        },
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": {
            f"{channel.action}_{channel.name}": _operation(channel) for channel in CHANNELS
        },
        "components": {
            "messages": {
                name: {
                    "name": name,
                    "title": name,
                    "contentType": "application/json",
                    "payload": {"$ref": f"#/components/schemas/{name}"},
                }
                for channel in CHANNELS
                for name in channel.messages
            },
            "schemas": payload_schemas(),
            "securitySchemes": {
                "device": {
                    "type": "userPassword",
                    "description": "用户名即设备编号; The user name is the device id",
                }
            },
        },
    }


def payload_schemas() -> dict[str, dict[str, Any]]:
    """Message name -> JSON Schema of its whole payload, envelope included."""
    return {
        **{name: _event(name) for name in EVENT_TYPES},
        "sync.request": _enveloped(SyncEnvelopeSchema, SyncSchema, "sync.request", is_open=False),
        "presence": of_schema(PresenceSchema(), is_open=False),
        **{
            name: _enveloped(DownlinkEnvelopeSchema, schema, name, is_open=True)
            for name, schema in DOWNLINK_TYPES.items()
        },
        "server": of_schema(ServerStateSchema(), is_open=True),
    }


def _event(name: str) -> dict[str, Any]:
    schema = EVENT_TYPES[name]
    described = _enveloped(EventEnvelopeSchema, schema, name, is_open=False)
    if schema.needs_order:
        described["required"] = sorted([*described["required"], "subject"])
    return described


def _enveloped(
    envelope: type[WireSchema], data: type[WireSchema], name: str, *, is_open: bool
) -> dict[str, Any]:
    described = of_schema(envelope(), is_open=is_open)
    described["properties"] = {
        **described["properties"],
        "type": {"const": name},
        "data": of_schema(data(), is_open=is_open),
    }
    return described


def _channel(channel: Channel) -> dict[str, Any]:
    described: dict[str, Any] = {
        "address": channel.address,
        "title": channel.name,
        "summary": channel.summary,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in channel.messages},
    }
    if "{device}" in channel.address:
        told = f"设备编号; The device id, {DEVICE_PATTERN}"
        described["parameters"] = {"device": {"description": told}}
    return described


def _operation(channel: Channel) -> dict[str, Any]:
    return {
        "action": channel.action,
        "channel": {"$ref": f"#/channels/{channel.name}"},
        "summary": channel.summary,
        "messages": [
            {"$ref": f"#/channels/{channel.name}/messages/{name}"} for name in channel.messages
        ],
        "bindings": {"mqtt": {"qos": 1, "retain": channel.retained}},
    }
