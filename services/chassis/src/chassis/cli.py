"""The command line of every service: `python -m <package> <command>`."""

import argparse
import asyncio
import inspect
from collections.abc import Awaitable, Callable

Command = Callable[[], None] | Callable[[], Awaitable[None]]


def run(package: str, commands: dict[str, Command]) -> None:
    """Run the command named first on the command line; each command's docstring is its help."""
    parser = argparse.ArgumentParser(prog=f"python -m {package}")
    choices = parser.add_subparsers(dest="command", required=True)
    for name, command in commands.items():
        choices.add_parser(name, help=(inspect.getdoc(command) or "").split("\n")[0])
    chosen = commands[parser.parse_args().command]
    if inspect.iscoroutinefunction(chosen):
        asyncio.run(chosen())
    else:
        chosen()
