"""`python -m devkit <command>`: what the Makefile's doors call."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from devkit import dependencies, platform, readme_check, verify
from devkit.bootstrap import BootstrapError
from devkit.cluster import deploy_command, edges, images_command, kind, load_command
from devkit.home import Home, PlatformError
from devkit.plan import Overrides, has_ui
from devkit.processes import ProcessError
from devkit.services import SIMULATOR
from devkit.testing_support import servers


def main() -> int:
    """Run the command that is asked for; what goes wrong is a sentence, and an interruption is quiet."""
    arguments = parser().parse_args()
    signal.signal(signal.SIGTERM, ended_from_outside)
    try:
        code: int = arguments.run(arguments)
    except (PlatformError, ProcessError, BootstrapError) as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.TimeoutExpired as error:
        command = error.cmd if isinstance(error.cmd, str) else " ".join(map(str, error.cmd[:6]))
        print(f"{command} was not done after {error.timeout:.0f} s", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def ended_from_outside(*_: object) -> None:
    """SIGTERM leaves by the same way as Ctrl-C, so that what was started is ended."""
    raise SystemExit(143)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m devkit", description=__doc__)
    commands = top.add_subparsers(required=True)

    def command(name: str, run: Any, help_text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help_text)
        sub.set_defaults(run=run)
        sub.add_argument("--root", type=Path, help="data folder; without it .local")
        return sub

    start = command("up", run_up, "start the platform; runs until Ctrl-C unless --detach")
    start.add_argument("--detach", action="store_true", help="return when everything is ready")
    start.add_argument("--set", action="append", default=[], metavar="NAME=VALUE",
                       help="extra environment of every service")  # fmt: skip
    start.add_argument("--service-env", action="append", default=[], metavar="SERVICE:NAME=VALUE",
                       help="extra environment of one service")  # fmt: skip
    command("down", run_down, "stop the platform that runs from this data folder")
    command("status", run_status, "its processes and their ids, as JSON")
    command("clean", run_clean, "remove its data, keys and logs")
    check = command("verify", run_verify, "check every invariant of the running platform")
    check.add_argument("--json", action="store_true", help="print one JSON document for programs")
    tests = command("with-servers", run_with_servers, "run a command with servers for tests")
    tests.add_argument("command", nargs=argparse.REMAINDER, help="after --")
    command("dependencies", run_dependencies, "does each package declare just what it imports?")
    lock = command("lock", run_lock, "choose new versions for requirements.lock")
    lock.add_argument("--keep", action="store_true", help="only what new declarations need")
    images = command("images", images_command.run, "build the images whose sources changed")
    images_command.add_options(images)
    deploying = command("deploy", deploy_command.run, "bring the platform into a cluster")
    deploy_command.add_options(deploying)
    loading = command("load-in-cluster", load_command.run, "a load plan as a job in the cluster")
    load_command.add_options(loading)
    kind.add_arguments(command("kind", kind.run, "a development cluster in Docker"))
    command("edges", edges.run, "write the table of who may call whom")
    command("readme-check", run_readme_check, "run the README's first commands as written")
    return top


def run_up(arguments: argparse.Namespace) -> int:
    home = Home.at(arguments.root)
    asked_to_stop = threading.Event()

    def stop(*_: object) -> None:
        if asked_to_stop.is_set():
            return  # once is enough: what stops in order must not be hurried out of it
        asked_to_stop.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    print("Starting the platform", flush=True)
    try:
        access = platform.up(
            home,
            overrides(arguments),
            detach=arguments.detach,
            simulator=simulator_wanted(detached=arguments.detach),
            say=say,
        )
    except KeyboardInterrupt:
        print("Stopped before it was ready.", flush=True)
        return 130
    welcome(access, home, detached=arguments.detach)
    if arguments.detach:
        return 0
    try:
        while home.is_running():
            asked_to_stop.wait(1.0)
    except KeyboardInterrupt:
        print("\nStopping, in order (nothing is lost)", flush=True)
        platform.down(home, say)
        print("Stopped. Run again to continue with the same data.", flush=True)
        return 0
    print("The platform was stopped from elsewhere (make down).", flush=True)
    return 0


def run_down(arguments: argparse.Namespace) -> int:
    platform.down(Home.at(arguments.root), say)
    return 0


def run_status(arguments: argparse.Namespace) -> int:
    print(json.dumps(platform.status(Home.at(arguments.root)), indent=2))
    return 0


def run_clean(arguments: argparse.Namespace) -> int:
    platform.clean(Home.at(arguments.root))
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    return verify.verify(Home.at(arguments.root), as_json=arguments.json)


def run_with_servers(arguments: argparse.Namespace) -> int:
    command = [part for part in arguments.command if part != "--"]
    return servers.with_servers(command)


def run_dependencies(_: argparse.Namespace) -> int:
    return dependencies.misdeclared()


def run_lock(arguments: argparse.Namespace) -> int:
    return dependencies.lock(upgrade=not arguments.keep)


def run_readme_check(_: argparse.Namespace) -> int:
    return readme_check.readme_check(*readme_check.DOCUMENTS)


def market_lines(home: Home) -> list[str]:
    elsewhere = "" if home.is_default else f" --access {home.access_file}"
    return [
        "  market         simulated traders keep it moving (SIMULATOR=off make run: without them);",
        f"                 .venv/bin/python -m simulator rate 20{elsewhere} hurries them, 0 pauses",
    ]


def simulator_wanted(*, detached: bool) -> bool:
    """A person who starts the platform wants to see a market; a program asks for one if it does."""
    wanted = os.environ.get("SIMULATOR", "")
    if wanted not in ("", "on", "off"):
        raise PlatformError(f"SIMULATOR must be on or off, not {wanted!r}")
    return wanted == "on" or (wanted == "" and not detached)


def overrides(arguments: argparse.Namespace) -> Overrides:
    everywhere = dict(pair(text, "--set NAME=VALUE") for text in arguments.set)
    by_service: dict[str, dict[str, str]] = {}
    for text in arguments.service_env:
        service, colon, rest = text.partition(":")
        if not colon:
            raise PlatformError(f"{text!r} is not of the form --service-env SERVICE:NAME=VALUE")
        name, value = pair(rest, "--service-env SERVICE:NAME=VALUE")
        by_service.setdefault(service, {})[name] = value
    return Overrides(everywhere, by_service)


def pair(text: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise PlatformError(f"{text!r} is not of the form {form}")
    return name, value


def welcome(access: dict[str, Any], home: Home, *, detached: bool) -> None:
    """What a newcomer wants to know now."""
    gateway = access["gateway"]
    lines = [
        "",
        f"Ready. Open {gateway}/ in a browser" if has_ui() else "Ready.",
        f"  admin log-in   {access['admin']['username']} / {access['admin']['password']}",
        "                 (made for this run, also in access.json, mode 600)",
        f"  API            {gateway}/v1 and /v2",
        *(market_lines(home) if SIMULATOR in platform.status(home)["processes"] else []),
        "  also here      "
        + ", ".join(f"{name} {url}" for name, url in access["services"].items() if url != gateway),
        f"  logs           {home.logs}/<service>.log",
        "",
        "Try next, in another terminal:",
        "  make demo      replay half an hour of real order flow through the public API",
        "  make verify    check every invariant of the running platform",
        "  make status    the processes and their ids",
        "",
        "make down stops it." if detached else "Ctrl-C stops everything, in order.",
    ]
    print("\n".join(lines), flush=True)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
