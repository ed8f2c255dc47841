"""The engine's decisions beside the plain ones: the same stream to both, every line compared.

The engine is `matching-engine decide`, which reads commands and prints their events without a
journal. Now and then it is told to go on from a snapshot of its state: nothing may differ after it.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oracle.market import Answer, Market, compact
from oracle.orders import Json
from oracle.streams import Stream

SNAPSHOT_EVERY_COMMANDS = 61
SNAPSHOT = "snapshot"


@dataclass(slots=True)
class Tally:
    """What was compared: commands by kind, and outcomes by kind of event and reason."""

    commands: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, command: Json, answers: Iterable[Answer]) -> None:
        self.commands[command["kind"]] += 1
        for answer in answers:
            if answer.refused is not None:
                self.outcomes["refused", answer.refused] += 1
            elif answer.repeated is not None:
                self.outcomes["repeated", ""] += 1
            for event in answer.events:
                self.outcomes[event["kind"], event["data"].get("reason", "")] += 1

    def update(self, other: Tally) -> None:
        self.commands.update(other.commands)
        self.outcomes.update(other.outcomes)

    @property
    def events(self) -> int:
        return sum(
            n for (kind, _), n in self.outcomes.items() if kind not in ("refused", "repeated")
        )


class Difference(Exception):
    """The first line that differs. `stream` ends with the command that it belongs to."""

    def __init__(self, stream: bytes, command: str, plain: str, engine: str) -> None:
        super().__init__(stream, command, plain, engine)
        self.stream = stream
        self.command = command
        self.plain = plain
        self.engine = engine

    def __str__(self) -> str:
        return (
            f"the engine differs at this command:\n  {self.command}\n"
            f"the rules say:\n  {self.plain}\nthe engine says:\n  {self.engine}\n"
            f"the stream up to there, in hex:\n  {self.stream.hex()}"
        )


@dataclass(frozen=True, slots=True)
class _Expected:
    """A line that the engine must print, and where it comes from."""

    line: str
    command: str
    stream: bytes
    end: int  # how much of the stream was read up to here


def compare(engine: Path, streams: Sequence[bytes]) -> Tally:
    """Give each stream to both. Raises Difference, and RuntimeError when the engine gives up."""
    tally, sent, expected = Tally(), [], []
    for stream in streams:
        for line, answer in _conversation(stream, tally):
            sent.append(line)
            expected += answer
        sent.append(compact({"reset": True}))
        expected.append(_Expected(compact({"reset": True}), "reset", stream, len(stream)))
    done = subprocess.run(
        [engine, "decide"],
        input="\n".join([*sent, ""]),
        capture_output=True,
        text=True,
        check=False,
    )
    printed = done.stdout.splitlines()
    for plain, line in zip(expected, printed, strict=False):
        if line != plain.line and not (plain.line == SNAPSHOT and line.startswith('{"snapshot":')):
            raise Difference(plain.stream[: plain.end], plain.command, plain.line, line)
    if done.returncode != 0 or len(printed) != len(expected):
        last = expected[min(len(printed), len(expected) - 1)]
        said = f"{len(printed)} lines, then ended with {done.returncode}: {done.stderr[-2000:]}"
        raise Difference(last.stream[: last.end], last.command, last.line, said)
    return tally


def _conversation(stream: bytes, tally: Tally) -> Iterator[tuple[str, list[_Expected]]]:
    """Each line for the engine, with the lines that it must answer."""
    market, commands = Market(), Stream(stream)
    for number, (command, stamp_ns) in enumerate(commands, start=1):
        answers = market.submit(command, stamp_ns)
        tally.add(command, answers)
        text = compact(command)
        yield (
            f'{{"stamp_ns":{stamp_ns},"command":{text}}}',
            [
                _Expected(line, text, stream, commands.position)
                for answer in answers
                for line in answer.lines()
            ],
        )
        if number % SNAPSHOT_EVERY_COMMANDS == 0:
            yield '{"snapshot":true}', [_Expected(SNAPSHOT, text, stream, commands.position)]
