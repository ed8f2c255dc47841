"""`python -m replay`: replay the recorded order flow on a platform, and say whether it matched."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvloop
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from replay.arguments import at_least
from replay.capture import load
from replay.download import CaptureUnavailable, capture_folder
from replay.drive import Drive
from replay.figures import machine, write_figures
from replay.gateway import PatienceExhausted, Refused
from replay.plan import Plan, head, whole
from replay.platform import Platform, PlatformMissing, running_platform
from replay.report import lines
from replay.run import Options, replay, verify_audit

_EXPLAINED = (CaptureUnavailable, PlatformMissing, PatienceExhausted, Refused)


def main() -> int:
    """0: the recorded market came out, and all is verified. 1: it did not. 2: no replay."""
    arguments = _parser().parse_args()
    # Asked to end, in whichever way: a platform that was started for this run is stopped too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console(stderr=True)
    try:
        capture = load(capture_folder())
        plan = whole(capture) if arguments.commands is None else head(capture, arguments.commands)
        with running_platform(arguments.gateway, console.print) as platform:
            return 0 if _run(plan, platform, arguments, console) else 1
    except KeyboardInterrupt:
        return 130
    except (*_EXPLAINED, BaseExceptionGroup) as error:
        causes = _causes(error)
        if not all(isinstance(cause, _EXPLAINED) for cause in causes):
            raise
        console.print(f"No replay: {causes[0]}", style="bold red", markup=False)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m replay", description=__doc__)
    parser.add_argument(
        "--commands", type=at_least(1), metavar="N", help="only a slice of N commands"
    )
    parser.add_argument("--accounts", type=at_least(2), default=16, help="default %(default)s")
    parser.add_argument("--in-flight", type=at_least(1), default=64, help="default %(default)s")
    parser.add_argument("--gateway", help="its address; without it the one in access.json")
    parser.add_argument(
        "--patience",
        type=float,
        default=120.0,
        metavar="SECONDS",
        help="how long the fate of a command may stay unknown, default %(default)s",
    )
    return parser


def _run(plan: Plan, platform: Platform, arguments: argparse.Namespace, console: Console) -> bool:
    """Replay, print, verify, write the figures; answers whether all was as recorded."""
    options = Options(arguments.accounts, arguments.in_flight, arguments.patience)
    console.print(
        f"Replaying {plan.orders:,} orders and {plan.cancels:,} cancels "
        f"through {platform.gateway} from {options.accounts} accounts"
    )
    with _progress(len(plan.commands), console) as on_answer:
        done = uvloop.run(
            replay(plan, platform.gateway, platform.admin, options, on_answer=on_answer)
        )
    print("\n".join(lines(done)), flush=True)
    verified = platform.verify()
    print(verified.output)
    audit = uvloop.run(verify_audit(platform.gateway, platform.admin, verified))
    print(f"audit chain       {audit.sentence}")
    figures = done.figures() | {
        "invariant_violations": verified.violations,
        "audit_chain_verified": audit.intact,
        "machine": machine(),
    }
    print(f"figures           {write_figures('demo', figures)}")
    as_recorded = done.comparison.same and not done.record.refused()
    return as_recorded and verified.violations == 0 and audit.intact


@contextmanager
def _progress(commands: int, console: Console) -> Iterator[Callable[[Drive], None]]:
    """A bar in a terminal; nothing where nobody watches."""
    if not console.is_terminal or os.environ.get("CI"):
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("accounts", total=commands)

        def show(record: Drive) -> None:
            answered = len(record.placed) + len(record.cancelled)
            progress.update(task, completed=answered, description="commands")

        yield show


def _causes(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [cause for inner in error.exceptions for cause in _causes(inner)]
    return [error]


if __name__ == "__main__":
    sys.exit(main())
