"""Who signed, and the pictures named: the two parts that several events share."""

from typing import Any

from marshmallow import ValidationError, fields

from contracts.fields import MESSAGES, Many, OneOf, Part, Sha256, Text, WireSchema
from contracts.vocabulary import PhotoTag, Relation

MAX_NAME = 60
MAX_PHOTOS = 30


class SignerSchema(WireSchema):
    """A person who agrees or signs, and what they are to the dwelling."""

    name = Text(longest=MAX_NAME, required=True)
    relation = OneOf(Relation, required=True)


class Signer(fields.Field[dict[str, Any]]):
    """A signer as an object, or only a name, which counts as relation ``other``."""

    default_error_messages = MESSAGES
    schema = SignerSchema()
    only_name = Text(longest=MAX_NAME)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        person = {"name": value, "relation": Relation.OTHER} if isinstance(value, str) else value
        if not isinstance(person, dict):
            raise ValidationError("应为姓名或对象; Must be a name or an object")
        return dict(self.schema.load(person))


class PhotoSchema(WireSchema):
    """A picture, named by the hash of its bytes; the bytes travel over HTTP."""

    sha256 = Sha256(required=True)
    tag = OneOf(PhotoTag, required=True)


def photos() -> Many:
    """The pictures of an event; a missing list is an empty one."""
    return Many(Part(PhotoSchema), most=MAX_PHOTOS, load_default=list)
