"""Percentiles, the machine's name, and the file that a run leaves its figures in."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from replay.paths import FIGURES


def percentile_ms(seconds: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of a sample in seconds, in milliseconds; 0 for an empty one."""
    if not seconds:
        return 0.0
    ordered = sorted(seconds)
    rank = max(1, math.ceil(len(ordered) * percent / 100))
    return round(ordered[rank - 1] * 1000, 3)


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_average": round(os.getloadavg()[0], 2),
    }


def write_figures(name: str, figures: Mapping[str, Any], folder: Path = FIGURES) -> Path:
    """Write `<name>.json` whole or not at all; answers its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    unfinished = path.with_suffix(".json.new")
    unfinished.write_text(json.dumps(figures, indent=2) + "\n")
    unfinished.replace(path)
    return path
