"""What the address of a list asks for: words checked and turned into a filter, and quick ones."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from server.accounts.queries import find_user
from server.api.complaint_shapes import COMPLAINT_CATEGORIES, VALIDITIES
from server.complaints.lifecycle import CHANNELS, TARGETS, ComplaintState
from server.console.labels import (
    CATEGORY,
    INCIDENT_CATEGORY,
    INCIDENT_SEVERITY,
    KIND,
    QA,
    TABLES,
    URGENCY,
)
from server.console.wording import gettext
from server.db import utcnow
from server.errors import Invalid
from server.estate.finding import as_unit_code
from server.estate.listing import person_with, unit_id_of
from server.history import Actor
from server.http import level, settings
from server.incidents.lifecycle import DamageState, IncidentState
from server.requests import listing as requests
from server.requests.lifecycle import RequestState
from server.work_orders import listing as orders
from server.work_orders.operations.escalating import AUDIENCE
from server.work_orders.states import State

ORDERS, REQUESTS = "orders", "requests"
COMPLAINTS, INCIDENTS, DAMAGES = "complaints", "incidents", "damages"
ESCALATIONS, DECLINES, VISITS = "escalations", "declines", "return-visits"
ASSETS, STOCK, NOTICES = "assets", "stores/items", "public-notices"
#: Days of an address lie between: what every database, zone and calendar can hold.
FIRST_YEAR, LAST_YEAR = 2000, 2100
#: What may stand in the address of each list, in this order.
KEYS = {
    ORDERS: (
        "state",
        "technician",
        "category",
        "urgency",
        "unit",
        "person",
        "qa",
        "late",
        "hazard",
        "from",
        "to",
    ),
    REQUESTS: ("state", "kind", "urgency", "unit", "person", "from", "to"),
    COMPLAINTS: (
        "state",
        "validity",
        "major",
        "category",
        "channel",
        "target",
        "building",
        "unit",
        "from",
        "to",
    ),
    INCIDENTS: ("state", "category", "severity", "from", "to"),
    DAMAGES: ("state", "kind"),
    ESCALATIONS: ("state", "level"),
    DECLINES: ("item", "waiting"),
    VISITS: ("tab", "month", "assignee"),
    ASSETS: ("unit", "kind", "q", "retired", "retraining"),
    STOCK: ("q", "kind", "low"),
    NOTICES: ("state", "kind"),
}
#: Words of closed lists; `open` is what is under way.
WORDS: dict[str, dict[str, frozenset[str]]] = {
    ORDERS: {
        "state": frozenset({"open", "all", *State}),
        "category": frozenset(CATEGORY),
        "urgency": frozenset(URGENCY),
        "qa": frozenset(QA),
        "late": frozenset({"1"}),
        "hazard": frozenset({"1"}),
    },
    REQUESTS: {
        "state": frozenset({"open", "all", *RequestState}),
        "kind": frozenset(KIND),
        "urgency": frozenset(URGENCY),
    },
    COMPLAINTS: {
        "state": frozenset({"open", "all", *ComplaintState}),
        "validity": frozenset(VALIDITIES),
        "major": frozenset({"1"}),
        "category": frozenset(COMPLAINT_CATEGORIES),
        "channel": frozenset(CHANNELS),
        "target": frozenset(TARGETS),
    },
    INCIDENTS: {
        "state": frozenset({"open", "all", *IncidentState}),
        "category": frozenset(INCIDENT_CATEGORY),
        "severity": frozenset(INCIDENT_SEVERITY),
    },
    DAMAGES: {
        "state": frozenset({"open", "all", *DamageState}),
        "kind": frozenset(TABLES["damage_kind"]),
    },
    ESCALATIONS: {"state": frozenset({"open", "decided", "all"}), "level": frozenset(AUDIENCE)},
    DECLINES: {"waiting": frozenset({"1"})},
    VISITS: {"tab": frozenset(TABLES["visit_tab"])},
    ASSETS: {
        "kind": frozenset(CATEGORY),
        "retired": frozenset({"1"}),
        "retraining": frozenset({"1"}),
    },
    STOCK: {"kind": frozenset(TABLES["thing"]), "low": frozenset({"1"})},
    NOTICES: {
        "state": frozenset(TABLES["public_notice_state"]),
        "kind": frozenset(TABLES["public_notice_kind"]),
    },
}


@dataclass(frozen=True, kw_only=True)
class Quick:
    """A filter that everybody has."""

    name: str
    query: str


class NothingFits(LookupError):
    """The filter names a dwelling or a person that there is not: the list is empty."""


def chosen(list_name: str, args: Mapping[str, str]) -> dict[str, str]:
    """The filters that an address names, without empty ones. Raises Invalid for unknown words."""
    found = {key: args[key].strip() for key in KEYS[list_name] if args.get(key, "").strip()}
    for key, words in WORDS[list_name].items():
        if key in found and found[key] not in words:
            raise _unusable(key)
    for key in ("from", "to"):
        if key in found:
            day_of(key, found[key])
    if "unit" in found:
        found["unit"] = as_unit_code(found["unit"])
    return found


def spelled(words: Mapping[str, str]) -> str:
    """Filters as they stand in an address."""
    return urlencode(words)


def order_filter(current: Session, words: Mapping[str, str], *, by: Actor) -> orders.Filter:
    """The orders that the words ask for, of them only those that one may see (5.1).

    Raises NothingFits.
    """
    technician_id = None
    if level("order.read") == "O":
        technician_id = by.user_id
    elif "technician" in words:
        found = find_user(current, by.estate_id, words["technician"])
        if found is None:
            raise NothingFits
        technician_id = found.id
    unit_id, person_id = _place(current, by, words)
    state = words.get("state", "open")
    return orders.Filter(
        states=_states(state, ()),
        under_way=state == "open",
        technician_id=technician_id,
        own=level("order.read") == "O",
        unit_id=unit_id,
        person_id=person_id,
        category=words.get("category"),
        urgency=words.get("urgency"),
        qa_state=words.get("qa"),
        late="late" in words,
        hazard="hazard" in words,
        issued_from=_begin(words),
        issued_before=_end(words),
    )


def request_filter(current: Session, words: Mapping[str, str], *, by: Actor) -> requests.Filter:
    """The requests that the words ask for. Raises NothingFits."""
    unit_id, person_id = _place(current, by, words)
    return requests.Filter(
        states=_states(words.get("state", "open"), requests.OPEN),
        unit_id=unit_id,
        person_id=person_id,
        kind=words.get("kind"),
        urgency=words.get("urgency"),
        registered_from=_begin(words),
        registered_before=_end(words),
    )


def quick(list_name: str) -> list[Quick]:
    """The filters that everybody has."""
    today = utcnow().astimezone(settings().zone).date().isoformat()
    if list_name not in {ORDERS, REQUESTS}:
        if "open" not in WORDS[list_name].get("state", ()):
            return []
        return [
            Quick(name=gettext("未办结"), query="state=open"),
            Quick(name=gettext("全部"), query="state=all"),
        ]
    of_today = Quick(name=gettext("今天的"), query=f"state=all&from={today}&to={today}")
    whole = Quick(name=gettext("全部"), query="state=all")
    if list_name == REQUESTS:
        return [
            Quick(name=gettext("待处理"), query="state=open"),
            Quick(name=gettext("紧急"), query="state=open&urgency=emergency"),
            Quick(name=gettext("投诉"), query="state=all&kind=complaint"),
            of_today,
            whole,
        ]
    return [
        Quick(name=gettext("进行中"), query="state=open"),
        Quick(name=gettext("待派工"), query="state=created"),
        Quick(name=gettext("待核销"), query="state=accepted"),
        Quick(name=gettext("待评审"), query="state=all&qa=pending"),
        Quick(name=gettext("迟到"), query="state=open&late=1"),
        Quick(name=gettext("有隐患"), query="state=open&hazard=1"),
        of_today,
        whole,
    ]


def _states(state: str, under_way: Sequence[str]) -> tuple[str, ...]:
    if state == "open":
        return tuple(under_way)
    return () if state == "all" else (state,)


def _place(
    current: Session, by: Actor, words: Mapping[str, str]
) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """(unit, person) that are asked for; somebody's orders are looked up by the dwelling."""
    unit_id = person_id = None
    if "person" in words:
        person = person_with(current, by.estate_id, words["person"])
        if person is None:
            raise NothingFits
        unit_id, person_id = person.unit_id, person.id
    if "unit" in words:
        found = unit_id_of(current, by.estate_id, words["unit"])
        if found is None or unit_id not in (None, found):
            raise NothingFits
        unit_id = found
    return unit_id, person_id


def _begin(words: Mapping[str, str]) -> dt.datetime | None:
    return begin_of(day_of("from", words["from"])) if "from" in words else None


def _end(words: Mapping[str, str]) -> dt.datetime | None:
    # The last day is meant whole.
    if "to" not in words:
        return None
    return begin_of(day_of("to", words["to"]) + dt.timedelta(days=1))


def begin_of(day: dt.date) -> dt.datetime:
    """Midnight at the estate, with which a day begins."""
    return dt.datetime.combine(day, dt.time(), tzinfo=settings().zone)


def known(word: str | None, words: Collection[str]) -> None:
    """Let a word of a closed list, or none, stand in an address. Raises Invalid."""
    if word is not None and word not in words:
        raise Invalid("unknown-filter", "没有这个筛选条件。", "There is no such filter.")


def day_of(key: str, text: str) -> dt.date:
    """A day as it stands in an address. Raises Invalid."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise _unusable(key) from error
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise _unusable(key)
    return day


def _unusable(key: str) -> Invalid:
    return Invalid(
        "bad-filter",
        "筛选条件无效,请改正或清除。",
        "The filter cannot be used; correct or clear it.",
        errors={key: ["无效 not usable"]},
    )
