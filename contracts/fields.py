"""The kinds of value that stand on the wire, each with its check and its JSON Schema side by side.

Marshmallow's own fields are lenient ("1" is a number, "yes" is true); these are not. A value is
taken as it was written or refused, and every message is Chinese first and English.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load

from contracts import strict_json

UNKNOWN_FIELD = "未知字段; Unknown field"
MAX_TEXT = 2000
#: Years outside this cannot be a clock's error, and break arithmetic on time zones.
_FIRST_YEAR, _LAST_YEAR = 1970, 2199


#: What marshmallow itself says, in our two languages.
MESSAGES: dict[str, Any] = {
    "required": "缺少必填字段; Required field is missing",
    "null": "不能为空值; May not be null",
    "type": "应为对象; Must be an object",
    "invalid": "应为列表; Must be a list",
}
_SCHEMA_MESSAGES = {"unknown": UNKNOWN_FIELD, "type": MESSAGES["type"]}


class WireSchema(Schema):
    """A JSON object: unknown fields are refused; null or "" in an optional field is absence."""

    error_messages = _SCHEMA_MESSAGES

    class Meta:
        unknown = RAISE

    @pre_load
    def drop_absent(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if not self._is_absent(name, value)}

    def _is_absent(self, name: str, value: Any) -> bool:
        if value is not None and value != "":
            return False
        return any(
            name == (field.data_key or own_name)
            and not field.required
            and (value == "" or not field.allow_none)
            for own_name, field in self.load_fields.items()
        )


class _Told:
    default_error_messages = MESSAGES


class Text(_Told, fields.Field[str]):
    """A text with something in it, kept as it was written; at most ``longest`` characters."""

    def __init__(self, *, longest: int = MAX_TEXT, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    @property
    def wire(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.longest, "pattern": r"\S"}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("应为文字; Must be a string")
        if not value.strip():
            raise ValidationError("不能为空; May not be blank")
        if len(value) > self.longest:
            raise ValidationError(f"最多 {self.longest} 个字符; At most {self.longest} characters")
        return value


class _Pattern(_Told, fields.Field[str]):
    pattern: ClassVar[str]
    wanted: ClassVar[str]

    @property
    def wire(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.pattern}$"}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise ValidationError(self.wanted)
        return value


class UuidV7(_Pattern):
    """An id made by a client: RFC 9562 version 7, canonical and lower-case."""

    pattern = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    wanted = "应为小写的 UUIDv7; Must be a lower-case UUIDv7"


class Uuid(_Pattern):
    """An id made by the server: any UUID, canonical and lower-case."""

    pattern = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    wanted = "应为小写的 UUID; Must be a lower-case UUID"


class Sha256(_Pattern):
    """The name of a photo or signature: the hash of its bytes."""

    pattern = "[0-9a-f]{64}"
    wanted = "应为 64 位小写十六进制; Must be 64 lower-case hex digits"


class OrderNumber(_Pattern):
    """The number of a work order; a month with more than 9999 orders takes a fifth digit."""

    pattern = "FW-[0-9]{4}(0[1-9]|1[0-2])-[0-9]{4,8}"
    wanted = "应为工单号 FW-YYYYMM-NNNN; Must be a work order number FW-YYYYMM-NNNN"


class DeviceSource(_Pattern):
    """The source of a handheld's message."""

    pattern = "devices/[a-z0-9][a-z0-9_-]{2,62}"
    wanted = "应为 devices/{device}; Must be devices/{device}"


class DeviceId(_Pattern):
    """A handheld, by itself."""

    pattern = "[a-z0-9][a-z0-9_-]{2,62}"
    wanted = "应为设备编号; Must be a device id"


class KeyId(_Pattern):
    """The name of a public key: the beginning of its hash."""

    pattern = "[0-9a-f]{16}"
    wanted = "应为 16 位小写十六进制; Must be 16 lower-case hex digits"


class PublicPoint(_Pattern):
    """A public key on P-256: the uncompressed point, 65 bytes, base64url without padding."""

    pattern = "B[A-P][A-Za-z0-9_-]{84}[AEIMQUYcgkosw048]"
    wanted = "应为 P-256 公钥; Must be a P-256 point, base64url"


class Code(_Pattern):
    """An identifier in a list: a checklist step, a price-list or stock item."""

    pattern = r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,39}"
    wanted = (
        "应为编号,字母数字与 _ . - 至多 40 位; Must be a code of at most 40 letters, digits, _ . -"
    )


class FieldName(_Pattern):
    """The name of a further quantity of a step, with its unit: ``rated_a``."""

    pattern = "[a-z][a-z0-9_]{0,39}"
    wanted = "应为小写字段名; Must be a lower-case name"


