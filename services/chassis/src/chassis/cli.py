"""The command line of every service: `python -m <package> <command>`."""

import argparse
import asyncio
import inspect
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import NoReturn

Command = Callable[..., None] | Callable[..., Awaitable[None]]


def run(package: str, commands: dict[str, Command]) -> None:
    """Run the command named first on the command line; each command's docstring is its help.

    A command's parameters are its options, all of them needed and given to it as text: `before` is `--before`.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {package}")
    choices = parser.add_subparsers(dest="command", required=True)
    for name, command in commands.items():
        own = choices.add_parser(name, help=(inspect.getdoc(command) or "").split("\n")[0])
        for option in inspect.signature(command).parameters:
            own.add_argument(f"--{option}", required=True)
    options = vars(parser.parse_args())
    end_on_sigterm()
    chosen = commands[options.pop("command")]
    if inspect.iscoroutinefunction(chosen):
        asyncio.run(chosen(**options))
    else:
        chosen(**options)


TERMINATED = 128 + signal.SIGTERM
"""The exit code of a process that was told to end, as shells count it."""


def end_on_sigterm() -> None:
    """Make SIGTERM an orderly exit: the kernel gives a container's first process no default for it."""

    def end(*_: object) -> NoReturn:
        sys.exit(TERMINATED)

    signal.signal(signal.SIGTERM, end)
