"""Which licences a category of work demands (X-029, hard constraint 11). Pure."""

from __future__ import annotations

#: category -> kinds of which every one must be approved and unexpired on dispatch
NEEDED: dict[str, tuple[str, ...]] = {
    "lamp": ("electrician",),
    "switch": ("electrician",),
    "gas_water_heater": ("gas",),
    "gas_stove": ("gas",),
    "air_conditioner": ("refrigeration",),
}


def lacking(category: str, held: frozenset[str]) -> tuple[str, ...]:
    """The kinds of licence that somebody with `held` lacks for a category."""
    return tuple(kind for kind in NEEDED.get(category, ()) if kind not in held)
