"""Runs the chosen parts, prints the table of figures, writes them to `benchmarks/results/`."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import dispatch, ingest, lists, machine, photo
from benchmarks.bulk import Writer
from benchmarks.estate import found
from benchmarks.figures import Figure, table
from benchmarks.house import House

PARTS = (dispatch.PART, ingest.PART, photo.PART, lists.PART)
RESULTS = Path(__file__).parent / "results"


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 when every chosen part was measured."""
    chosen = _parser().parse_args(arguments)
    parts = chosen.only.split(",") if chosen.only else list(PARTS)
    if unknown := set(parts) - set(PARTS):
        print(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
        return 2
    about = {
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
    print(table(figures))
    print(f"\n{about['seconds']} s; {json.dumps(about['machine'], ensure_ascii=False)}")
    _keep(chosen.results, {**about, "figures": [one.as_json() for one in figures]})
    return 0


def _measure(parts: Sequence[str], chosen: argparse.Namespace, folder: Path) -> list[Figure]:
    quick = chosen.quick
    samples = chosen.samples or (30 if quick else 200)
    figures: list[Figure] = []
    if set(parts) - {lists.PART}:
        writer = _founded(folder / "live", handhelds=chosen.handhelds)
        measures: dict[str, Callable[[], list[Figure]]] = {
            dispatch.PART: lambda: dispatch.measure(
                writer,
                folder,
                samples=samples,
                burst=chosen.burst or (200 if quick else 2000),
            ),
            ingest.PART: lambda: ingest.measure(
                writer, folder, samples=samples, per_handheld=4 if quick else 20
            ),
            photo.PART: lambda: photo.measure(writer, samples=5 if quick else 20),
        }
        with writer.house.serving():
            for part in parts:
                if part in measures:
                    _say(part)
                    figures += measures[part]()
    if lists.PART in parts:
        _say(lists.PART)
        writer = _founded(folder / "lists", handhelds=6)
        sizes = [int(one) for one in chosen.sizes.split(",")] if chosen.sizes else None
        figures += lists.measure(
            writer,
            folder,
            samples=samples,
            sizes=sizes or ([1_000, 10_000] if quick else [1_000, 10_000, 100_000]),
        )
    return figures


def _founded(home: Path, *, handhelds: int) -> Writer:
    home.mkdir()
    house = House.prepare(home)
    return Writer(house, found(house, handhelds=handhelds))


def _keep(folder: Path, results: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(results, ensure_ascii=False, indent=2) + "\n"
    stamp = str(results["begun_at"]).replace(":", "").replace("+0000", "Z")
    for name in (f"{stamp}.json", "latest.json"):
        (folder / name).write_text(text, encoding="utf-8")
    print(f"written to {folder / 'latest.json'}")


def _say(what: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {what} …", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="PART,…", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="small numbers, within a minute")
    parser.add_argument("--samples", type=int, help="how often each single thing is measured")
    parser.add_argument("--burst", type=int, help="orders dispatched at once (default 2000)")
    parser.add_argument("--handhelds", type=int, default=50, help="default 50")
    parser.add_argument("--sizes", metavar="N,…", help="orders in the lists (1000,10000,100000)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
