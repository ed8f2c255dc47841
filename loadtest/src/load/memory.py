"""Does a process grow with what it has served? Its memory is read now and then, and a line laid through it.

Counted is anonymous memory (`RssAnon`): what a process allocated. Shared buffers and mapped files, which fill up to
their size and stay there, are left out. The line is Theil and Sen's (the median of the slopes between all pairs), which
a single garbage collection or checkpoint does not bend.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_MOST_POINTS = 200
"""Of which the slopes between all pairs are taken; a longer series is thinned."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Of one process tree after the warm-up, in bytes; `per_request` is the slope of the line through its memory."""

    first: int
    last: int
    highest: int
    per_request: float
    samples: int


class Sampler:
    """Reads the memory of named process trees every `every_s` in a thread of its own, until it is stopped."""

    def __init__(self, processes: Mapping[str, Sequence[int]], every_s: float) -> None:
        self._processes = processes
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.samples: list[tuple[float, dict[str, int]]] = []
        """Monotonic seconds, and bytes by process."""

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            self.samples.append((time.monotonic(), anonymous_bytes(self._processes)))


def anonymous_bytes(processes: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """Of each named process with all its descendants; one that has ended counts nothing."""
    own, children = _read_all()
    found: dict[str, int] = {}
    for name, pids in processes.items():
        waiting, total = list(pids), 0
        while waiting:
            pid = waiting.pop()
            total += own.get(pid, 0)
            waiting.extend(children.get(pid, ()))
        found[name] = total
    return found


def growth(
    samples: Sequence[tuple[float, Mapping[str, int]]], name: str, requests_per_s: float
) -> Growth:
    """Of one process over the samples, which must all be from after the warm-up, at a steady rate of requests.

    Raises ValueError for fewer than three samples, through which a line would say nothing.
    """
    if len(samples) < 3 or requests_per_s <= 0:
        raise ValueError("a slope needs three samples at least, and requests")
    every = max(1, len(samples) // _MOST_POINTS)
    points = [(at, held[name]) for at, held in samples[::every]]
    slopes = [
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for i, earlier in enumerate(points)
        for later in points[i + 1 :]
    ]
    values = [held[name] for _, held in samples]
    per_request = statistics.median(slopes) / requests_per_s
    return Growth(values[0], values[-1], max(values), round(per_request, 1), len(values))


def _read_all() -> tuple[dict[int, int], dict[int, list[int]]]:
    own: dict[int, int] = {}
    children: defaultdict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            lines = (folder / "status").read_text().splitlines()
        except OSError:
            continue  # it ended meanwhile
        fields = dict(line.split(":", 1) for line in lines if ":" in line)
        own[int(folder.name)] = int(fields.get("RssAnon", "0 kB").split()[0]) * 1024
        children[int(fields["PPid"])].append(int(folder.name))
    return own, children
