"""The plain engine makes the golden events of the contract out of its golden commands, to the byte."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import jsonschema
from oracle import Market
from oracle.corpus import kept, streams
from oracle.market import compact
from oracle.orders import Json

CONTRACT = Path(__file__).parents[2] / "contracts" / "engine"
GOLDEN = CONTRACT / "golden"
EVENTS_OF_A_KIND = 2


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


def test_events_of_the_corpus_keep_to_the_schema() -> None:
    """The corpus shows every outcome: some events of each kind and reason, from every stream."""
    schema = json.loads((CONTRACT / "event.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    checked: Counter[tuple[str, str]] = Counter()
    for stream in streams():
        of_stream: Counter[tuple[str, str]] = Counter()
        for line in kept(stream)[0].read_text(encoding="utf-8").splitlines():
            event: Json = json.loads(line)
            if "sequence" not in event:
                continue
            outcome = event["kind"], event["data"].get("reason", "")
            of_stream[outcome] += 1
            if of_stream[outcome] <= EVENTS_OF_A_KIND:
                validator.validate(event)
        checked.update(of_stream)
    assert len(checked) > 40
