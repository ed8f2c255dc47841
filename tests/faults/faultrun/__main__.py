"""`python -m faultrun`: the seeded fault run, with its progress; exit 1 when anything was lost, doubled or violated."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from faultrun.plan import make_plan
from faultrun.report import write_into
from faultrun.run import Options, Outcome, run, write
from faultrun.workload import EVERY


def main() -> int:
    parser = argparse.ArgumentParser(prog="faultrun", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--each", type=int, default=5, help="how often each failpoint is hit")
    parser.add_argument("--others", type=int, default=2, help="how often each other fault happens")
    parser.add_argument("--minutes", type=float, default=90, help="the most that it may take")
    parser.add_argument("--out", type=Path, help="where the report goes")
    parser.add_argument("--document", type=Path, help="a page whose figures are replaced")
    parser.add_argument("--keep", type=Path, help="keep data and logs here")
    arguments = parser.parse_args()
    options = Options(
        seed=arguments.seed,
        orders=arguments.orders,
        plan=make_plan(
            arguments.seed,
            orders=arguments.orders,
            each=arguments.each,
            others=arguments.others,
            without=(),
        ),
        kinds=EVERY,
    )
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {line}", flush=True)

    say(f"seed {options.seed}: {options.orders} orders, {len(options.plan)} faults")
    with tempfile.TemporaryDirectory(prefix="day-trading-faults-") as scratch:
        Path(scratch).chmod(0o755)
        folder = arguments.keep or Path(scratch)

        async def bounded() -> Outcome:
            async with asyncio.timeout(arguments.minutes * 60):
                return await run(options, folder, say)

        outcome = asyncio.run(bounded())
    if arguments.out is not None:
        write(outcome, arguments.out)
    if arguments.document is not None:
        write_into(arguments.document, outcome.document())
    return tell(outcome)


def tell(outcome: Outcome) -> int:
    """Print what came of it; the exit code."""
    for title, sentences in (
        ("lost", outcome.verdict.lost),
        ("duplicated", outcome.verdict.duplicated),
        ("violated", outcome.verdict.violations),
        ("died", outcome.unexpected_deaths),
    ):
        for sentence in sentences[:20]:
            print(f"{title}: {sentence}")
    document = outcome.document()
    for name in (
        "orders", "faults", "acknowledged_lost", "duplicated", "invariant_violations",
        "orders_again_p50_s", "orders_again_p99_s", "recovery_p50_s", "recovery_p99_s", "seconds",
    ):  # fmt: skip
        print(f"{name}: {document[name]}")
    return 0 if outcome.clean else 1


if __name__ == "__main__":
    sys.exit(main())
