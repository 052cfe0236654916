"""The command line: `pair`, `run`, `status`, `receipt`."""

import signal
import sys
from pathlib import Path
from types import FrameType

import click
import uuid_utils

from reference_handheld import held_orders, http, outgoing, photos, speech
from reference_handheld.auto import Auto
from reference_handheld.link import APP_VERSION
from reference_handheld.program import EXIT_UNPAIRED, Program
from reference_handheld.script import Script, ScriptError
from reference_handheld.store import Pairing, Store
from reference_handheld.times import now
from reference_handheld.worker import AdjustableClock, Nobody, Worker

_HOME = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="PAIGONG_HANDHELD_HOME",
    default=Path("~/.paigong-handheld"),
    show_default=True,
    help="Folder of this handheld's store. 本机数据目录。",
)


@click.group()
def handheld() -> None:
    """A handheld on the command line. 命令行手持机。"""


@handheld.command()
@click.argument("code")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="服务器 the server")
@click.option("--model", default="reference", show_default=True, help="型号 model")
@_HOME
def pair(code: str, url: str, model: str, home: Path) -> None:
    """Trade a pairing CODE for this device's credentials. 用配对码绑定本机。"""
    store = _open(home)
    if outgoing.waiting_count(store):
        raise click.ClickException(
            "尚有未送达的事件,不能重新配对 events are still queued: run first, then pair"
        )
    try:
        pairing = http.pair(url, code, model=model, app_version=APP_VERSION)
    except http.UnreachableError as error:
        raise click.ClickException(f"连不上 {url} cannot be reached: {error}") from error
    except http.RefusedError as refused:
        raise click.ClickException(speech.reason(refused.problem)) from refused
    store.pair(pairing)
    click.echo(f"已配对 paired: {pairing.device} {pairing.technician}")


@handheld.command()
@click.option("--script", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--auto", is_flag=True, help="自动完成到来的工单 carry out every order that comes")
@click.option("--pace", default=2.0, show_default=True, help="动作间平均秒数 mean pause in seconds")
@click.option("--seed", type=int, help="随机种子 seed of the randomness")
@click.option("--until-idle", is_flag=True, help="无事可做时退出 stop when nothing is left to do")
@click.option("--http-only", is_flag=True, help="不用 MQTT speak HTTP only")
@_HOME
def run(
    *,
    script: Path | None,
    auto: bool,
    pace: float,
    seed: int | None,
    until_idle: bool,
    http_only: bool,
    home: Path,
) -> None:
    """Stay in touch with the server and work. 保持联络并作业。"""
    if script is not None and auto:
        raise click.UsageError("--script 与 --auto 只能选一个 choose one of --script and --auto")
    store = _open(home)
    pairing = _paired(store)
    chosen = _seed(store, seed)
    clock = AdjustableClock(store, now)
    worker: Worker = Nobody()
    if auto:
        worker = Auto(store, device=pairing.device, clock=clock, seed=chosen, pace_s=pace, say=_say)
    elif script is not None:
        try:
            worker = Script.load(
                script, store, device=pairing.device, clock=clock, seed=chosen, say=_say
            )
        except ScriptError as error:
            raise click.ClickException(f"{script}: {error}") from error
    program = Program(
        store,
        pairing,
        worker,
        say=_say,
        clock=clock,
        seed=chosen,
        http_only=http_only,
        until_idle=until_idle,
    )

    def stop(_signal: int, _frame: FrameType | None) -> None:
        program.stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        code = program.run()
    except ScriptError as error:
        raise click.ClickException(f"{script}: {error}") from error
    finally:
        store.close()
    sys.exit(code)


@handheld.command()
@_HOME
def status(home: Path) -> None:
    """Show the queue, the photos and the orders. 显示队列、照片与工单。"""
    store = _open(home)
    pairing = _paired(store)
    click.echo(f"{pairing.device} {pairing.technician} {pairing.url}")
    skew_s = store.fact("skew_s")
    if skew_s is not None:
        click.echo(f"时钟偏差 clock skew: {skew_s} s")
    click.echo(f"待答复 unanswered: {outgoing.waiting_count(store)}")
    pictures = ", ".join(f"{state} {count}" for state, count in photos.counts(store).items())
    click.echo(f"照片 photos: {pictures or 0}")
    for order in held_orders.held(store):
        click.echo(f"{order.number} v{order.version} {order.snapshot['state']}")
    for event in outgoing.refused(store):
        click.echo(
            f"被拒 refused: {event.seq} {event.subject or ''}"
            f" {speech.event(event.type, event.data)}: {speech.reason(event.problem)}"
        )


@handheld.command()
@click.argument("number")
@_HOME
def receipt(number: str, home: Path) -> None:
    """Show what the server holds of order NUMBER. 显示服务器已收存的内容。"""
    store = _open(home)
    door = http.Door(_paired(store))
    try:
        found = door.receipt(number)
    except http.UnreachableError as error:
        raise click.ClickException(f"连不上 cannot reach the server: {error}") from error
    except http.RefusedError as refused:
        raise click.ClickException(speech.reason(refused.problem)) from refused
    click.echo(f"{number} v{found['version']}  链首 chain head {found['chain_head']}")
    for step in found["steps"]:
        click.echo(f"  {step['step']}#{step['attempt']} {step['status']}")
    for photo in found["photos"]:
        where = photo.get("step") or "-"
        click.echo(f"  {where} {photo['tag']} {photo['size']} B {photo['sha256'][:12]}")
    for missing in found["missing"]:
        click.echo(f"  缺 missing: {missing['step']} {missing['tag']}")


def _open(home: Path) -> Store:
    return Store(home.expanduser() / "handheld.sqlite")


def _paired(store: Store) -> Pairing:
    pairing = store.pairing()
    if pairing is None:
        click.echo("尚未配对 not paired yet: paigong handheld pair CODE", err=True)
        sys.exit(EXIT_UNPAIRED)
    return pairing


def _seed(store: Store, chosen: int | None) -> str:
    """What chance is drawn from: as asked for, else thrown once for this handheld and kept."""
    if chosen is not None:
        return str(chosen)
    if store.fact("seed") is None:
        store.remember("seed", uuid_utils.uuid4().int)
    return str(store.fact("seed"))


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()
