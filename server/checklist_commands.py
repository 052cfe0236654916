"""`paigong checklist …`: what an author of checklists needs on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import sqlalchemy as sa

from checklists.authoring import AuthoringErrors, load_template
from checklists.template import Template
from server.accounts.operations import system_actor
from server.app import create_core
from server.checklist_runs import operations as runs
from server.db import transaction, utcnow
from server.estate.models import Estate
from server.settings import Settings

FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True)
)


@click.group()
def checklist() -> None:
    """Checklists."""


@checklist.command("check")
@FILES
def check(files: tuple[Path, ...]) -> None:
    """Read checklist FILES and say what is wrong with them, for their author."""
    if _read(files) is None:
        sys.exit(1)


@checklist.command("publish")
@FILES
@click.pass_obj
def publish(settings: Settings, files: tuple[Path, ...]) -> None:
    """Publish checklist FILES: orders dispatched from now on carry them.

    Open orders keep the version that they were dispatched with. Publishing the same content again
    changes nothing; the version number is given by the installation.
    """
    templates = _read(files)
    if templates is None:
        sys.exit(1)
    app = create_core(settings)
    with app.app_context(), transaction() as current:
        for estate_id in current.scalars(sa.select(Estate.id)):
            for template in templates:
                row = runs.publish(current, template, by=system_actor(estate_id), at=utcnow())
                click.echo(f"{row.code} v{row.version} 已发布 published")


def _read(files: tuple[Path, ...]) -> list[Template] | None:
    """The templates of all files, None where any of them cannot be used; both are said."""
    templates: list[Template] = []
    for file in files:
        try:
            template = load_template(file)
        except AuthoringErrors as errors:
            click.echo(str(errors))
        else:
            templates.append(template)
            click.echo(f"{file.name}: {template.code}, {len(template.steps)} 步 steps ✓")
    return templates if len(templates) == len(files) else None
