"""Reading templates and runs back in the form that the engine works on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from checklists.catalogue import load_catalogue
from checklists.evaluate import Photo, Result, Run
from checklists.template import Template
from checklists.vocabulary import Status
from server.checklist_runs.models import Override, ReturnedStep, StepResult, TemplateVersion
from server.errors import NotFound

#: Reached by an alarm from any order, not only by a failed gas check (R-027).
EMERGENCY = "CL-GASEMG"
_PARSED: dict[uuid.UUID, Template] = {}


def newest_version(session: Session, estate_id: uuid.UUID, code: str) -> TemplateVersion | None:
    """The newest published version of a checklist."""
    return session.scalar(
        sa.select(TemplateVersion)
        .where(TemplateVersion.estate_id == estate_id, TemplateVersion.code == code)
        .order_by(TemplateVersion.version.desc())
        .limit(1)
    )


def newest_for_category(
    session: Session, estate_id: uuid.UUID, category: str
) -> TemplateVersion | None:
    """The newest published checklist of a category, None where the category has none (R-045)."""
    return session.scalar(
        sa.select(TemplateVersion)
        .where(TemplateVersion.estate_id == estate_id, TemplateVersion.category == category)
        .order_by(TemplateVersion.version.desc())
        .limit(1)
    )


def template(session: Session, estate_id: uuid.UUID, code: str, version: int) -> Template:
    """One published version, parsed once a process. Raises NotFound."""
    return _parsed(_version(session, estate_id, code, version))


def template_body(
    session: Session, estate_id: uuid.UUID, code: str, version: int
) -> TemplateVersion:
    """One published version as it goes over the wire. Raises NotFound."""
    return _version(session, estate_id, code, version)


def children_of(session: Session, estate_id: uuid.UUID, root: Template) -> dict[str, int]:
    """Versions of the checklists that a template may open, pinned with it."""
    pinned: dict[str, int] = {}
    codes = {step.child for step in root.steps if step.child} | {EMERGENCY}
    for code in sorted(codes - {root.code}):
        if (row := newest_version(session, estate_id, code)) is not None:
            pinned[code] = row.version
    return pinned


def load_run(
    session: Session,
    estate_id: uuid.UUID,
    order_id: uuid.UUID,
    *,
    code: str,
    version: int,
    children: Mapping[str, int],
) -> Run:
    """The run of an order with all its results."""
    return Run(
        template=template(session, estate_id, code, version),
        children={
            child: template(session, estate_id, child, number) for child, number in children.items()
        },
        results=tuple(
            Result(
                step=row.step,
                attempt=row.attempt,
                status=Status(row.status),
                answer=row.answer,
                photos=tuple(Photo(sha256=p["sha256"], tag=p["tag"]) for p in row.photos),
                text=row.text,
                reason=row.reason,
                band=row.band,
            )
            for row in results_of(session, order_id)
        ),
    )


def results_of(session: Session, order_id: uuid.UUID) -> list[StepResult]:
    """All results of an order, in the order of recording."""
    return list(
        session.scalars(
            sa.select(StepResult)
            .where(StepResult.order_id == order_id)
            .order_by(StepResult.position)
        )
    )


def returned(
    session: Session, order_id: uuid.UUID, *, open_only: bool = True
) -> list[ReturnedStep]:
    """Steps sent back, oldest first; those not yet recorded anew unless all are wanted."""
    query = sa.select(ReturnedStep).where(ReturnedStep.order_id == order_id)
    if open_only:
        query = query.where(ReturnedStep.redone_at.is_(None))
    return list(session.scalars(query.order_by(ReturnedStep.returned_at, ReturnedStep.id)))


def overrides(session: Session, order_id: uuid.UUID) -> frozenset[str]:
    """Steps at which a deviation is allowed."""
    return frozenset(session.scalars(sa.select(Override.step).where(Override.order_id == order_id)))


def overrides_of(session: Session, order_id: uuid.UUID) -> dict[str, Override]:
    """Step -> the deviation that was allowed there."""
    rows = session.scalars(sa.select(Override).where(Override.order_id == order_id))
    return {row.step: row for row in rows}


def _version(session: Session, estate_id: uuid.UUID, code: str, version: int) -> TemplateVersion:
    row = session.scalar(
        sa.select(TemplateVersion).where(
            TemplateVersion.estate_id == estate_id,
            TemplateVersion.code == code,
            TemplateVersion.version == version,
        )
    )
    if row is None:
        raise NotFound(
            "no-such-checklist",
            f"没有清单 {code} 第 {version} 版。",
            f"There is no version {version} of checklist {code}.",
        )
    return row


def _parsed(row: TemplateVersion) -> Template:
    # A published version never changes, so a process parses it once.
    if row.id not in _PARSED:
        _PARSED[row.id] = Template.from_json(row.body)
    return _PARSED[row.id]


def categories_with_checklist() -> frozenset[str]:
    """Categories for which the product ships a checklist (R-045: eight repairs)."""
    return frozenset(
        template.category for template in load_catalogue().values() if template.category
    )
