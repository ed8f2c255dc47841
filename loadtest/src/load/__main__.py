"""`python -m load k6|jmeter`: a load plan, by the program of that name."""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import naive
from load.addresses import AddressRefused, check_address
from load.door import GROWTH_LIMIT, Options, perform
from load.plans import PlanError, names, plan
from load.runs import RunFailed
from load.waiting import hold_for
from replay.paths import ACCESS_FILE, LOCAL
from replay.platform import Platform, PlatformMissing, running_platform, started_platform
from replay.venue import Admin

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def main() -> int:
    """0: everything held. 1: something did not. 2: nothing was measured."""
    arguments = argument_parser().parse_args()
    # Asked to end, in whichever way: what was started for this run is stopped too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder: Path = arguments.out or LOCAL / "load" / f"{arguments.tool}-{arguments.plan}"
    folder = folder.resolve()  # the programs run in there
    try:
        chosen = plan(
            arguments.plan,
            journeys_per_s=arguments.rate,
            seconds=arguments.duration,
            users=arguments.users,
        )
        with _platform(arguments) as platform:
            check_address(platform.gateway, anywhere=arguments.anywhere)
            _say(f"{arguments.tool}, plan {chosen.name} at {platform.gateway}: {chosen.about}")
            _say(f"{chosen.journeys_per_s:g} journeys a second at most, for {chosen.seconds:g} s")
            options = Options(
                arguments.tool, chosen, folder, arguments.growth_limit, arguments.program
            )
            outcome, told = perform(platform, options)
        print("\n".join(told), flush=True)
    except KeyboardInterrupt:
        return 130
    except (PlanError, AddressRefused, PlatformMissing, RunFailed) as error:
        _say(f"No load: {error}")
        return 2
    hold_for(folder, arguments.hold)
    return 1 if outcome.broken else 0


@contextmanager
def _platform(arguments: argparse.Namespace) -> Iterator[Platform]:
    """The platform at the given address, the one that runs here, or one for this run alone."""
    if arguments.fresh or arguments.naive:
        named = naive.SETTINGS if arguments.naive else {}
        given = [part for name, value in named.items() for part in ("--set", f"{name}={value}")]
        with _own_platform(given) as platform:
            yield platform
        return
    if arguments.root is not None:
        yield Platform.from_access(arguments.root / "access.json", arguments.address)
        return
    if arguments.address is None:
        with running_platform(None, _say) as platform:
            yield platform
        return
    address = check_address(arguments.address, anywhere=arguments.anywhere)
    yield _named(address)


@contextmanager
def _own_platform(options: list[str]) -> Iterator[Platform]:
    """A new and empty one, which leaves nothing behind."""
    with TemporaryDirectory(prefix="day-trading-load-", ignore_cleanup_errors=True) as root:
        Path(root).chmod(0o755)  # PostgreSQL is another user
        with started_platform(Path(root), *options) as platform:
            yield platform


def _named(address: str) -> Platform:
    """With the administrator of the environment; without one it must be the platform that runs here."""
    username, password = os.environ.get("ADMIN_USERNAME"), os.environ.get("ADMIN_PASSWORD")
    if username and password:
        return Platform(address, Admin(username, password), root=None)
    here = Platform.from_access(ACCESS_FILE) if ACCESS_FILE.exists() else None
    if here is None or here.gateway != address:
        raise PlatformMissing(
            f"who is the administrator at {address}? Set ADMIN_USERNAME and ADMIN_PASSWORD:"
            " the plans list assets and give tiers"
        )
    return here


def argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m load", description=__doc__)
    parser.add_argument("tool", choices=("k6", "jmeter"))
    parser.add_argument("--plan", choices=names(), default="smoke", help="default: %(default)s")
    parser.add_argument("--address", metavar="URL",
                        help="the gateway; without it the platform that runs here, or a new one")  # fmt: skip
    parser.add_argument("--anywhere", action="store_true",
                        help="also an address that is neither this machine's nor a cluster's own")  # fmt: skip
    parser.add_argument("--rate", type=float, metavar="PER_SECOND",
                        help="traders' journeys at the plan's highest (some five requests each)")  # fmt: skip
    parser.add_argument("--duration", type=duration, metavar="TIME", help="30, 90s, 10m or 1h")
    parser.add_argument("--users", type=int, help="accounts that share the load")
    parser.add_argument("--growth-limit", type=float, default=GROWTH_LIMIT, metavar="BYTES",
                        help="a request, of any process in a soak; default: %(default)s")  # fmt: skip
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="default: .local/load/<tool>-<plan>"
    )
    parser.add_argument("--fresh", action="store_true", help="a new platform for this run alone")
    parser.add_argument("--naive", action="store_true",
                        help="such a one, with the settings that one begins with (bench/naive.py)")  # fmt: skip
    parser.add_argument("--root", type=Path, metavar="FOLDER",
                        help="of a platform that `devkit up --root` started")  # fmt: skip
    parser.add_argument("--program", type=Path, help="k6 itself, or JMeter's folder")
    parser.add_argument("--hold", type=float, default=0.0, metavar="SECONDS",
                        help="wait for somebody to fetch the files")  # fmt: skip
    return parser


def duration(text: str) -> float:
    """Seconds, from `90`, `90s`, `10m` or `1h`. Raises ValueError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if found is None:
        raise ValueError(f"{text} is no time such as 90s, 10m or 1h")
    return float(found[1]) * _UNITS[found[2]]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
