"""`python -m bench <what>`: the benchmark doors."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import uvloop

from bench import orders, report, stream
from replay.arguments import at_least
from replay.figures import write_figures
from replay.gateway import PatienceExhausted, Refused
from replay.platform import Platform, PlatformMissing, running_platform


def main() -> int:
    arguments = _parser().parse_args()
    # Asked to end, in whichever way: a platform that was started for this run is stopped too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with running_platform(arguments.gateway, _say) as platform:
            figures: dict[str, Any] = uvloop.run(arguments.bench(platform, arguments))
    except KeyboardInterrupt:
        return 130
    except (PlatformMissing, RuntimeError, Refused, PatienceExhausted, ExceptionGroup) as error:
        _say(f"No measurement: {error}")
        return 2
    print("\n".join(arguments.lines(figures)))
    print(f"figures written to {write_figures(arguments.name, figures)}")
    return 0


def _orders(platform: Platform, arguments: argparse.Namespace) -> Coroutine[Any, Any, Any]:
    options = orders.Options(
        clients=arguments.clients,
        accounts=min(arguments.accounts, arguments.clients),
        symbols=arguments.symbols,
        warm_up=arguments.warm_up,
        requests=arguments.requests,
        fixed_per_second=arguments.fixed_rate,
        fixed_seconds=arguments.fixed_seconds,
        crowd_seconds=arguments.crowd_seconds,
        sweep_orders=arguments.sweep_orders,
        naive_rounds=arguments.naive,
        seed=arguments.seed,
    )
    return orders.bench(platform, options)


def _stream(platform: Platform, arguments: argparse.Namespace) -> Coroutine[Any, Any, Any]:
    options = stream.Options(
        clients=arguments.clients,
        per_second=arguments.rate,
        seconds=arguments.seconds,
        seed=arguments.seed,
        direct=arguments.direct,
    )
    return stream.bench(platform, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    doors = parser.add_subparsers(required=True)
    _add_orders(doors.add_parser(
        "orders", help="orders through the gateway: throughput, latency, processor time"
    ))  # fmt: skip
    _add_stream(doors.add_parser(
        "stream", help="many clients on one moving symbol: completeness, lag, processor time"
    ))  # fmt: skip
    return parser


def _add_orders(parser: argparse.ArgumentParser) -> None:
    default = orders.Options()
    parser.add_argument("--clients", type=at_least(2), default=default.clients)
    parser.add_argument("--accounts", type=at_least(1), default=default.accounts)
    parser.add_argument("--symbols", type=at_least(1), default=default.symbols)
    parser.add_argument("--warm-up", type=at_least(0), default=default.warm_up, metavar="REQUESTS")
    parser.add_argument("--requests", type=at_least(1), default=default.requests)
    parser.add_argument("--fixed-rate", type=float, metavar="PER_SECOND",
                        default=default.fixed_per_second, help="arrivals a second")  # fmt: skip
    parser.add_argument("--fixed-seconds", type=float, default=default.fixed_seconds)
    parser.add_argument("--crowd-seconds", type=float, default=default.crowd_seconds,
                        help="of one account's crowd beside the others; 0: without")  # fmt: skip
    parser.add_argument("--sweep-orders", type=at_least(0), default=default.sweep_orders,
                        help="open orders to cancel at once; 0: without")  # fmt: skip
    parser.add_argument("--naive", type=at_least(1), nargs="?", const=3, default=0, metavar="ROUNDS",
                        help="compare with a platform of naive settings, turn by turn")  # fmt: skip
    _add_common(parser, default.seed)
    parser.set_defaults(name="orders", bench=_orders, lines=report.orders)


def _add_stream(parser: argparse.ArgumentParser) -> None:
    default = stream.Options()
    parser.add_argument("--clients", type=at_least(1), default=default.clients)
    parser.add_argument("--rate", type=float, default=default.per_second, metavar="PER_SECOND",
                        help="changes of the symbol")  # fmt: skip
    parser.add_argument("--seconds", type=float, default=default.seconds)
    parser.add_argument("--direct", action="store_true",
                        help="listen at market data itself, past the gateway")  # fmt: skip
    _add_common(parser, default.seed)
    parser.set_defaults(name="stream", bench=_stream, lines=report.stream)


def _add_common(parser: argparse.ArgumentParser, seed: int) -> None:
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--gateway", help="its address; without it the one in access.json")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
