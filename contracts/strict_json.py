"""JSON as the wire allows it: one meaning per text, no floats, nothing a database cannot keep."""

import json
from collections.abc import Iterator
from typing import Any

from contracts.refusal import ContractError

#: The largest payload of one message, in bytes.
MAX_PAYLOAD_BYTES = 65536
#: How deep objects and lists may stand inside each other; no message needs half of it.
MAX_DEPTH = 16
#: Whole numbers beyond this are not the same in every language (RFC 7493).
MAX_INTEGER = 2**53 - 1

_LONGEST_DIGITS = 20


def parse(payload: bytes, *, most_bytes: int = MAX_PAYLOAD_BYTES) -> Any:
    """Read the bytes of one message, or of a batch where ``most_bytes`` allows more.

    Floats are read, for ``faults`` to point at: so the rest of the message can still be read and
    the refusal be addressed.

    Raises ContractError: ``payload-too-large`` or ``broken-json``.
    """
    if len(payload) > most_bytes:
        raise too_large(len(payload))
    try:
        return json.loads(
            payload.decode("utf-8"),
            parse_int=_whole_number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object_without_repetition,
        )
    # ValueError covers both what is no UTF-8 and what is no JSON.
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ContractError(
            "broken-json",
            f"内容不是有效的 JSON:{reason[:200]}。",
            f"The payload is not valid JSON: {reason[:200]}.",
        ) from None


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value: sorted keys, no spaces, UTF-8 unescaped."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode("utf-8")


def faults(value: Any, place: str = "", depth: int = 1) -> Iterator[tuple[str, str, str]]:
    """Every value that may not travel, as (slug, dotted place, message)."""
    match value:
        case None | bool():
            return
        case str():
            yield from _text_faults(value, place)
        case int():
            if abs(value) > MAX_INTEGER:
                yield "invalid-number", place, "整数超出 2^53-1; The whole number is beyond 2^53-1"
        case dict() | list() if depth > MAX_DEPTH:
            yield "broken-json", place, f"嵌套超过 {MAX_DEPTH} 层; Nested deeper than {MAX_DEPTH}"
        case dict():
            yield from faults(list(value), place, depth)
            for name, part in value.items():
                yield from faults(part, _inside(place, name), depth + 1)
        case list():
            for index, part in enumerate(value):
                yield from faults(part, _inside(place, index), depth + 1)
        case _:
            yield (
                "invalid-number",
                place,
                "不接受浮点数,请用十进制字符串; No floats: send whole numbers or decimal strings",
            )


def too_large(size_bytes: int) -> ContractError:
    """The refusal of a payload over the limit."""
    return ContractError(
        "payload-too-large",
        f"内容 {size_bytes} 字节,上限 {MAX_PAYLOAD_BYTES}。",
        f"The payload has {size_bytes} bytes, at most {MAX_PAYLOAD_BYTES} are taken.",
    )


def _inside(place: str, name: object) -> str:
    shown = str(name)[:60].encode("utf-8", "replace").decode("utf-8").replace("\x00", "?")
    return f"{place}.{shown}" if place else shown


def _text_faults(text: str, place: str) -> Iterator[tuple[str, str, str]]:
    """A NUL cannot stand in PostgreSQL's text, half a surrogate pair not in UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        yield "broken-json", place, "含有不成对的代理码; Holds half of a surrogate pair"
    if "\x00" in text:
        yield "broken-json", place, "含有空字符; Holds a NUL character"


def _whole_number(digits: str) -> int | float:
    """Endless digits are not worth their arithmetic: refused like a float."""
    return int(digits) if len(digits) <= _LONGEST_DIGITS else float(digits)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _object_without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field name stands twice in one object")
    return found
