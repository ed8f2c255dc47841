"""The engine and the plain rules say the same, to the byte, over random streams and the corpus."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle.comparison import Difference, Tally, compare
from oracle.corpus import kept, run, streams
from oracle.differential import random_streams
from oracle.outcomes import missing

from devkit import bootstrap

SEEDED_BATCHES = 9
SHORT_STREAMS, SHORT_STREAM_BYTES = 10_000, 90  # some 12 commands each
SLOW_COMMANDS = 1_000_000


@pytest.fixture(scope="module")
def engine() -> Path:
    bootstrap.matching_engine()
    return bootstrap.ENGINE_BINARY


def test_the_engine_decides_seeded_streams_as_the_rules_say(engine: Path) -> None:
    tally = Tally()
    for seed in range(SEEDED_BATCHES):
        tally.update(compare(engine, random_streams(seed)))
    assert tally.commands.total() > 20_000


def test_the_engine_decides_ten_thousand_short_streams_as_the_rules_say(engine: Path) -> None:
    compared, seed = 0, 1_000
    while compared < SHORT_STREAMS:
        streams = random_streams(seed, SHORT_STREAM_BYTES)
        compare(engine, streams)
        compared += len(streams)
        seed += 1


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stream=st.binary(max_size=3_000))
def test_the_engine_decides_any_stream_as_the_rules_say(engine: Path, stream: bytes) -> None:
    compare(engine, [stream])


def test_the_engine_decides_the_corpus_as_the_rules_say(engine: Path) -> None:
    tally = compare(engine, [path.read_bytes() for path in streams()])
    assert missing(tally) == [], "the corpus shows every outcome"


def test_the_corpus_keeps_what_the_plain_engine_makes_of_it() -> None:
    assert streams()
    for stream in streams():
        for path, lines in zip(kept(stream), run(stream.read_bytes()), strict=True):
            written = path.read_text(encoding="utf-8").splitlines()
            assert written == lines, f"{path.name}: see `python -m oracle.corpus`"


def test_a_difference_is_told_with_the_stream_that_shows_it(tmp_path: Path) -> None:
    stream = streams()[0].read_bytes()
    lines = [*run(stream)[0], '{"reset":true}']
    lines[20] = lines[20].replace('"sequence":', '"sequence": ')
    liar = tmp_path / "engine"
    liar.write_text(
        f"#!{sys.executable}\nimport sys\nsys.stdin.read()\nprint({chr(10).join(lines)!r})"
    )
    liar.chmod(0o755)
    with pytest.raises(Difference) as told:
        compare(liar, [stream])
    assert told.value.engine == lines[20]
    assert stream.startswith(told.value.stream)
    assert run(told.value.stream)[0][20] == told.value.plain


@pytest.mark.slow
def test_a_million_commands_are_decided_alike_and_show_every_outcome(engine: Path) -> None:
    asked = ["--engine", str(engine), "--commands", str(SLOW_COMMANDS)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    subprocess.run(
        [sys.executable, "-m", "oracle.differential", *asked], env=environment, check=True
    )
