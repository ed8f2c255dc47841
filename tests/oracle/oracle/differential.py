"""`python -m oracle.differential`: compare the engine with the plain rules over random streams.

It prints what was compared, by kind and reason, and fails at the first difference or when a kind of
event or a reason never came. A stream that shows a difference is written to the corpus.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from oracle.comparison import Difference, Tally, compare
from oracle.corpus import CORPUS
from oracle.outcomes import missing

# Fewer commands are a try, not the proof whose size is recorded.
RECORDED_FROM_COMMANDS = 1_000_000
REPOSITORY = Path(__file__).parents[3]
ENGINE = REPOSITORY / ".local" / "bin" / "matching-engine"
RESULT = REPOSITORY / ".local" / "bench" / "differential.json"

# Short streams begin anew often, under other limits and prices; long ones grow deeper books.
STREAM_BYTES = (200, 2_000, 20_000)
BATCH_BYTES = 60_000


def random_streams(seed: int, length: int = 0) -> list[bytes]:
    """The streams of one batch, as long as asked or as the seed says. The same seed gives the same ones."""
    source = random.Random(seed)
    length = length or STREAM_BYTES[seed % len(STREAM_BYTES)]
    return [source.randbytes(length) for _ in range(BATCH_BYTES // length)]


def compare_batch(engine: Path, seed: int) -> Tally:
    return compare(engine, random_streams(seed))


def run(engine: Path, commands: int, first_seed: int, jobs: int) -> Iterator[Tally]:
    """Compare batches until so many commands were compared; gives each batch's tally."""
    seed, compared = first_seed, 0
    with ProcessPoolExecutor(jobs) as pool:
        running: set[Future[Tally]] = set()
        while compared < commands or running:
            while compared < commands and len(running) < 2 * jobs:
                running.add(pool.submit(compare_batch, engine, seed))
                seed += 1
            done = next(as_completed(running))
            running.remove(done)
            tally = done.result()
            compared += tally.commands.total()
            yield tally


def print_coverage(console: Console, tally: Tally) -> None:
    table = Table("event", "reason", "times", title="What happened")
    table.columns[2].justify = "right"
    for (kind, reason), times in sorted(tally.outcomes.items()):
        table.add_row(kind, reason, f"{times:,}")
    console.print(table)
    kinds = ", ".join(f"{kind} {times:,}" for kind, times in tally.commands.most_common())
    console.print(f"Commands: {kinds}")


def keep(difference: Difference) -> Path:
    """Write the stream to the corpus, so that both languages try it from now on."""
    name = hashlib.sha256(difference.stream).hexdigest()[:12]
    path = CORPUS / f"found-{name}.stream"
    path.write_bytes(difference.stream)
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=100_000, help="at least so many")
    parser.add_argument("--engine", type=Path, default=ENGINE, help="the binary (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the first batch")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--result", type=Path, default=RESULT, help="where a whole run's count is kept"
    )
    asked = parser.parse_args()
    console, total, began = Console(), Tally(), time.monotonic()
    columns = ("[progress.description]{task.description}", BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        bar = progress.add_task("commands", total=asked.commands)
        try:
            for tally in run(asked.engine, asked.commands, asked.seed, asked.jobs):
                total.update(tally)
                progress.update(bar, completed=total.commands.total())
        except Difference as difference:
            console.print(str(difference), markup=False, highlight=False)
            console.print(f"Kept as {keep(difference)}", markup=False, highlight=False)
            return 1
    print_coverage(console, total)
    compared, seconds = total.commands.total(), time.monotonic() - began
    console.print(f"{compared:,} commands and {total.events:,} events are alike ({seconds:.0f} s).")
    if absent := missing(total):
        console.print(f"Never seen: {', '.join(' '.join(outcome) for outcome in absent)}")
        return 1
    if compared < RECORDED_FROM_COMMANDS:
        return 0
    asked.result.parent.mkdir(parents=True, exist_ok=True)
    asked.result.write_text(json.dumps({"differential_commands": compared}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
