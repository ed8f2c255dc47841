"""The run's figures as a page's tables, between two marks of that page."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BEGIN = (
    '<!-- figures: written by make test-faults FAULTS="--document docs/performance/faults.md" -->'
)
END = "<!-- end of the figures -->"


def write_into(page: Path, document: Mapping[str, Any]) -> None:
    """Replace what stands between the marks of `page`. Raises `ValueError` where they are missing."""
    text = page.read_text()
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"{page} has no marks for the figures")
    page.write_text(f"{before}{BEGIN}\n\n{render(document)}\n\n{END}{after}")


def render(document: Mapping[str, Any]) -> str:
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    lines = [
        f"Measured {datetime.now(UTC):%Y-%m-%d}, seed {document['seed']}, in {document['seconds']:.0f} s on"
        f" {os.cpu_count()} cores, {platform.system()} (load average at the end: {load}).",
        "",
        "| | |",
        "|---|---|",
        *(
            f"| {title} | {document[name]:,} |"
            for title, name in (
                ("orders", "orders"),
                ("faults", "faults"),
                ("acknowledgements that were lost", "acknowledged_lost"),
                ("things that happened twice, or against what was told", "duplicated"),
                ("invariants that did not hold", "invariant_violations"),
                ("processes that died of anything but a fault", "unexpected_deaths"),
                ("until an order is settled again, p50, s", "orders_again_p50_s"),
                ("the same, p99, s", "orders_again_p99_s"),
                ("until what died works again, too, p50, s", "recovery_p50_s"),
                ("the same, p99, s", "recovery_p99_s"),
            )
        ),
        "",
        "| fault | times | orders settled again, p50, s | all recovered, p50, s | most, s |",
        "|---|---|---|---|---|",
        *(
            f"| {kind} | {row['faults']} | {row['orders_again_p50_s']} | {row['recovery_p50_s']} |"
            f" {row['recovery_max_s']} |"
            for kind, row in document["recovery_by_kind"].items()
        ),
        "",
        "Failpoints, and how often each was hit: "
        + ", ".join(f"`{point}` {hits}" for point, hits in document["hits_by_point"].items())
        + ".",
        "",
        "What the clients were told: "
        + ", ".join(f"{what} {times:,}" for what, times in document["told"].items())
        + ".",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    write_into(Path(sys.argv[2]), json.loads(Path(sys.argv[1]).read_text()))
