"""What a benchmark prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def lines(figures: Mapping[str, Any]) -> list[str]:
    """The figures for people, every answer that was no success included."""
    fixed = figures["fixed_rate"]
    told = [
        f"closed loop, {figures['clients']} clients, {figures['requests']:,} requests "
        f"in {figures['seconds']:.1f} s",
        f"  orders/s       {figures['orders_per_s']:,}",
        f"  requests/s     {figures['requests_per_s']:,}",
        f"  p50 / p99      {figures['p50_ms']:.1f} / {figures['p99_ms']:.1f} ms",
        *_kinds(figures),
        f"fixed rate, {fixed['offered_per_s']:,} requests/s offered, "
        f"{fixed['requests_per_s']:,} answered",
        f"  p50 / p99      {fixed['p50_ms']:.1f} / {fixed['p99_ms']:.1f} ms",
        *_kinds(fixed),
        "processor time a request in the closed loop, user and system, microseconds",
    ]
    by_process = figures["cpu_us_per_request_by_process"]
    for name, used in sorted(by_process.items(), key=lambda item: -item[1]):
        told.append(f"  {name:<22} {used:>8,.0f}")
    told.append(f"  {'sum':<22} {figures['cpu_us_per_request']:>8,.0f}")
    told.append(f"  {'(this client, apart)':<22} {figures['client_cpu_us_per_request']:>8,.0f}")
    return told


def _kinds(figures: Mapping[str, Any]) -> list[str]:
    return [
        f"  {kind:<8} {of['per_s']:>9,.1f}/s  p50 {of['p50_ms']:>8.1f}  p99 {of['p99_ms']:>8.1f} ms"
        f"  answers {', '.join(f'{status}: {n:,}' for status, n in of['answers_by_status'].items())}"
        for kind, of in figures["by_kind"].items()
    ]
