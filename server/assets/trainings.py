"""Training the people who work an asset, and noting that one of them is gone (X-008).

Training is free of charge, the first time and again after a change of person: no order, no quote
and no charge belongs to it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.models import User
from server.assets.models import Asset, AssetTraining, OperatorDeparture
from server.assets.operations import SUBJECT, refuse_retired
from server.assets.retraining import Departure, Standing, Training, standing
from server.errors import Invalid
from server.history import Actor
from server.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What is known of the people of one asset, the newest first."""

    trainings: Sequence[AssetTraining]
    departures: Sequence[OperatorDeparture]
    standing: Standing


def followed(session: Session, asset_id: uuid.UUID) -> Followed:
    """Everybody who was trained on an asset or has left it, and what follows (X-008)."""
    training, departure = AssetTraining, OperatorDeparture
    trainings = session.scalars(
        sa.select(training)
        .where(training.asset_id == asset_id)
        .order_by(training.trained_on.desc(), training.id.desc())
    ).all()
    departures = session.scalars(
        sa.select(departure)
        .where(departure.asset_id == asset_id)
        .order_by(departure.left_on.desc(), departure.id.desc())
    ).all()
    return Followed(
        trainings=trainings,
        departures=departures,
        standing=standing(
            (
                Training(trained_on=one.trained_on, operators=frozenset(one.operators))
                for one in trainings
            ),
            (Departure(name=one.name, left_on=one.left_on) for one in departures),
        ),
    )


def record_training(
    session: Session,
    settings: Settings,
    asset: Asset,
    *,
    trained_on: dt.date,
    subject: str,
    trainer: User,
    operators: Sequence[str],
    signed_by: str,
    note: str | None,
    by: Actor,
    at: dt.datetime,
) -> AssetTraining:
    """Keep who was trained by whom, and who signed for it; ends what was due before (X-008).

    `asset` must be locked. The same training told twice is kept once. Raises Invalid for a day
    that is yet to come or a training without people, Conflict where the asset is retired.
    """
    refuse_retired(asset)
    _not_later(settings, at, "trained_on", trained_on)
    # In the order in which they were named, each once.
    names = list(dict.fromkeys(known for one in operators if (known := _plain(one))))
    if not names:
        raise _invalid("operators", "至少一位 at least one")
    before = followed(session, asset.id)
    for one in before.trainings:
        if (one.trained_on, one.subject, one.operators) == (trained_on, subject, names):
            return one
    row = AssetTraining(
        estate_id=asset.estate_id,
        asset_id=asset.id,
        trained_on=trained_on,
        subject=subject,
        trainer_id=trainer.id,
        operators=names,
        signed_by=signed_by,
        note=note,
        recorded_by=by.user_id,
        recorded_at=at,
    )
    session.add(row)
    data = {
        "name": "、".join(names),
        "text": subject,
        "trained_on": trained_on.isoformat(),
        "trainer": trainer.name,
        "signed_by": signed_by,
    }
    _follow(session, "asset.trained", asset, by=by, at=at, data=data)
    return row


def report_departure(
    session: Session,
    settings: Settings,
    asset: Asset,
    *,
    name: str,
    left_on: dt.date,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> OperatorDeparture:
    """A trained operator left or was replaced: from then on retraining is due (X-008).

    `asset` must be locked. Raises Invalid for somebody who is not among the trained operators, a
    day that is yet to come or lies before his last training, Conflict where the asset is retired.
    """
    refuse_retired(asset)
    _not_later(settings, at, "left_on", left_on)
    name = _plain(name)
    trained_on = followed(session, asset.id).standing.operators.get(name)
    if trained_on is None:
        raise _invalid("name", "不在受训人员之列 not among the trained operators")
    if left_on < trained_on:
        raise _invalid("left_on", f"{trained_on} 还参加过培训 was still trained on {trained_on}")
    row = OperatorDeparture(
        estate_id=asset.estate_id,
        asset_id=asset.id,
        name=name,
        left_on=left_on,
        reason=reason,
        recorded_by=by.user_id,
        recorded_at=at,
    )
    session.add(row)
    data = {"name": name, "left_on": left_on.isoformat(), "reason": reason}
    _follow(session, "asset.operator_changed", asset, by=by, at=at, data=data)
    return row


def _follow(
    session: Session,
    kind: str,
    asset: Asset,
    *,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, str],
) -> None:
    """Write on the asset what its people's standing is now, for the list; and what happened."""
    session.flush()
    asset.retraining_since = followed(session, asset.id).standing.due_since
    asset.version += 1
    session.flush()
    history.record(
        session, kind, subject_kind=SUBJECT, subject=str(asset.id), by=by, at=at, data=data
    )


def _plain(name: str) -> str:
    return " ".join(name.split())


def _not_later(settings: Settings, at: dt.datetime, field: str, day: dt.date) -> None:
    if day > at.astimezone(settings.zone).date():
        raise _invalid(field, "不能晚于今天 not later than today")


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(
        "bad-training",
        "培训记录有误。",
        "The training cannot be kept so.",
        rule="X-008",
        errors={field: [message]},
    )
