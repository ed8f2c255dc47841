"""What a benchmark prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def orders(figures: Mapping[str, Any]) -> list[str]:
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
        f"{fixed['requests_per_s']:,} answered{_unsent(fixed['unsent'])}",
        f"  p50 / p99      {fixed['p50_ms']:.1f} / {fixed['p99_ms']:.1f} ms",
        *_kinds(fixed),
        "processor time a request in the closed loop, user and system, microseconds",
    ]
    by_process = figures["cpu_us_per_request_by_process"]
    for name, used in sorted(by_process.items(), key=lambda item: -item[1]):
        told.append(f"  {name:<22} {used:>8,.0f}")
    told.append(f"  {'sum':<22} {figures['cpu_us_per_request']:>8,.0f}")
    told.append(f"  {'(this client, apart)':<22} {figures['client_cpu_us_per_request']:>8,.0f}")
    return told + _further(figures)


def _further(figures: Mapping[str, Any]) -> list[str]:
    told: list[str] = []
    if (plain := figures.get("naive")) is not None:
        told += [
            f"turn by turn with naive settings, {plain['requests_per_s']:,} requests/s there, "
            f"{plain['tuned_requests_per_s']:,} here",
            f"  speedup_vs_naive {figures['speedup_vs_naive']}",
        ]
    if (crowd := figures.get("crowding")) is not None:
        told += [
            f"{crowd['others_per_s']:,.0f} requests/s of others, p50 / p99",
            f"  alone            {crowd['alone_p50_ms']:.1f} / {crowd['alone_p99_ms']:.1f} ms",
            f"  beside {crowd['connections_of_one_account']} connections of one account that never rest "
            f"{crowd['beside_p50_ms']:.1f} / {crowd['beside_p99_ms']:.1f} ms",
        ]
    if (sweep := figures.get("sweeping")) is not None:
        told.append(f"cancel of all, {sweep['orders']:,} orders: {sweep['seconds']:.2f} s")
    return told


def stream(figures: Mapping[str, Any]) -> list[str]:
    """The figures for people."""
    trade, book = figures["trade_lag"], figures["book_lag"]
    told = [
        f"{figures['clients']} clients through {figures['through']}, one symbol, "
        f"{figures['changes_per_s']:,} of {figures['offered_per_s']:,.0f} changes/s "
        f"for {figures['seconds']:.1f} s{_unsent(figures['changes_unsent'])}",
        f"  trades         {figures['trades']:,}, {figures['trades_missing']:,} not delivered",
        f"  frames         {figures['frames']:,}, "
        f"{figures['frames_per_s_per_client']} a second and client",
        "from the engine's stamp to the client's socket, p50 / p99",
        f"  trades         {trade['p50_ms']:.1f} / {trade['p99_ms']:.1f} ms",
        f"  book           {book['p50_ms']:.1f} / {book['p99_ms']:.1f} ms",
        f"orders meanwhile   {figures['order_p50_ms']:.1f} / {figures['order_p99_ms']:.1f} ms",
        "processor time a frame and client, beyond that of the same orders without listeners,"
        " microseconds",
    ]
    by_process = figures["cpu_us_per_frame_by_process"]
    for name, used in sorted(by_process.items(), key=lambda item: -item[1]):
        told.append(f"  {name:<22} {used:>8,.1f}")
    told.append(f"  {'(these clients, apart)':<22} {figures['client_cpu_us_per_frame']:>8,.1f}")
    told.append(f"cores busy in all    {figures['busy_cores']}")
    return told


def _unsent(count: int) -> str:
    return f"; {count:,} never sent: the platform is slower than that" if count else ""


def _kinds(figures: Mapping[str, Any]) -> list[str]:
    return [
        f"  {kind:<8} {of['per_s']:>9,.1f}/s  p50 {of['p50_ms']:>8.1f}  p99 {of['p99_ms']:>8.1f} ms"
        f"  answers {', '.join(f'{status}: {n:,}' for status, n in of['answers_by_status'].items())}"
        for kind, of in figures["by_kind"].items()
    ]