class Quantity(_Pattern):
    """How much, as a decimal string above zero with at most two places."""

    pattern = r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,2})?"
    wanted = (
        "应为大于零的十进制字符串,至多两位小数; "
        "Must be a decimal string above zero with at most two places"
    )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs)
        if not Decimal(text):
            raise ValidationError(self.wanted)
        return text


class UtcTime(_Told, fields.Field[datetime]):
    """A moment: RFC 3339, UTC, upper-case T and Z; loads to an aware datetime."""

    pattern = (
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
        r"(\.[0-9]{1,9})?Z"
    )

    @property
    def wire(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time", "pattern": f"^{self.pattern}$"}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        if isinstance(value, str) and re.fullmatch(self.pattern, value):
            try:
                # Python keeps microseconds: the further places of the fraction are cut off.
                moment = datetime.fromisoformat(value[:-1]).replace(tzinfo=UTC)
            except ValueError:
                pass
            else:
                if _FIRST_YEAR <= moment.year <= _LAST_YEAR:
                    return moment
        raise ValidationError(
            "应为 UTC 时间,如 2026-03-01T08:00:00Z; Must be a UTC time like 2026-03-01T08:00:00Z"
        )


class WholeNumber(_Told, fields.Field[int]):
    """A whole number within bounds; true is none, nor is "1"."""

    def __init__(
        self, *, least: int = 0, most: int = strict_json.MAX_INTEGER, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most

    @property
    def wire(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if type(value) is not int or not self.least <= value <= self.most:
            raise ValidationError(
                f"应为 {self.least} 到 {self.most} 的整数; "
                f"Must be a whole number from {self.least} to {self.most}"
            )
        return value


class Version(WholeNumber):
    """A version of an order: from 1, within what a database column of 32 bits holds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(least=1, most=2**31 - 1, **kwargs)


class Flag(_Told, fields.Field[bool]):
    """True or false, nothing else."""

    @property
    def wire(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("应为 true 或 false; Must be true or false")
        return value


class OneOf(_Told, fields.Field[StrEnum]):
    """A word of a closed list; loads to the member of the enumeration."""

    def __init__(self, words: type[StrEnum], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words

    @property
    def wire(self) -> dict[str, Any]:
        return {"type": "string", "enum": [word.value for word in self.words]}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> StrEnum:
        if isinstance(value, str) and value in self.words._value2member_map_:
            return self.words(value)
        choice = ", ".join(self.words)
        raise ValidationError(f"应为其中之一; Must be one of: {choice}")


class Fixed(_Told, fields.Field[str]):
    """Exactly this text."""

    def __init__(self, text: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text = text

    @property
    def wire(self) -> dict[str, Any]:
        return {"const": self.text}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if value != self.text:
            raise ValidationError(f"应为 {self.text}; Must be {self.text}")
        return self.text


class Mark(_Told, fields.Field[str]):
    """A sender's own mark (session, epoch): text or whole number, loads to text."""

    @property
    def wire(self) -> dict[str, Any]:
        return {"type": ["string", "integer"], "minLength": 1, "maxLength": 100}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        text = str(value) if type(value) is int else value
        if not isinstance(text, str) or not 1 <= len(text) <= 100:  # noqa: PLR2004 - stands in wire
            raise ValidationError("应为 1 到 100 个字符; Must be 1 to 100 characters")
        return text


class Many(_Told, fields.List[Any]):
    """A list of ``fewest`` to ``most`` entries."""

    def __init__(
        self, inner: fields.Field[Any], *, most: int, fewest: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(inner, **kwargs)
        self.fewest, self.most = fewest, most

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and not self.fewest <= len(value) <= self.most:
            raise ValidationError(
                f"应有 {self.fewest} 到 {self.most} 项; "
                f"Must have {self.fewest} to {self.most} entries"
            )
        return super()._deserialize(value, *args, **kwargs)


class Part(_Told, fields.Nested):
    """An object inside an object, read by its own schema."""


class JsonObject(_Told, fields.Field[dict[str, Any]]):
    """An object whose inside another room judges; here only its size is bounded.

    ``most`` is the number of names, ``most_bytes`` the size of the whole as canonical JSON, None
    where the limit of the message is enough.
    """

    def __init__(self, *, most: int = 40, most_bytes: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most, self.most_bytes = most, most_bytes

    @property
    def wire(self) -> dict[str, Any]:
        return {"type": "object", "maxProperties": self.most}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValidationError(MESSAGES["type"])
        if len(value) > self.most:
            raise ValidationError(f"至多 {self.most} 项; At most {self.most} names")
        if self.most_bytes and len(strict_json.canonical(value)) > self.most_bytes:
            raise ValidationError(f"至多 {self.most_bytes} 字节; At most {self.most_bytes} bytes")
        return dict(value)


def format_time(moment: datetime) -> str:
    """A moment as the wire writes it: UTC, milliseconds, ``Z``. Raises ValueError when naive."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone has no place on the wire")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
