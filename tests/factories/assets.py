"""Appliances of the scenarios, and the acts of the desk about them."""

import datetime as dt

from server.assets import classes, operations
from server.assets import queries as assets
from server.db import transaction
from server.estate.operations import find_unit
from server.work_orders.operations import covering, moving
from tests.cast import CHEN_JING, LIN_FANG, ZHAO_MIN
from tests.factories.world import World

#: S-10: the air-conditioner of 林芳 is asked about on this day.
ASKED = dt.date(2025, 3, 11)


def appliance(world: World, *, label="AC-0905", kind="air_conditioner", **facts):
    """The air-conditioner in 1栋2单元0905; the facts say how old it is."""
    customer, class_code = facts.pop("customer", LIN_FANG), facts.pop("class_code", None)
    with transaction() as current:
        by = world.by(CHEN_JING)
        known = class_code and classes.find_code(current, by.estate_id, class_code)
        return operations.register(
            current,
            world.settings,
            kind=kind,
            label=label,
            unit=find_unit(current, by.estate_id, customer.unit_code),
            warranty_class=known or None,
            facts=facts,
            by=by,
            at=world.now,
        )


def link(world: World, order, asset, *, by=CHEN_JING):
    """The desk names the appliance on the order."""
    with transaction() as current:
        actor = world.by(by)
        found = moving.find_order(current, order.number, by=actor)
        return covering.link_asset(
            current, world.settings, found, asset, by=actor, at=world.later()
        )


def rule(world: World, order, case, *, by=ZHAO_MIN, reason="压缩机外壳有撞痕"):
    """What was found on site, as the manager puts it down."""
    with transaction() as current:
        actor = world.by(by)
        found = moving.find_order(current, order.number, by=actor)
        return covering.rule(
            current,
            world.settings,
            found,
            case=case,
            reason=reason,
            by=actor,
            at=world.later(),
        )


def change(world: World, asset, **facts):
    """The desk puts right what is known; open orders are asked for anew."""
    with transaction() as current:
        by = world.by(CHEN_JING)
        orders = covering.lock_open_orders(current, asset, by=by)
        found = operations.find(current, asset.id, by=by, lock=True)
        operations.change(current, world.settings, found, facts=facts, by=by, at=world.later())
        covering.ask_again(current, world.settings, found, orders, by=by, at=world.now)


def known_as(world: World, typed, **more):
    """Labels that the desk finds by what it types."""
    found = assets.page(world.session, world.estate_id, known_as=typed, limit=10, **more)
    return [row.asset.label for row in found.rows]
