"""`paigong photos …`: whether the store of photos can be used, and moving house into S3."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from server.settings import Settings


@click.group()
def photos() -> None:
    """Where photos are kept. 照片库。"""


@photos.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Whether photos can be kept: key, bucket, nothing overwritten. 检查照片库。"""
    from server.evidence.storage import photo_store

    if trouble := photo_store(settings).trouble(writing=True):
        raise click.ClickException(trouble)
    click.echo("照片库可用 the photo store can be used")


@photos.command("to-s3")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another folder than photos/ in PAIGONG_HOME.",
)
@click.option("--verify", is_flag=True, help="Read back also what S3 held before. 全部重新核对。")
@click.pass_obj
def to_s3(settings: Settings, folder: Path | None, verify: bool) -> None:
    """Copy the folder of photos into S3; run it as often as you like. 把照片文件夹复制到 S3。

    Exit code 0: all of it is in S3; 1: something is not, and is named.
    """
    if settings.photo_store != "s3":
        raise click.UsageError("PAIGONG_PHOTO_STORE=s3")
    from server.errors import Problem
    from server.evidence import moving
    from server.evidence.moving import Fate
    from server.evidence.s3 import S3Store
    from server.evidence.storage import photo_folder

    store = S3Store(settings)
    if trouble := store.trouble(writing=True):
        raise click.ClickException(trouble)
    root = folder or photo_folder(settings)
    counted: Counter[Fate] = Counter()
    wrong: list[Path] = []
    label = "复制照片 copying photos"
    try:
        with click.progressbar(length=moving.count(root), label=label, file=sys.stderr) as shown:
            for path, fate in moving.bring(root, store, verify=verify):
                counted[fate] += 1
                if fate is Fate.WRONG:
                    wrong.append(path)
                shown.update(1)
    except Problem as problem:
        raise click.ClickException(f"{problem.zh} {problem.en}") from problem
    for path in wrong:
        click.echo(f"内容与名称不符 not what its name says: {path.relative_to(root)}")
    click.echo(
        f"已复制 copied {counted[Fate.COPIED]}, 已有 held {counted[Fate.HELD]}, 有误 wrong {len(wrong)}"
    )
    sys.exit(1 if wrong else 0)
