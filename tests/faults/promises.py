"""Holds the engine's log against what clients were told: every acknowledgement must be in it, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import httpx

from chassis.clock import SystemClock
from chassis.event_log.source import LogSource
from chassis.identity.service_tokens import ServiceTokenSigner
from devkit.home import Home
from replay.trader import Acknowledgement

PAGE = 10_000


async def broken_promises(
    root: Path, acknowledged: Iterable[Acknowledgement], run: str
) -> list[str]:
    """A sentence for each acknowledgement that the engine's log does not bear out, or bears out twice.

    An acknowledged order was accepted exactly once, an acknowledged cancel cancelled exactly once;
    and no order of the run (by its client order ids) is in the log twice under different ids.
    """
    accepted: Counter[str] = Counter()
    cancelled: Counter[str] = Counter()
    orders_of_client_id: Counter[str] = Counter()
    async for kind, data in read_log(root):
        if kind == "order_accepted":
            accepted[data["order_id"]] += 1
            if data["client_order_id"].startswith(f"{run}-"):
                orders_of_client_id[data["client_order_id"]] += 1
        elif kind == "order_cancelled":
            cancelled[data["order_id"]] += 1
    broken = [
        f"client order id {client_order_id} is in the log {times} times"
        for client_order_id, times in orders_of_client_id.items()
        if times > 1
    ]
    placements: Counter[str] = Counter()
    for one in acknowledged:
        found = (accepted if one.kind == "place" else cancelled)[one.order_id]
        if found != 1:
            broken.append(
                f"{one.kind} of order {one.order_id} ({one.client_order_id}) was acknowledged as"
                f" {one.status} by {one.how}, and is in the log {found} times"
            )
        if one.kind == "place":
            # `<run>-<order>` or, placed again after it certainly never was, `<run>-<order>-2`.
            placements[one.capture_order_id] += 1
    for client_order_id in orders_of_client_id:
        name = client_order_id.removeprefix(f"{run}-").split("-")[0]
        placements[name] -= 1
    broken += [
        f"order {name} of the recording is in the log {1 - count} times, and was acknowledged once"
        for name, count in placements.items()
        if count < 0
    ]
    return broken


async def read_log(root: Path):  # type: ignore[no-untyped-def]
    """Kind and data of every event of the engine's log, read as any consumer does."""
    access = Home(root).access()
    signer = ServiceTokenSigner("verify", Path(access["verify_key_file"]), SystemClock())
    url = access["services"]["matching-engine"]
    async with httpx.AsyncClient() as client:
        source = LogSource(client, url, signer, audience="matching-engine", scope="engine:read")
        after = 0
        while True:
            page = await source.read(after, limit=PAGE)
            for event in page.events:
                yield event.kind, event.data
            if not page.events:
                return
            after = page.events[-1].sequence
