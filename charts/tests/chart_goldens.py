"""What is written down of each way to use the chart: `python charts/tests/chart_goldens.py` writes it anew.

The default in full; of everything else what it changes.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import yaml
from chart_matrix import ROWS, Object, rendered

GOLDENS = Path(__file__).parent / "goldens"
DEFAULT = "default"


def golden_file(name: str) -> Path:
    return GOLDENS / (f"{name}.yaml" if name == DEFAULT else f"{name}.diff")


def golden(name: str) -> str:
    """The text that a row's file is to hold."""
    text = normalised(rendered(name))
    if name == DEFAULT:
        return text
    lines = difflib.unified_diff(
        normalised(rendered(DEFAULT)).splitlines(), text.splitlines(),
        DEFAULT, name, n=3, lineterm="",
    )  # fmt: skip
    return "\n".join(lines) + "\n"


def normalised(objects: list[Object]) -> str:
    """Sorted, without comments, and with words in the place of what is random."""
    named = [
        {**one, "data": dict.fromkeys(one["data"], "random")} if one["kind"] == "Secret" else one
        for one in objects
    ]
    ordered = sorted(named, key=lambda one: (one["kind"], one["metadata"]["name"]))
    text = yaml.dump_all(ordered, Dumper=yaml.CSafeDumper, sort_keys=False, width=1000)
    return re.sub(r"(checksum/[\w-]+: )[0-9a-f]{64}", r"\1of-its-content", text)


def main() -> None:
    GOLDENS.mkdir(exist_ok=True)
    for old in GOLDENS.iterdir():
        old.unlink()
    for row in ROWS:
        golden_file(row.name).write_text(golden(row.name))


if __name__ == "__main__":
    main()
