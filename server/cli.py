"""`paigong …`: everything that is done from a shell. Late imports keep each command quick."""

from __future__ import annotations

import gc
import json
import logging
import sys
import threading
from pathlib import Path
from typing import Any

import click

from reference_handheld.commands import handheld
from server.checklist_commands import checklist
from server.photo_commands import photos
from server.seed_commands import seed
from server.settings import BadSettings, Settings
from server.user_commands import user

WORKERS = ("mqtt", "background", "photos", "push", "outgoing")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """派工 Paigong: from the call to the approved order."""
    try:
        context.obj = Settings.from_environment()
    except BadSettings as wrong:
        raise click.ClickException(f"设置有误 bad settings: {wrong}") from wrong
    logging.basicConfig(
        level=context.obj.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


main.add_command(handheld)
main.add_command(checklist)
main.add_command(photos)
main.add_command(seed)
main.add_command(user)


@handheld.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def handheld_import(settings: Settings, file: Path) -> None:
    """On the server: take in the queue that a handheld exported to FILE. 导入手持机导出的队列。

    Exit code 0: all of it was taken or known; 1: something was refused; 2: the file is unusable.
    """
    from server.app import create_core
    from server.errors import Problem
    from server.evidence.reception import Reception
    from server.evidence.storage import photo_store
    from server.fieldwork.queue_import import Fate, take_in

    words = {Fate.TAKEN: "已收 taken", Fate.KNOWN: "已有 known", Fate.REFUSED: "拒收 refused"}
    counted = dict.fromkeys(Fate, 0)
    reception = Reception.of(settings, photo_store(settings))
    with create_core(settings).app_context(), file.open("rb") as exported:
        try:
            for item in take_in(settings, exported, reception):
                counted[item.fate] += 1
                click.echo(f"{words[item.fate]}\t{item.what}\t{item.why}")
        except Problem as problem:
            click.echo(f"{problem.zh} {problem.en}", err=True)
            sys.exit(2)
    click.echo(", ".join(f"{words[fate]} {count}" for fate, count in counted.items()))
    sys.exit(1 if counted[Fate.REFUSED] else 0)


@main.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Serve: web, broker and workers, on the data in PAIGONG_HOME."""
    logging.getLogger().setLevel(logging.WARNING)
    from server.supervisor import Supervisor

    sys.exit(Supervisor(settings, demo=False).run())


@main.command()
@click.pass_obj
def demo(settings: Settings) -> None:
    """Serve a demo estate on which simulated technicians carry out orders."""
    logging.getLogger().setLevel(logging.WARNING)
    from server.supervisor import Supervisor

    sys.exit(Supervisor(settings, demo=True).run())


@main.command("demo-desk", hidden=True)
@click.pass_obj
def demo_desk(settings: Settings) -> None:
    """The simulated desk of the demo."""
    from demo.desk import run as run_desk
    from demo.people import SIMULATED

    technicians = frozenset(one.username for one in SIMULATED)
    run_desk(settings.home / "demo.json", technicians, _stopping())


@main.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """The web process alone."""
    from mqtt.brokers.chosen import chosen
    from server.app import create_app
    from server.http import longest_body_bytes
    from server.serving import WebServer

    server = WebServer(
        create_app(settings, broker=chosen(settings)),
        host=settings.web_host,
        port=settings.web_port,
        threads=settings.web_threads,
        ident=None,
        max_request_body_size=longest_body_bytes(settings),
    )
    _on_stop(server.stop)
    # What stands now stands for good: a collection in the middle of a request need not walk it.
    gc.collect()
    gc.freeze()
    server.run()


@main.command()
@click.argument("name", type=click.Choice(WORKERS))
@click.pass_obj
def worker(settings: Settings, name: str) -> None:
    """One background worker: mqtt, background (clocks, reactions), photos, push or outgoing."""
    from server.app import create_core

    app = create_core(settings)
    beat = settings.home / "run" / f"{name}.beat"
    beat.parent.mkdir(parents=True, exist_ok=True)
    if name == "mqtt":
        _mqtt_worker(app, settings, beat)
    else:
        from server import loops

        loops.run(app, settings, name, beat)


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.pass_obj
def db_upgrade(settings: Settings) -> None:
    """Bring the tables to the newest revision."""
    from server import migrate
    from server.app import create_core
    from server.search_commands import fill, is_unfilled

    app = create_core(settings)
    with app.app_context():
        migrate.upgrade(app)
        if is_unfilled():
            fill()
    click.echo("数据库已是最新 the database is up to date")


@db.command("reindex")
@click.pass_obj
def db_reindex(settings: Settings) -> None:
    """Fill the search index anew, as often as wanted. 重建搜索索引。"""
    from server.search_commands import reindex

    reindex(settings)


@db.command("new-epoch")
@click.pass_obj
def db_new_epoch(settings: Settings) -> None:
    """After a restore from backup: have handhelds send again what they kept."""
    from server.app import create_core
    from server.db import transaction
    from server.estate.operations import new_epoch, the_estate

    app = create_core(settings)
    with app.app_context(), transaction() as current:
        estate = the_estate(current)
        if estate is None:
            raise click.ClickException("还没有小区 there is no estate yet")
        click.echo(new_epoch(estate))


@main.command()
@click.argument("order", required=False)
@click.pass_obj
def verify(settings: Settings, order: str | None) -> None:
    """Walk the history of ORDER (or of everything) and name the first row that does not hold."""
    import sqlalchemy as sa

    from server import history
    from server.app import create_core
    from server.db import session

    app = create_core(settings)
    with app.app_context():
        if order is not None:
            subjects = [("order", order)]
        else:
            known = sa.union(
                sa.select(history.HistoryRow.subject_kind, history.HistoryRow.subject),
                sa.select(history.HistoryChain.subject_kind, history.HistoryChain.subject),
            )
            subjects = [(row[0], row[1]) for row in session().execute(known)]
        broken = 0
        with click.progressbar(subjects, label="核对 verifying", file=sys.stderr) as shown:
            for kind, subject in shown:
                if (found := history.verify(session(), kind, subject)) is not None:
                    broken += 1
                    click.echo(f"{kind} {subject}: 第 {found.position} 行 row {found.what}")
                session().expunge_all()
        if order is not None and not history.history_of(session(), "order", order):
            raise click.ClickException(f"没有 {order} 的记录 there is no history of {order}")
    click.echo(f"{len(subjects)} 条链 chains, {broken} 处异常 broken")
    sys.exit(1 if broken else 0)


@main.command()
def lifecycle() -> None:
    """Print the state machines: work order, service request, stock line."""
    from server.requests.lifecycle import STEPS
    from server.stores.lifecycle import MOVES
    from server.work_orders.lifecycle import printable

    click.echo("id\tfrom\taction\tto\tpermission\tguards")
    for row in printable():
        click.echo("\t".join(row))
    for step in STEPS:
        sources = " ".join(sorted(step.sources)) or "–"
        click.echo(
            f"{step.id}\t{sources}\t{step.action}\t{step.target or '(stays)'}\t{step.permission}"
        )
    for move in MOVES:
        click.echo(f"{move.id}\t\t{move.action}\t\t{move.permission}")


@main.group()
def device() -> None:
    """Handhelds."""


@device.command("list")
@click.pass_obj
def device_list(settings: Settings) -> None:
    """All handhelds and how they are."""
    import sqlalchemy as sa

    from server.app import create_core
    from server.db import session
    from server.devices.models import Device

    app = create_core(settings)
    with app.app_context():
        for row in session().scalars(sa.select(Device).order_by(Device.label)):
            seen = row.last_seen_at.isoformat(timespec="seconds") if row.last_seen_at else "–"
            online = "在线 online" if row.online else "离线 offline"
            click.echo(f"{row.id}\t{row.label}\t{row.state}\t{online}\t{seen}")


@main.command()
@click.pass_obj
def openapi(settings: Settings) -> None:
    """Print the OpenAPI document."""
    from server.app import create_app

    answer = create_app(settings).test_client().get("/openapi.json")
    click.echo(json.dumps(answer.get_json(), ensure_ascii=False, indent=2))


def _mqtt_worker(app: Any, settings: Settings, beat: Path) -> None:
    from mqtt.brokers.chosen import chosen
    from mqtt.worker import run_mqtt_worker

    code = run_mqtt_worker(app, settings, chosen(settings), stopping=_stopping(), heartbeat=beat)
    sys.exit(code)


def _stopping() -> threading.Event:
    event = threading.Event()
    _on_stop(event.set)
    return event


def _on_stop(act: Any) -> None:
    import signal

    def handler(_number: int, _frame: Any) -> None:
        act()

    signal.signal(signal.SIGTERM, handler)
    signal.signal(signal.SIGINT, handler)


if __name__ == "__main__":
    main()
