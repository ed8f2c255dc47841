"""`python -m simulator <what>`: a market that moves, on a platform that runs."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import uvloop

from replay.arguments import at_least
from replay.gateway import PatienceExhausted, Refused
from replay.platform import PlatformMissing
from simulator.access import DEFAULT, Access
from simulator.burst import BurstFailed, burst
from simulator.control import HOST, NobodyThere, RateRefused, control, set_rate
from simulator.instruments import KNOWN, UnknownSymbol, instruments
from simulator.lane import Tally
from simulator.market import Options, run, scene
from simulator.pace import Pace

DEFAULT_PORT = 8121
_EXPLAINED = (
    BurstFailed,
    NobodyThere,
    PatienceExhausted,
    PlatformMissing,
    RateRefused,
    Refused,
    UnknownSymbol,
)


def main() -> int:
    arguments = _parser().parse_args()
    logging.basicConfig(
        level=os.environ.get("LOG_LEVEL", "INFO").upper(),
        format="%(asctime)s %(levelname)s %(message)s",
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code: int = arguments.run(arguments)
    except KeyboardInterrupt:
        return 0
    except (*_EXPLAINED, BaseExceptionGroup) as trouble:
        cause = _first(trouble)
        if not isinstance(cause, _EXPLAINED):
            raise
        print(f"simulator: {cause}", file=sys.stderr)
        return 2
    return code


def _run(arguments: argparse.Namespace) -> int:
    options = Options(
        instruments(arguments.symbols), arguments.seed, arguments.duration, arguments.orders
    )

    async def market() -> Tally:
        pace = Pace(arguments.rate)
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(control(pace, arguments.port or DEFAULT_PORT))
            except OSError as error:
                logging.warning("the rate cannot be changed while it runs: %s", error)
            return await run(lambda: _access(arguments), options, pace)

    _tell(uvloop.run(market()))
    return 0


def _scene(arguments: argparse.Namespace) -> int:
    options = Options(instruments(arguments.symbols), arguments.seed)
    _tell(uvloop.run(scene(_access(arguments), options, arguments.steps)))
    return 0


def _burst(arguments: argparse.Namespace) -> int:
    [instrument] = instruments(arguments.symbol)
    done = uvloop.run(
        burst(_access(arguments), instrument, arguments.prints, at_once=arguments.at_once)
    )
    print(f"{done.prints} prints in {done.seconds:.2f} s")
    return 0


def _rate(arguments: argparse.Namespace) -> int:
    address = f"http://{HOST}:{arguments.port or DEFAULT_PORT}"
    if arguments.port is None and arguments.access.is_file():
        address = json.loads(arguments.access.read_text()).get("simulator", address)
    print(f"{set_rate(arguments.rate, address)['rate']:g} requests a second")
    return 0


def _access(arguments: argparse.Namespace) -> Access:
    return Access.read(arguments.access, arguments.gateway)


def _tell(tally: Tally) -> None:
    print(
        f"{tally.orders} orders, {tally.cancels} cancels, {tally.trades} traded on arrival, "
        f"{tally.refused} refused"
    )


def _first(trouble: BaseException) -> BaseException:
    while isinstance(trouble, BaseExceptionGroup):
        trouble = trouble.exceptions[0]
    return trouble


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    commands = top.add_subparsers(required=True)

    def command(name: str, run: object, help_text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help_text)
        sub.set_defaults(run=run)
        return sub

    def access(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--access", type=Path, default=DEFAULT, metavar="FILE",
                         help="the platform's access.json; default: the one of `make run`")  # fmt: skip

    def where(sub: argparse.ArgumentParser) -> None:
        access(sub)
        sub.add_argument("--gateway", help="its address, where another one than in access.json")

    def what(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--symbols", default=",".join(KNOWN), help="default %(default)s")
        sub.add_argument("--seed", type=int, default=int(os.environ.get("SIMULATOR_SEED", "7")))

    def door(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--port", type=int, default=_port(),
                         help=f"of its loopback control, default {DEFAULT_PORT}")  # fmt: skip

    market = command("run", _run, "make a market until stopped; waits for a platform")
    where(market)
    what(market)
    door(market)
    market.add_argument("--rate", type=float, default=float(os.environ.get("SIMULATOR_RATE", "3")),
                        help="orders and cancels a second, default %(default)s")  # fmt: skip
    market.add_argument("--duration", type=float, metavar="SECONDS")
    market.add_argument("--orders", type=at_least(1), metavar="N", help="orders and cancels in all")
    steer = command("rate", _rate, "another rate for the one that runs; 0 pauses it")
    steer.add_argument("rate", type=float)
    access(steer)
    door(steer)
    prints = command("burst", _burst, "many trades at once in one symbol")
    where(prints)
    prints.add_argument("--symbol", default="ACME")
    prints.add_argument("--prints", type=at_least(1), default=2_000)
    prints.add_argument("--at-once", action="store_true",
                        help="one order that sweeps as many resting ones: all prints in one event")  # fmt: skip
    still = command("scene", _scene, "some steps at full speed, then a full and quiet book")
    where(still)
    what(still)
    still.add_argument("--steps", type=at_least(0), default=400)
    return top


def _port() -> int | None:
    port = os.environ.get("SIMULATOR_PORT")
    return None if port is None else int(port)


if __name__ == "__main__":
    sys.exit(main())
