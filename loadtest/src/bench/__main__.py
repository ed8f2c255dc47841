"""`python -m bench <what>`: the benchmark doors."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import Any

import uvloop

from bench.orders import Options, bench
from bench.report import lines
from replay.arguments import at_least
from replay.figures import write_figures
from replay.gateway import PatienceExhausted, Refused
from replay.platform import PlatformMissing, running_platform


def main() -> int:
    arguments = _parser().parse_args()
    # Asked to end, in whichever way: a platform that was started for this run is stopped too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = Options(
        clients=arguments.clients,
        accounts=min(arguments.accounts, arguments.clients),
        symbols=arguments.symbols,
        warm_up=arguments.warm_up,
        requests=arguments.requests,
        fixed_per_second=arguments.fixed_rate,
        fixed_seconds=arguments.fixed_seconds,
        seed=arguments.seed,
    )
    try:
        with running_platform(arguments.gateway, _say) as platform:
            figures: dict[str, Any] = uvloop.run(bench(platform, options))
    except KeyboardInterrupt:
        return 130
    except (PlatformMissing, RuntimeError, Refused, PatienceExhausted, ExceptionGroup) as error:
        _say(f"No measurement: {error}")
        return 2
    print("\n".join(lines(figures)))
    print(f"figures written to {write_figures('orders', figures)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    orders = parser.add_subparsers(required=True).add_parser(
        "orders", help="orders through the gateway: throughput, latency, processor time"
    )
    default = Options()
    orders.add_argument("--clients", type=at_least(2), default=default.clients)
    orders.add_argument("--accounts", type=at_least(1), default=default.accounts)
    orders.add_argument("--symbols", type=at_least(1), default=default.symbols)
    orders.add_argument("--warm-up", type=at_least(0), default=default.warm_up, metavar="REQUESTS")
    orders.add_argument("--requests", type=at_least(1), default=default.requests)
    orders.add_argument("--fixed-rate", type=float, metavar="PER_SECOND",
                        help="arrivals a second; without it half of the measured rate")  # fmt: skip
    orders.add_argument("--fixed-seconds", type=float, default=default.fixed_seconds)
    orders.add_argument("--seed", type=int, default=default.seed)
    orders.add_argument("--gateway", help="its address; without it the one in access.json")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
