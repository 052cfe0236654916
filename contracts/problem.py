"""A refusal as clients read it, over HTTP and inside a reply: RFC 9457 problem details."""

from typing import Any

from marshmallow import INCLUDE

from contracts.fields import JsonObject, Many, Text, WholeNumber, WireSchema

_SENTENCE = 1000


class ErrorsMap(JsonObject):
    """Field -> messages."""

    messages = Many(Text(longest=_SENTENCE), fewest=1, most=100)

    @property
    def wire(self) -> dict[str, Any]:
        message = Text(longest=_SENTENCE).wire
        return {
            "type": "object",
            "additionalProperties": {"type": "array", "items": message, "minItems": 1},
        }

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        told = super()._deserialize(value, *args, **kwargs)
        return {name: self.messages.deserialize(told[name]) for name in told}


class ProblemSchema(WireSchema):
    """Problem details; a client passes over members that it does not know."""

    class Meta:
        unknown = INCLUDE

    type = Text(longest=200, required=True)
    title = Text(longest=200, required=True)
    status = WholeNumber(least=400, most=599, required=True)
    detail = Text(longest=4000)
    #: the same in one language each
    detail_zh = Text(longest=4000)
    detail_en = Text(longest=4000)
    rule = Text(longest=40)
    errors = ErrorsMap(most=1000)
