"""What has to be so before a complaint goes on: named functions that say why not (C1–C16). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the guards look at: what stands on the record, and what is being said now."""

    channel: str = "phone"
    major: bool = False
    referred: bool = False
    #: an explanation stands on the record, or is being given
    explained: bool = False
    has_handler: bool = False
    target_on: dt.date | None = None
    order_linked: bool = False
    #: the linked order is over, however it ended
    order_over: bool = False
    #: the order that is being named is of the complainant's dwelling, or one that it has joined
    order_theirs: bool = True
    #: and is still to be done
    order_ahead: bool = True
    #: how the complainant is being visited
    method: str | None = None
    #: who puts it right, and by when
    has_owner: bool = False
    due_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why something cannot be done, in both languages."""

    slug: str
    rule: str | None
    zh: str
    en: str
    #: the field that is missing or wrong, where it is one
    field: str | None = None


def explained(facts: Facts) -> Reason | None:
    """R-110: an invalid complaint closes with the explanation that was given."""
    if facts.explained:
        return None
    return Reason(
        slug="not-explained",
        rule="R-110",
        zh="先礼貌地说明理由并记录,才能结案。",
        en="Explain politely, and record it, before it is closed.",
        field="text",
    )


def no_petition(facts: Facts) -> Reason | None:
    """R-108: a valid complaint that went to a higher authority is major, and nothing less."""
    if facts.channel != "petition":
        return None
    return Reason(
        slug="petition-is-major",
        rule="R-108",
        zh="上访且有效的投诉一律为重大投诉。",
        en="A petition that is valid is a major complaint.",
        field="major",
    )


def handler_named(facts: Facts) -> Reason | None:
    """C6: somebody deals with it."""
    if facts.has_handler:
        return None
    return Reason(
        slug="no-handler",
        rule="R-106",
        zh="请指定处理人。",
        en="Name who deals with it.",
        field="handler",
    )


def target_date(facts: Facts) -> Reason | None:
    """C6: and by when."""
    if facts.target_on is not None:
        return None
    return Reason(
        slug="no-target-date",
        rule="R-106",
        zh="请定下处理期限。",
        en="Set a day by which it is dealt with.",
        field="target_on",
    )


def order_linked(facts: Facts) -> Reason | None:
    """R-114: what is about a paid service runs through the service procedure, with its order."""
    if facts.order_linked:
        return None
    return Reason(
        slug="no-order",
        rule="R-114",
        zh="转特约服务须关联工单。",
        en="It runs through the service procedure by an order; name it.",
        field="order",
    )


def order_theirs(facts: Facts) -> Reason | None:
    """R-114: what somebody complains of is put right where they live."""
    if facts.order_theirs:
        return None
    return Reason(
        slug="order-of-another-unit",
        rule="R-114",
        zh="关联的工单不是这一户的。",
        en="The order is not of this dwelling.",
        field="order",
    )


def order_ahead(facts: Facts) -> Reason | None:
    """R-114, A-28: the order that was complained of puts nothing right; one still to be done does."""
    if facts.order_ahead:
        return None
    return Reason(
        slug="order-over-already",
        rule="R-114",
        zh="这张工单已经结束;请另开返工工单再关联。",
        en="That order is over already; issue one that puts it right, and name that.",
        field="order",
    )


def no_order_running(facts: Facts) -> Reason | None:
    """R-114: the order that puts it right is still being done; it needs no other."""
    if facts.order_over or not facts.order_linked:
        return None
    return Reason(
        slug="order-already-issued",
        rule="R-114",
        zh="关联的工单还没有结束,不用另开。",
        en="The order it is linked to is not over yet; it needs no other.",
    )


def order_over(facts: Facts) -> Reason | None:
    """R-114, A-28: the order ends by its own procedure first."""
    if facts.order_over:
        return None
    return Reason(
        slug="order-open",
        rule="R-114",
        zh="关联的工单还没有核销或取消。",
        en="The order that it runs through is not over yet.",
    )


def major_on_site(facts: Facts) -> Reason | None:
    """R-123: a major complaint is visited on site."""
    if not facts.major or facts.method == "on_site":
        return None
    return Reason(
        slug="major-on-site",
        rule="R-123",
        zh="重大投诉必须上门回访。",
        en="A major complaint is visited on site.",
        field="method",
    )


def owner_named(facts: Facts) -> Reason | None:
    """R-128: somebody is set to put it right."""
    if facts.has_owner:
        return None
    return Reason(
        slug="no-owner",
        rule="R-128",
        zh="客户不满意,请指定整改人。",
        en="The complainant is dissatisfied: name who puts it right.",
        field="owner",
    )


def dated(facts: Facts) -> Reason | None:
    """R-128, A-31: by a day that is stated."""
    if facts.due_on is not None:
        return None
    return Reason(
        slug="no-due-date",
        rule="R-128",
        zh="限期整改必须写明期限。",
        en="It is put right by a day that is stated; state it.",
        field="due_on",
    )


GUARDS: Mapping[str, Callable[[Facts], Reason | None]] = {
    guard.__name__: guard
    for guard in (
        explained,
        no_petition,
        handler_named,
        target_date,
        order_linked,
        order_theirs,
        order_ahead,
        no_order_running,
        order_over,
        major_on_site,
        owner_named,
        dated,
    )
}
