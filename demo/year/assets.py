"""An appliance in every other dwelling, and who was shown how to work it (X-008)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from uuid_utils.compat import uuid7

from demo.year.cast import FROM_FACTORY_MONTHS, FROM_USE_MONTHS, Appliance, Office, Resident
from demo.year.writing import Basis, By, Event, Sheaf
from server.assets.models import Asset, AssetTraining, OperatorDeparture, WarrantyClass
from server.assets.operations import SUBJECT
from server.search import index

_BRANDS = ("格力", "美的", "海尔", "万和")
_SHOWN = {
    "air_conditioner": "遥控器、滤网清洗、停电后的重启",
    "gas_water_heater": "开关顺序、通风、闻到燃气味怎么办",
}
_TRAINED, _GONE, _AGAIN = 0.3, 0.25, 0.5
_DAY = dt.timedelta(days=1)


def appliances(residents: Sequence[Resident], basis: Basis) -> list[Appliance]:
    """What stands where, none of it newer than three weeks."""
    first, dice = basis.day(basis.now) - dt.timedelta(days=900), basis.dice
    found = []
    for place, resident in enumerate(residents[::2], 1):
        used = first + dt.timedelta(days=dice.randrange(880))
        found.append(
            Appliance(
                id=uuid7(),
                label=f"KT-{place:05d}",
                kind=dice.choice(tuple(_SHOWN)),
                resident=resident,
                factory_on=used - 90 * _DAY,
                first_use_on=used,
            )
        )
    return found


def write(
    sheaf: Sheaf,
    assets: Sequence[Appliance],
    trainers: Sequence[By],
    office: Office,
    basis: Basis,
    *,
    first: dt.date,
) -> None:
    """The appliances; a third of their people were trained, some of whom are gone since."""
    household = uuid7()
    sheaf.add(
        WarrantyClass,
        id=household,
        estate_id=sheaf.estate_id,
        code="YEAR-SET",
        name_zh="整机一年",
        name_en="Set, one year",
        months_from_use=FROM_USE_MONTHS,
        months_from_factory=FROM_FACTORY_MONTHS,
        months_from_acceptance=None,
        basis="either",
        on_site_24h=False,
    )
    for asset in assets:
        registered_at = basis.at(first, 9) + dt.timedelta(minutes=basis.dice.randrange(480))
        said = {"name": asset.label, "kind": asset.kind, "unit": asset.resident.unit}
        basis.diary.note(
            SUBJECT,
            str(asset.id),
            ("asset.registered", registered_at, office.supervisor, said),
        )
        trained = basis.dice.random() < _TRAINED
        due_since = _people(sheaf, asset, trainers, office, basis, first) if trained else None
        sheaf.found_by(index.ASSET, str(asset.id), f"{asset.label} {asset.resident.unit}")
        sheaf.add(
            Asset,
            id=asset.id,
            estate_id=sheaf.estate_id,
            label=asset.label,
            provisional=False,
            unit_id=asset.resident.unit_id,
            place=None,
            kind=asset.kind,
            brand=basis.dice.choice(_BRANDS),
            model=f"M-{basis.dice.randrange(100, 999)}",
            serial=None,
            refrigerant=None,
            rated_current_a=Decimal("5.2"),
            class_id=household,
            factory_on=asset.factory_on,
            first_use_on=asset.first_use_on,
            accepted_on=None,
            documents=[],
            retraining_since=due_since,
            version=1,
        )


def _people(
    sheaf: Sheaf,
    asset: Appliance,
    trainers: Sequence[By],
    office: Office,
    basis: Basis,
    first: dt.date,
) -> dt.date | None:
    """Who was trained, who left, who was trained instead; since when somebody has to be."""
    dice, today, name = basis.dice, basis.day(basis.now), asset.resident.name
    trained_on = first + dt.timedelta(days=1 + dice.randrange(300))
    if trained_on >= today:
        return None
    _trained(sheaf, asset, dice.choice(trainers), office, basis, trained_on, [name, "家里老人"])
    left_on = trained_on + dt.timedelta(days=20 + dice.randrange(120))
    if dice.random() >= _GONE or left_on >= today:
        return None
    sheaf.add(
        OperatorDeparture,
        id=uuid7(),
        estate_id=sheaf.estate_id,
        asset_id=asset.id,
        name="家里老人",
        left_on=left_on,
        reason="回老家,换了保姆照看",
        recorded_by=office.duty.id,
        recorded_at=basis.at(left_on, 15),
    )
    said = {"name": "家里老人", "left_on": left_on.isoformat()}
    gone: Event = ("asset.operator_changed", basis.at(left_on, 15), office.duty, said)
    basis.diary.note(SUBJECT, str(asset.id), gone)
    again_on = left_on + dt.timedelta(days=2 + dice.randrange(20))
    if dice.random() >= _AGAIN or again_on >= today:
        return left_on
    _trained(sheaf, asset, dice.choice(trainers), office, basis, again_on, [name, "保姆"])
    return None


def _trained(
    sheaf: Sheaf,
    asset: Appliance,
    trainer: By,
    office: Office,
    basis: Basis,
    day: dt.date,
    operators: list[str],
) -> None:
    at = basis.at(day, 17)
    sheaf.add(
        AssetTraining,
        id=uuid7(),
        estate_id=sheaf.estate_id,
        asset_id=asset.id,
        trained_on=day,
        subject=_SHOWN[asset.kind],
        trainer_id=trainer.id,
        operators=operators,
        signed_by=asset.resident.name,
        note=None,
        recorded_by=office.supervisor.id,
        recorded_at=at,
    )
    said = {"name": "、".join(operators), "trained_on": day.isoformat(), "trainer": trainer.name}
    basis.diary.note(SUBJECT, str(asset.id), ("asset.trained", at, office.supervisor, said))
