"""JSON Schema (draft 7 and later) of the wire's schemas, for published documents and other clients.

What a handheld sends is closed: an unknown field is refused. What the server sends is open: fields
may be added, and a client passes over those it does not know.
"""

from enum import StrEnum
from typing import Any

from marshmallow import INCLUDE, Schema, fields, missing

from contracts.fields import Many, Part
from contracts.people import Signer

_NULL: dict[str, Any] = {"type": "null"}


def of_schema(schema: Schema, *, is_open: bool) -> dict[str, Any]:
    """The JSON Schema of an object; ``is_open``: whether unknown fields pass."""
    properties = {
        field.data_key or name: _of_field(field, is_open=is_open)
        for name, field in schema.load_fields.items()
    }
    required = sorted(
        field.data_key or name for name, field in schema.load_fields.items() if field.required
    )
    return {
        "type": "object",
        **({"description": schema.__doc__.split("\n\n")[0]} if schema.__doc__ else {}),
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": is_open or schema.unknown == INCLUDE,
    }


def _of_field(field: fields.Field[Any], *, is_open: bool) -> dict[str, Any]:
    described: dict[str, Any]
    match field:
        case Part():
            described = of_schema(field.schema, is_open=is_open)
        case Many():
            described = {
                "type": "array",
                "items": _of_field(field.inner, is_open=is_open),
                "minItems": field.fewest,
                "maxItems": field.most,
            }
        case Signer():
            described = {"anyOf": [field.only_name.wire, of_schema(field.schema, is_open=is_open)]}
        case _:
            described = dict(field.wire)  # type: ignore[attr-defined]  # every leaf of ours has one
    if field.load_default is not missing and not callable(field.load_default):
        told = field.load_default
        described["default"] = told.value if isinstance(told, StrEnum) else told
    described.update(field.metadata)
    return {"anyOf": [described, _NULL]} if field.allow_none else described
