"""Field types of the desk's schemas: moments in UTC, text that a database can keep."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma
from marshmallow import validate

Z_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
CONTROL = {chr(code) for code in range(32)} - {"\t", "\n", "\r"}
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


class Moment(ma.fields.AwareDateTime):
    """RFC 3339 with a zone on the way in, UTC with `Z` on the way out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.astimezone(dt.UTC).strftime(Z_FORMAT)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> dt.datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        try:
            moment: dt.datetime = super()._deserialize(value, *args, **kwargs)
            moment = moment.astimezone(dt.UTC)
        except OverflowError as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error
        if not EARLIEST <= moment <= LATEST:
            raise ma.ValidationError("时间超出范围 The time is out of range.")
        return moment


class Text(ma.fields.String):
    """Text of bounded length that says something and holds nothing a database refuses."""

    def __init__(self, longest: int = 2000, *, blank: bool = False, **kwargs: Any) -> None:
        limits = validate.Length(min=0 if blank else 1, max=longest)
        super().__init__(validate=limits, **kwargs)
        self.blank = blank

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, *args, **kwargs))
        if any(char in CONTROL or "\ud800" <= char <= "\udfff" for char in text):
            raise ma.ValidationError("含有控制字符 Contains control characters.")
        if not self.blank and not text.strip():
            raise ma.ValidationError("不能为空 Must not be blank.")
        return text


class Body(ma.Schema):
    """What is taken in: null in a field that may be left out means that it was left out."""

    @ma.pre_load
    def drop_absent(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        fields = self.load_fields
        return {
            name: value
            for name, value in data.items()
            if value is not None or name not in fields or fields[name].required
        }


class Several(ma.fields.List[Any]):
    """Words of a closed list in a query: the name repeated, or one value with commas."""

    def __init__(self, *choices: str, **kwargs: Any) -> None:
        super().__init__(one_of(*choices), **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        told = value if isinstance(value, list) else [value]
        words = [word for one in told for word in str(one).split(",") if word]
        return super()._deserialize(words, *args, **kwargs)


def one_of(*choices: str, **kwargs: Any) -> ma.fields.String:
    """A word of a closed list."""
    return ma.fields.String(validate=validate.OneOf(choices), **kwargs)
