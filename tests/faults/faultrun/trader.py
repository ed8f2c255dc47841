"""A client that obeys Alpaca's rules: what has an unknown outcome is looked up by its ids, and never sent blindly.

Everything that it is told for certain is in its notes, on disk, before it goes on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from faultrun.notes import Notes
from faultrun.turnstile import Turnstile
from replay.gateway import Answer, Gateway, Lost, Patience

UNDECIDED = frozenset({"pending_new", "accepted", "pending_cancel", "pending_replace"})
"""States that promise nothing yet; every other comes from the settled log."""
OPEN = frozenset({"new", "partially_filled", "held", "suspended"})
NOT_YET = frozenset({401, 429, 503})
"""Refusals from before any effect, unless the answer says `outcome_unknown`."""
PATIENCE_S = 180.0
AVOIDED_S = 0.5


class Unclear(AssertionError):
    """The platform did not tell the fate of something in all that time."""


@dataclass
class Doors:
    """The replicas, as a client behind a balancer sees them: each in turn, but for one that just did badly."""

    replicas: Sequence[Gateway]
    token: str
    at: int
    _avoided: dict[int, float] = field(default_factory=dict)
    """Until when (monotonic), by the replica's number."""

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask one replica once. Raises `Lost`."""
        number = self._next()
        well = False
        try:
            answer = await self.replicas[number].request(
                method, path, token=self.token, body=body, query=query, headers=headers
            )
            well = answer.status < 500 and answer.status != 401
        finally:
            if not well:
                self._avoided[number] = time.monotonic() + AVOIDED_S
        return answer

    def _next(self) -> int:
        now = time.monotonic()
        for _ in self.replicas:
            self.at = (self.at + 1) % len(self.replicas)
            if self._avoided.get(self.at, now) <= now:
                break
        return self.at


@dataclass
class Trader:
    """One account. `open` are its orders that were open when last heard of, by id."""

    name: str
    account_id: str
    doors: Doors
    notes: Notes
    turnstile: Turnstile
    open: dict[str, dict[str, Any]] = field(default_factory=dict)
    _made: int = 0

    def new_client_order_id(self) -> str:
        self._made += 1
        return f"{self.name}-{self._made}"

    async def submit(self, kind: str, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """Place or replace: whatever makes an order under `body["client_order_id"]`.

        The order once its fate is known; none when it was refused. Notes what was told.
        """
        sent_at = time.monotonic()
        client_order_id = body["client_order_id"]
        patience = Patience(PATIENCE_S)
        order, how, refusal = None, "answer", ""
        repeated = False
        while order is None:
            answer = await self._ask(method, path, body, patience)
            if answer is not None and answer.status < 300:
                order, how = answer.body, "answer"
                break
            if answer is not None and answer.status < 500 and answer.status not in NOT_YET:
                if not (repeated and "existing_order_id" in answer.problem):
                    refusal = f"{answer.status} {answer.problem_type} {answer.message}"
                    break
            elif answer is not None and _nothing_was_done(answer):
                await self._pause(patience, _said(answer))
                # Looked up all the same: an earlier try of ours may have had its effect.
                if not repeated:
                    repeated = True
                    continue
            repeated = True
            order, how = await self.find(client_order_id), "look-up"
        if order is None:
            await self.notes.add(
                kind=kind, client_order_id=client_order_id, status="refused", reason=refusal
            )
            return None
        decided = await self.decided(order, patience)
        if decided is None:
            # Undone: the engine refused it for certain, and its id is free again.
            await self.notes.add(kind=kind, client_order_id=client_order_id, status="undone")
            return None
        if decided is not order:
            how = "look-up"
        await self.notes.add(
            kind=kind,
            order_id=str(decided["id"]),
            client_order_id=client_order_id,
            status=str(decided["status"]),
            how=how,
            replaces=str(decided.get("replaces") or ""),
            legs=[str(leg["id"]) for leg in decided.get("legs") or []],
        )
        if decided["status"] != "rejected":
            self.turnstile.answered(sent_at)
        if decided["status"] in OPEN:
            self.open[str(decided["id"])] = decided
        return decided

    async def cancel(self, order_id: str) -> bool:
        """Whether the order was cancelled; it ended otherwise if not. Notes what was told."""
        self.open.pop(order_id, None)
        patience = Patience(PATIENCE_S)
        path = f"/v2/orders/{order_id}"
        repeated = False
        while True:
            answer = await self._ask("DELETE", path, None, patience)
            if answer is not None and answer.status < 300:
                await self.notes.add(
                    kind="cancel", order_id=order_id, status="canceled", how="answer"
                )
                return True
            final = answer is not None and answer.status < 500 and answer.status not in NOT_YET
            if answer is not None and final and not (repeated and answer.status == 422):
                await self.notes.add(
                    kind="cancel", order_id=order_id, status="refused", reason=_said(answer)
                )
                return False
            repeated = True
            order = await self.decided(await self.read(order_id, patience), patience)
            if order is None or order["status"] not in OPEN:
                status = "gone" if order is None else str(order["status"])
                await self.notes.add(kind="cancel", order_id=order_id, status=status, how="look-up")
                return status == "canceled"

    async def cancel_all(self) -> None:
        """Cancel whatever is open, and see it gone."""
        patience = Patience(PATIENCE_S)
        while True:
            answer = await self._ask("DELETE", "/v2/orders", None, patience)
            if answer is not None and answer.status < 300:
                for each in answer.body or []:
                    if int(each["status"]) < 300:
                        await self.notes.add(
                            kind="cancel", order_id=str(each["id"]), status="canceled", how="answer"
                        )
            left = await self._get("/v2/orders", patience, {"status": "open", "limit": "500"})
            if not left:
                self.open.clear()
                return
            await self._pause(patience, f"{len(left)} orders are still open")

    async def deposit(self, amount: str, key: str) -> None:
        """Bring cash in, once: the key makes a repeat of the request no second deposit."""
        patience = Patience(PATIENCE_S)
        while True:
            try:
                answer = await self.doors.request(
                    "POST",
                    "/v1/funding/deposits",
                    body={"amount": amount},
                    headers={"Idempotency-Key": key},
                )
            except Lost as lost:
                await self._pause(patience, str(lost))
                continue
            if answer.status < 300:
                await self.notes.add(
                    kind="deposit", transfer_id=str(answer.body["id"]), amount=amount, status="done"
                )
                return
            # 409: the first request with this key is still under way.
            assert answer.status >= 500 or answer.status in NOT_YET | {409}, _said(answer)
            await self._pause(patience, _said(answer))

    async def find(self, client_order_id: str) -> Any:
        """The order with this id; none when there certainly is and will be none of what was sent."""
        query = {"client_order_id": client_order_id}
        return await self._get("/v2/orders:by_client_order_id", Patience(PATIENCE_S), query)

    async def read(self, order_id: str, patience: Patience) -> Any:
        return await self._get(f"/v2/orders/{order_id}", patience)

    async def decided(self, order: Any, patience: Patience) -> Any:
        """Follow an order until the settled log gave it its state; none: it was taken back."""
        while order is not None and order["status"] in UNDECIDED:
            await self._pause(patience, f"order {order['id']} stays {order['status']}")
            order = await self.read(str(order["id"]), patience)
        return order

    async def _get(
        self, path: str, patience: Patience, query: Mapping[str, str] | None = None
    ) -> Any:
        """Ask until there is an answer; none: 404."""
        while True:
            try:
                answer = await self.doors.request("GET", path, query=query)
            except Lost as lost:
                await self._pause(patience, str(lost))
                continue
            if answer.status == 200:
                return answer.body
            if answer.status == 404:
                return None
            await self._pause(patience, f"{path}: {_said(answer)}")

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None, patience: Patience
    ) -> Answer | None:
        """Send once; none: the answer was lost."""
        try:
            return await self.doors.request(method, path, body=body)
        except Lost as lost:
            await self._pause(patience, str(lost))
            return None

    async def _pause(self, patience: Patience, why: str) -> None:
        try:
            await patience.pause(why)
        except Exception as error:
            raise Unclear(f"{self.name}: {why}") from error


def _nothing_was_done(answer: Answer) -> bool:
    return answer.status in NOT_YET and answer.problem_type != "outcome_unknown"


def _said(answer: Answer) -> str:
    return f"{answer.status} {answer.problem_type} {answer.message}"
