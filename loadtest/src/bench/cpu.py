"""Processor time of process trees, user and system, read from /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Stat:
    parent: int
    own_ticks: int
    reaped_ticks: int


def cpu_seconds_by_process(processes: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """Seconds that each named process has used, with all its descendants.

    Children that ended are counted where their parent waited for them, as PostgreSQL does.
    """
    stats = _read_all()
    children: defaultdict[int, list[int]] = defaultdict(list)
    for pid, stat in stats.items():
        children[stat.parent].append(pid)
    used: dict[str, float] = {}
    for name, pids in processes.items():
        waiting, ticks = list(pids), 0
        while waiting:
            pid = waiting.pop()
            if pid in stats:
                ticks += stats[pid].own_ticks + stats[pid].reaped_ticks
                waiting.extend(children[pid])
        used[name] = ticks / _TICKS_PER_SECOND
    return used


def microseconds_per(
    before: Mapping[str, float], after: Mapping[str, float], requests: int
) -> dict[str, float]:
    """What each process used between two readings, a request."""
    return {
        name: round((seconds - before.get(name, 0.0)) * 1e6 / max(requests, 1), 1)
        for name, seconds in after.items()
    }


def _read_all() -> dict[int, _Stat]:
    stats: dict[int, _Stat] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "stat").read_text()
            except OSError:
                continue  # it ended meanwhile
            stats[int(folder.name)] = _parse(text)
    return stats


def _parse(text: str) -> _Stat:
    """The fields after the command's name, which may hold anything, parentheses included."""
    fields = text[text.rindex(")") + 2 :].split()
    user, system, reaped_user, reaped_system = (int(field) for field in fields[11:15])
    return _Stat(int(fields[1]), user + system, reaped_user + reaped_system)
