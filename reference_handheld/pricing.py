"""The lines of a quote: labour of the category and the parts the findings call for (R-055)."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from checklists.run import Run
from checklists.vocabulary import Status

_LABOUR = {
    "lamp": ("L-LAMP", "1"),
    "switch": ("L-SW", "1"),
    "tap_valve": ("L-TAP", "1"),
    "gas_water_heater": ("L-GWH", "1"),
    "gas_stove": ("L-STOVE", "1"),
    "toilet_tank": ("L-WC", "1"),
    "air_conditioner": ("L-ACCHK", "1"),
    "water_pipe_install": ("L-PIPE", "4"),
}
_ALWAYS = {"switch": (("M-SW10A", "1"),)}
_FOR_FAILED = {
    "LAMP-08": (("M-STARTER", "1"),),
    "LAMP-10": (("M-TUBE36", "1"),),
    "TAP-05": (("M-TAP15", "1"),),
    "WC-A4": (("M-WCSET", "1"),),
    "WC-B2": (("M-WCPLUG", "1"),),
    "AC-18": (("L-ACLEAK", "1"), ("M-R22", "3")),
}


def lines(price_list: Mapping[str, Any], category: str, run: Run | None) -> list[dict[str, str]]:
    """What to charge for as things were found; only what stands on the price list (R-021)."""
    listed = {item["code"] for item in price_list.get("items", ())}
    wanted = [_LABOUR[category]] if category in _LABOUR else []
    wanted += _ALWAYS.get(category, ())
    failed = {result.step for result in run.results if result.status is Status.FAIL} if run else ()
    for step, parts in _FOR_FAILED.items():
        if step in failed:
            wanted += parts
    return [{"item": code, "qty": qty} for code, qty in wanted if code in listed]


def total_fen(price_list: Mapping[str, Any], quoted: Sequence[Mapping[str, str]]) -> int:
    """The sum in fen, each line rounded half up. Raises KeyError for an item not on the list."""
    prices = {item["code"]: int(item["price_fen"]) for item in price_list.get("items", ())}
    return sum(
        int((Decimal(line["qty"]) * prices[line["item"]]).quantize(Decimal(1), ROUND_HALF_UP))
        for line in quoted
    )
