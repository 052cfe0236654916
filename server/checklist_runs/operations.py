"""Publishing versions, recording results, sending steps back. The engine judges; this stores."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from checklists.catalogue import load_catalogue
from checklists.evaluate import Answer, Context, Refused, Result, Run, judge
from checklists.template import Template
from server import history
from server.checklist_runs import queries
from server.checklist_runs.models import Override, ReturnedStep, StepResult, TemplateVersion
from server.errors import Conflict
from server.history import Actor


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What recording an answer came to."""

    result: Result
    run: Run
    row: StepResult


def publish(session: Session, template: Template, *, by: Actor, at: dt.datetime) -> TemplateVersion:
    """Publish a template: a new version where its content is new, else the version that has it."""
    newest = queries.newest_version(session, by.estate_id, template.code)
    if newest is not None:
        body = {**newest.body, "version": template.version}
        if Template.from_json(body).content_hash == template.content_hash:
            return newest
    version = newest.version + 1 if newest else 1
    body = {**template.to_json(), "version": version}
    row = TemplateVersion(
        estate_id=by.estate_id,
        code=template.code,
        version=version,
        category=template.category,
        body=body,
        content_hash=Template.from_json(body).content_hash,
        published_at=at,
        published_by=by.name,
    )
    session.add(row)
    session.flush()
    history.record(
        session,
        "config.checklist_published",
        subject_kind="checklist",
        subject=template.code,
        by=by,
        at=at,
        data={"version": version, "sha256": row.content_hash},
    )
    return row


def publish_catalogue(session: Session, *, by: Actor, at: dt.datetime) -> None:
    """Publish every template that ships with the product, where it is not published yet."""
    for template in load_catalogue().values():
        publish(session, template, by=by, at=at)


def record_step(
    session: Session,
    run: Run,
    answer: Answer,
    context: Context,
    *,
    order_id: uuid.UUID,
    device_id: str,
    device_at: dt.datetime,
    at: dt.datetime,
) -> Recorded:
    """Judge an answer and keep it. Raises Conflict with the engine's reasons where refused."""
    try:
        result = judge(run, answer, context)
    except Refused as refused:
        first = refused.reasons[0]
        raise Conflict(
            first.code,
            first.zh,
            first.en,
            rule=first.rule,
            extra={"step": answer.step, "reasons": [_reason(r) for r in refused.reasons]},
        ) from refused
    row = StepResult(
        order_id=order_id,
        position=len(run.results) + 1,
        step=result.step,
        attempt=result.attempt,
        status=result.status,
        band=result.band,
        answer=dict(result.answer),
        photos=[{"sha256": photo.sha256, "tag": photo.tag} for photo in result.photos],
        text=result.text,
        reason=result.reason,
        device_id=device_id,
        device_at=device_at,
        server_at=at,
    )
    session.add(row)
    session.execute(
        sa.update(ReturnedStep)
        .where(
            ReturnedStep.order_id == order_id,
            ReturnedStep.step == result.step,
            ReturnedStep.redone_at.is_(None),
        )
        .values(redone_at=at)
    )
    session.flush()
    return Recorded(result=result, run=run.with_result(result), row=row)


def send_back(
    session: Session,
    order_id: uuid.UUID,
    reasons: Mapping[str, str],
    *,
    by: Actor,
    at: dt.datetime,
    held: Iterable[tuple[str, str, str]] = (),
) -> None:
    """Demand steps anew: {step: reason}. Pictures held for them (`held`) no longer count."""
    already = {row.step for row in queries.returned(session, order_id)}
    for step, reason in reasons.items():
        if step not in already:
            session.add(
                ReturnedStep(
                    order_id=order_id,
                    step=step,
                    reason=reason,
                    returned_by=by.name,
                    returned_at=at,
                    rejected_photos=sorted(sha for s, _tag, sha in held if s == step),
                )
            )
    session.flush()


def allow_deviation(
    session: Session, order_id: uuid.UUID, step: str, *, reason: str, by: Actor, at: dt.datetime
) -> None:
    """A supervisor allows a deviation at a step (R-162, P-24); once is enough."""
    known = session.scalar(
        sa.select(Override).where(Override.order_id == order_id, Override.step == step)
    )
    if known is None:
        session.add(
            Override(order_id=order_id, step=step, reason=reason, allowed_by=by.name, allowed_at=at)
        )
        session.flush()


def _reason(reason: object) -> dict[str, object]:
    return {name: getattr(reason, name) for name in ("code", "rule", "step", "zh", "en")}
