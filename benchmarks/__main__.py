"""Runs the chosen parts, prints the table of figures, writes them to `benchmarks/results/`."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import boards, dispatch, first_load, ingest, lists, machine, photo, report, year
from benchmarks.bulk import Writer
from benchmarks.estate import found
from benchmarks.figures import Figure, table
from benchmarks.house import House

PARTS = (
    dispatch.PART,
    ingest.PART,
    photo.PART,
    first_load.PART,
    lists.PART,
    lists.SEARCH,
    boards.PART,
    year.PART,
)
Measure = Callable[[], list[Figure]]
RESULTS = Path(__file__).parent / "results"


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 when every chosen part was measured."""
    chosen = _parser().parse_args(arguments)
    parts = chosen.only.split(",") if chosen.only else list(PARTS)
    if unknown := set(parts) - set(PARTS):
        print(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
        return 2
    about: dict[str, Any] = {
        "begun_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "quick": chosen.quick,
        "machine": machine.describe(),
        "load_before": machine.load(),
    }
    if about["load_before"] > 0.5:
        print(f"note: the machine is not quiet (load {about['load_before']:.1f})", file=sys.stderr)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="paigong-bench-") as folder:
        figures = _measure(parts, chosen, Path(folder))
    about["seconds"] = round(time.monotonic() - begun)
    print(f"{table(figures)}\n\n{report.told_of(about)}")
    print(f"written to {report.keep(chosen.results, about, figures)}")
    if chosen.doc:
        report.into_page(chosen.doc, about, figures)
    measured = {one.part for one in figures}
    return 0 if measured >= set(parts) else 1


def _measure(parts: Sequence[str], chosen: argparse.Namespace, folder: Path) -> list[Figure]:
    """All figures of the parts that succeed; what fails is told and leaves none."""
    quick = chosen.quick
    samples = chosen.samples or (30 if quick else 200)
    burst = chosen.burst or (200 if quick else 2000)
    largest = [1_000, 10_000] if quick else [1_000, 10_000, 100_000]
    sizes = [int(one) for one in chosen.sizes.split(",")] if chosen.sizes else largest
    figures: list[Figure] = []
    reading = {lists.PART, lists.SEARCH} & set(parts)
    if set(parts) - reading - {boards.PART, year.PART}:
        live = _founded(folder / "live", handhelds=chosen.handhelds)
        measures: dict[str, Measure] = {
            dispatch.PART: lambda: dispatch.measure(live, folder, samples=samples, burst=burst),
            ingest.PART: lambda: ingest.measure(
                live, folder, samples=samples, per_handheld=4 if quick else 20
            ),
            photo.PART: lambda: photo.measure(live, samples=4 if quick else 12),
            first_load.PART: lambda: first_load.measure(live.house, samples=3 if quick else 10),
        }
        with live.house.serving():
            for part in parts:
                if part in measures:
                    figures += _tried(part, live.house, measures[part])
    if reading:
        still = _founded(folder / "lists", handhelds=6)
        figures += _tried(
            lists.PART,
            still.house,
            lambda: lists.measure(still, folder, samples=samples, sizes=sizes, parts=reading),
        )
    if boards.PART in parts:
        # Half of all open or lately closed, as on the worst day.
        many = _founded(
            folder / "boards", handhelds=12, under_way=max(sizes) // 10, recent=max(sizes) // 2
        )
        many.spread(max(sizes))
        figures += _tried(
            boards.PART, many.house, lambda: boards.measure(many, samples=min(samples, 100))
        )
    if year.PART in parts:
        figures += _measured(
            year.PART,
            lambda: year.measure(folder, orders=1_200 if quick else 30_000, samples=10),
        )
    return figures


def _measured(part: str, measure: Measure) -> list[Figure]:
    """The figures of a part that has no running house; what fails is told and leaves none."""
    print(f"[{time.strftime('%H:%M:%S')}] {part} …", file=sys.stderr, flush=True)
    try:
        return measure()
    except Exception:  # noqa: BLE001  # the other parts are worth having
        traceback.print_exc()
        return []


def _tried(part: str, house: House, measure: Measure) -> list[Figure]:
    print(f"[{time.strftime('%H:%M:%S')}] {part} …", file=sys.stderr, flush=True)
    try:
        return measure()
    except Exception:  # noqa: BLE001  # the other parts are worth having
        traceback.print_exc()
        house.tell_log()
        return []


def _founded(home: Path, *, handhelds: int, **spread: int) -> Writer:
    home.mkdir()
    house = House.prepare(home)
    return Writer(house, found(house, handhelds=handhelds), **spread)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="PART,…", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="small numbers, within a minute")
    parser.add_argument("--samples", type=int, help="how often each single thing is measured")
    parser.add_argument("--burst", type=int, help="orders dispatched at once (default 2000)")
    parser.add_argument("--handhelds", type=int, default=50, help="default 50")
    parser.add_argument("--sizes", metavar="N,…", help="orders in the lists (1000,10000,100000)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON file")
    parser.add_argument("--doc", type=Path, help="also write the figures into this page")
    return parser


if __name__ == "__main__":
    sys.exit(main())
