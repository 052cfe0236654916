"""The closed lists of words that templates, answers and results are made of."""

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What sort of entry a step asks for."""

    SAFETY = "safety"
    CHECK = "check"
    ACTION = "action"
    READING = "reading"
    CHOICE = "choice"
    PHOTO = "photo"
    SIGNOFF = "signoff"


class Status(StrEnum):
    """What a recorded answer is worth."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    WARN = "warn"
    INFO = "info"
    INCOMPLETE = "incomplete"
    NOT_ASSESSED = "not_assessed"
    DONE = "done"
    NA = "na"


GOOD: Final = frozenset({Status.PASS, Status.DONE, Status.WARN, Status.INFO, Status.NOT_ASSESSED})

PROVENANCES: Final = ("seed", "engineering", "product")

CATEGORIES: Final = (
    "lamp",
    "switch",
    "tap_valve",
    "gas_water_heater",
    "gas_stove",
    "toilet_tank",
    "air_conditioner",
    "water_pipe_install",
    "household_other",
    "business_other",
    "public_area",
)

SUSPENSIONS: Final = (
    "wait_material",
    "customer_absent",
    "hazard",
    "capacity_increase",
    "riser_shutoff",
    "access",
    "other",
)

PHOTO_TAGS: Final = (
    "before",
    "after",
    "isolation",
    "meter",
    "rating_label",
    "gauge_low",
    "gauge_high",
    "clamp",
    "nameplate",
    "old_part",
    "new_part",
    "fault_point",
    "repair",
    "gas_off",
    "leak_test",
    "flame",
    "joint",
    "thread",
    "closed",
    "water_test",
    "plumb",
    "level",
    "union",
    "hot_cold",
    "clips",
    "bends",
    "run",
    "materials",
    "route_sketch",
    "dye",
    "seal",
    "scale",
    "frost",
    "terminals",
    "harness",
    "gap",
    "clean",
    "tag",
    "gauge",
)

COMPARISONS: Final = ("lt", "le", "gt", "ge", "eq", "ne")
