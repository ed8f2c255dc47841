"""`python -m oracle.corpus`: write beside each stream of the corpus what the plain engine answers.

The matching engine's own tests compare these files with what it answers, without any Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from oracle.market import Market
from oracle.streams import Stream

CORPUS = Path(__file__).parents[1] / "corpus"


def streams() -> list[Path]:
    return sorted(CORPUS.glob("*.stream"))


def answers(stream: bytes) -> Iterator[str]:
    """The lines that `matching-engine decide` must print for it."""
    market = Market()
    for command, stamp_ns in Stream(stream):
        for answer in market.submit(command, stamp_ns):
            yield from answer.lines()


def answered(stream: Path) -> Path:
    """Where a stream's answers are kept."""
    return stream.with_suffix(".events")


def main() -> None:
    for stream in streams():
        lines = answers(stream.read_bytes())
        answered(stream).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
