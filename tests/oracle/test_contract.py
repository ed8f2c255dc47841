"""The plain engine makes the golden events of the contract out of its golden commands, to the byte."""

from __future__ import annotations

import json
from pathlib import Path

from oracle import Market
from oracle.market import compact
from oracle.orders import Json

GOLDEN = Path(__file__).parents[2] / "contracts" / "engine" / "golden"


def test_the_golden_commands_make_the_golden_events() -> None:
    market = Market()
    lines: list[str] = []
    commands: list[Json] = json.loads((GOLDEN / "commands.json").read_text())["commands"]
    for line in commands:
        answer = market.decide(line["command"], line["stamp_ns"])
        lines += [compact(event) for event in answer.events]
    golden = (GOLDEN / "events.json").read_text().splitlines()
    assert lines == [line.removesuffix(",") for line in golden if line.startswith('{"sequence":')]
    assert len(lines) == len(json.loads("\n".join(golden))["events"])
