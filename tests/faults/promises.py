"""Holds the engine's log against what clients were told: every acknowledgement must be in it, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from chassis.clock import SystemClock
from chassis.event_log.source import LogSource
from chassis.identity.service_tokens import ServiceTokenSigner
from devkit.home import Home
from replay.trader import Acknowledgement

PAGE = 10_000


@dataclass
class Logged:
    """How often the engine's log holds each thing."""

    accepted: Counter[str] = field(default_factory=Counter)
    """By order id."""
    cancelled: Counter[str] = field(default_factory=Counter)
    """By order id."""
    client_order_ids: Counter[str] = field(default_factory=Counter)
    """Of accepted orders."""


async def read_log(root: Path) -> Logged:
    """Read the whole log of the platform at `root`."""
    access = Home(root).access()
    return await read_engine_log(
        access["services"]["matching-engine"], Path(access["verify_key_file"])
    )


async def read_engine_log(url: str, key_file: Path) -> Logged:
    """Read the whole log of the engine at `url`, as any consumer does, with the key of `verify`."""
    signer = ServiceTokenSigner("verify", key_file, SystemClock())
    logged, after = Logged(), 0
    async with httpx.AsyncClient() as client:
        source = LogSource(client, url, signer, audience="matching-engine", scope="engine:read")
        while (page := await source.read(after, limit=PAGE)).events:
            after = page.events[-1].sequence
            for event in page.events:
                if event.kind == "order_accepted":
                    logged.accepted[event.data["order_id"]] += 1
                    logged.client_order_ids[event.data["client_order_id"]] += 1
                elif event.kind == "order_cancelled":
                    logged.cancelled[event.data["order_id"]] += 1
    return logged


def broken_promises(acknowledged: Iterable[Acknowledgement], logged: Logged, run: str) -> list[str]:
    """A sentence for each acknowledgement of a run that the log does not bear out exactly once.

    Also for each order of the run that is in the log though nobody was told so: one that was placed
    again, under a new client order id, because the platform had said that the first never happened.
    """
    broken: list[str] = []
    told: set[str] = set()
    for one in acknowledged:
        found = (logged.accepted if one.kind == "place" else logged.cancelled)[one.order_id]
        if found != 1:
            broken.append(
                f"{one.kind} of order {one.order_id} ({one.client_order_id}) was acknowledged as"
                f" {one.status} by {one.how}, and is in the log {found} times"
            )
        told.add(one.client_order_id)
    for client_order_id, times in logged.client_order_ids.items():
        if not client_order_id.startswith(f"{run}-"):
            continue
        if times > 1:
            broken.append(f"{client_order_id} is in the log {times} times")
        if client_order_id not in told:
            broken.append(f"{client_order_id} is in the log, and nobody was told so")
    return broken
