"""What a replay prints at its end."""

from __future__ import annotations

from replay.run import Replay

_SHOWN = 10


def lines(done: Replay) -> list[str]:
    """The outcome of a replay, a line a figure, then what was not as recorded."""
    figures = done.figures()
    comparison = done.comparison
    answers = ", ".join(f"{status}: {n:,}" for status, n in sorted(done.answers.items()))
    told = [
        f"orders            {figures['orders']:,} of {done.plan.orders:,}",
        f"cancels           {figures['cancels']:,} of {done.plan.cancels:,}",
        f"rejects           {figures['rejects']:,}",
        f"trades            {comparison.matching} of {comparison.expected} as recorded",
        f"orders/s          {figures['orders_per_s']:,}",
        f"commands/s        {figures['commands_per_s']:,} (orders and cancels)",
        f"p50               {figures['p50_ms']:.1f} ms",
        f"p99               {figures['p99_ms']:.1f} ms",
        f"answers           {answers}",
    ]
    if figures["looked_up"]:
        told.append(f"looked up         {figures['looked_up']:,} whose answer did not come")
    told += _some("difference", list(comparison.differences))
    refused = [
        f"{one.kind} {one.capture_order_id}: {one.reason or one.status}"
        for one in done.record.refused()
    ]
    return told + _some("refused", refused)


def _some(what: str, found: list[str]) -> list[str]:
    shown = [f"{what:<17} {one}" for one in found[:_SHOWN]]
    if len(found) > _SHOWN:
        shown.append(f"{'':<17} and {len(found) - _SHOWN} more")
    return shown
