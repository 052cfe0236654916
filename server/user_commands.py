"""`paigong user …`: accounts, from a shell on the server."""

from __future__ import annotations

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from server.accounts import access
from server.accounts.models import User
from server.accounts.operations import system_actor
from server.accounts.queries import user_named
from server.app import create_core
from server.db import db, transaction, utcnow
from server.errors import NotFound, Problem
from server.estate.operations import the_estate
from server.first_run import create_user_or_first
from server.history import Actor
from server.settings import Settings
from server.work_orders.operations import leaving

REASON = click.option("--reason", required=True, help="Kept in the account's history.")


@click.group()
def user() -> None:
    """Accounts."""


@user.command("create")
@click.argument("username")
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, required=True)
@click.password_option()
@click.option("--first-password", is_flag=True, help="To be changed at the first sign-in.")
@click.pass_obj
def create(
    settings: Settings,
    username: str,
    name: str,
    roles: tuple[str, ...],
    password: str,
    *,
    first_password: bool,
) -> None:
    """Make an account; the first one also makes the estate and publishes the checklists.

    The password is the account's own, so that a program can use it, unless it is said to be a first
    one.
    """

    def act(current: Session) -> None:
        create_user_or_first(
            current,
            settings,
            username=username,
            name=name,
            roles=roles,
            password=password,
            must_change_password=first_password,
            at=utcnow(),
        )

    _carry_out(settings, username, act)


@user.command("end")
@click.argument("username")
@REASON
@click.pass_obj
def end(settings: Settings, username: str, reason: str) -> None:
    """End an account: sessions, tokens and handhelds at once. 停用账号。"""

    def act(current: Session, one: User, by: Actor) -> None:
        leaving.end_access(current, one, reason=reason, by=by, at=utcnow())

    _change(settings, username, act)


@user.command("restore")
@click.argument("username")
@REASON
@click.pass_obj
def restore(settings: Settings, username: str, reason: str) -> None:
    """Give an ended account back; its handhelds are enrolled anew. 恢复账号。"""

    def act(current: Session, one: User, by: Actor) -> None:
        access.set_active(current, one, active=True, reason=reason, by=by, at=utcnow())

    _change(settings, username, act)


@user.command("roles")
@click.argument("username")
@click.option("--role", "roles", multiple=True, required=True)
@click.pass_obj
def roles_of(settings: Settings, username: str, roles: tuple[str, ...]) -> None:
    """Give an account these roles and no others. 更改角色。"""

    def act(current: Session, one: User, by: Actor) -> None:
        leaving.change_roles(current, one, roles=roles, by=by, at=utcnow())

    _change(settings, username, act)


@user.command("password")
@click.argument("username")
@click.password_option()
@click.pass_obj
def password_of(settings: Settings, username: str, password: str) -> None:
    """Reset a forgotten password; it has to be changed at the next sign-in. 重置密码。"""

    def act(current: Session, one: User, by: Actor) -> None:
        access.reset_password(
            current,
            one,
            new=password,
            memory_kib=settings.password_memory_kib,
            by=by,
            at=utcnow(),
        )

    _change(settings, username, act)


def _change(settings: Settings, username: str, act: Callable[[Session, User, Actor], None]) -> None:
    def found(current: Session) -> None:
        home = the_estate(current)
        if home is None:
            raise NotFound("no-estate", "还没有小区。", "There is no estate yet.")
        act(current, user_named(current, home.id, username), system_actor(home.id))

    _carry_out(settings, username, found)


def _carry_out(settings: Settings, username: str, act: Callable[[Session], None]) -> None:
    try:
        with create_core(settings).app_context():
            try:
                with transaction() as current:
                    act(current)
            finally:
                db.session.remove()
                db.engine.dispose()
    except Problem as problem:
        raise click.ClickException(f"{problem.zh} {problem.en} {problem.errors or ''}") from problem
    click.echo(f"{username} ✓")
