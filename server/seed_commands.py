"""`paigong seed --year`: a believable year to look at and to measure with."""

from __future__ import annotations

import click

from server.settings import Settings


@click.command()
@click.option("--year", is_flag=True, help="Twelve months: 30,000 orders and all that follows.")
@click.option("--orders", type=click.IntRange(min=120), help="Fewer (or more) orders than that.")
@click.pass_obj
def seed(settings: Settings, year: bool, orders: int | None) -> None:
    """Write a year of a repair centre into an installation without orders. 写入一年的示例数据。

    Makes the database and the demo estate where there is none; the passwords stand in demo.json.
    """
    from demo.year.build import ORDERS, NotEmpty, Size
    from demo.year.build import seed as write

    if not year:
        raise click.UsageError("--year")
    share = (orders or ORDERS) / ORDERS
    size = Size(
        orders=orders or ORDERS,
        complaints=round(Size.complaints * share),
        incidents=round(Size.incidents * share),
    )
    try:
        write(settings, size)
    except NotEmpty:
        raise click.ClickException("已有工单,不再写入 there are orders already") from None
    click.echo(f"好了 done: {settings.home}")
    if settings.photo_store == "s3":
        click.echo("照片在文件夹里 the photos lie in the folder: paigong photos to-s3")
