"""The answer to a checklist step, as far as the wire knows it: bounded, with text quantities.

What a step wants for an answer, and what the answer is worth, is the checklist engine's to say.
"""

from typing import Any

from marshmallow import ValidationError

from contracts.fields import FieldName, Flag, JsonObject, Text


class FurtherQuantities(JsonObject):
    """Further quantities of a step: name -> decimal string or word; null is absence."""

    quantity_name = FieldName()
    quantity = Text(longest=60)

    @property
    def wire(self) -> dict[str, Any]:
        return {
            **super().wire,
            "propertyNames": self.quantity_name.wire,
            "additionalProperties": self.quantity.wire,
        }

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        given = super()._deserialize(value, *args, **kwargs)
        filled = {name: told for name, told in given.items() if told is not None}
        errors = {}
        for name, told in filled.items():
            try:
                self.quantity_name.deserialize(name)
                self.quantity.deserialize(told)
            except ValidationError as error:
                errors[name[:60]] = error.messages
        if errors:
            raise ValidationError(errors)
        return filled


class Answer(JsonObject):
    """The answer object; only ``fields`` is read here, so that quantities have one home."""

    further = FurtherQuantities(most=20)

    @property
    def wire(self) -> dict[str, Any]:
        text = Text().wire
        known = {
            "confirmed": Flag().wire,
            "ok": Flag().wire,
            "done": Flag().wire,
            "old_spec": text,
            "new_spec": text,
            "value": text,
            "unit": text,
            "choices": {"type": "array", "items": text},
            "fields": self.further.wire,
        }
        return {**super().wire, "properties": known}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        answer = super()._deserialize(value, *args, **kwargs)
        if "fields" in answer:
            try:
                answer["fields"] = self.further.deserialize(answer["fields"])
            except ValidationError as error:
                raise ValidationError({"fields": error.messages}) from None
        return answer
