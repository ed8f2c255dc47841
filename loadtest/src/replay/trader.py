"""One account's orders and cancels, each followed until its fate is known.

An answer can be lost, pending, or say that the outcome is unknown. Then the order is looked up
by its ids until the platform knows; only what certainly did not happen is sent again. So a replay
survives the death of any process of the platform.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from replay.gateway import Answer, Lost, Patience
from replay.session import Session

# States that promise nothing yet. Everything else comes from the settled log.
_UNDECIDED = frozenset({"pending_new", "accepted", "pending_cancel"})
# Refusals from before any effect. A 401 here outlived one new log-in already.
_NOT_YET = frozenset({401, 429, 503})

How = Literal["answer", "look-up"]


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the platform told about a command once it was decided.

    `how` tells whether the answer itself said it or a later look-up. `status` is the order's then
    (`refused`: the placement or the cancel was turned down, with `reason`); `filled_qty` is empty
    for a cancel, whose answer does not say it.
    """

    kind: Literal["place", "cancel"]
    capture_order_id: str
    order_id: str
    client_order_id: str
    status: str
    filled_qty: str
    how: How
    seconds: float
    reason: str = ""
    average_price: str = ""
    """Of what was filled of a placed order; empty where nothing was."""

    @property
    def accepted(self) -> bool:
        return self.status not in ("refused", "rejected")


@dataclass(frozen=True, slots=True)
class _Seen:
    """An order in a decided state, and how that was learnt."""

    order_id: str
    status: str
    filled_qty: str
    how: How
    reason: str = ""
    average_price: str = ""

    @classmethod
    def of(cls, order: Any, how: How) -> _Seen:
        return cls(
            str(order["id"]),
            str(order["status"]),
            str(order["filled_qty"]),
            how,
            average_price=str(order.get("filled_avg_price") or ""),
        )


class Trader:
    """Places and cancels for one account. `account_id` and `number` tell which."""

    def __init__(self, session: Session, account_id: str, number: int) -> None:
        self.session = session
        self.account_id = account_id
        self.number = number

    async def place(self, capture_order_id: str, body: Mapping[str, str]) -> Acknowledgement:
        """Place an order under `body["client_order_id"]`. Raises PatienceExhausted.

        An order whose first answer was no decision, and that the log never saw, ends `rejected`
        and has used up its client order id: it is placed again under the next one.
        """
        clock = asyncio.get_running_loop().time
        started = clock()
        patience = Patience(self.session.patience_seconds)
        client_order_id = body["client_order_id"]
        number, repeated = 1, False
        while True:
            sent = {**body, "client_order_id": client_order_id}
            seen = await self._try_placing(sent, patience, repeated=repeated)
            repeated = True
            if seen is None:
                continue
            if seen.status == "rejected" and seen.how == "look-up":
                await patience.pause(f"order {seen.order_id} never reached the log")
                number, repeated = number + 1, False
                client_order_id = f"{body['client_order_id']}-{number}"
                continue
            return Acknowledgement(
                kind="place",
                capture_order_id=capture_order_id,
                order_id=seen.order_id,
                client_order_id=client_order_id,
                status=seen.status,
                filled_qty=seen.filled_qty,
                how=seen.how,
                seconds=clock() - started,
                reason=seen.reason,
                average_price=seen.average_price,
            )

    async def _try_placing(
        self, sent: Mapping[str, str], patience: Patience, *, repeated: bool
    ) -> _Seen | None:
        """Send a placement once. None: it certainly was not placed, and may be sent again."""
        try:
            answer = await self.session.request("POST", "/v2/orders", body=sent)
        except Lost as lost:
            await patience.pause(str(lost))
            return await self._find(sent["client_order_id"], patience)
        if answer.status < 300:
            if answer.body["status"] not in _UNDECIDED:
                return _Seen.of(answer.body, "answer")
            return await self._decided(answer.body, patience)
        if repeated and "existing_order_id" in answer.problem:
            return await self._find(sent["client_order_id"], patience)
        if answer.status in _NOT_YET and answer.problem_type != "outcome_unknown":
            await patience.pause(_said(answer), answer.retry_after)
            return None
        if answer.status >= 500:
            await patience.pause(_said(answer))
            return await self._find(sent["client_order_id"], patience)
        return _Seen("", "refused", "0", "answer", _said(answer))

    async def cancel(self, placed: Acknowledgement) -> Acknowledgement:
        """Cancel an order that was placed before. Raises PatienceExhausted."""
        clock = asyncio.get_running_loop().time
        started = clock()
        patience = Patience(self.session.patience_seconds)
        path = f"/v2/orders/{placed.order_id}"
        repeated = False

        def told(status: str, how: How = "answer", reason: str = "") -> Acknowledgement:
            return Acknowledgement(
                kind="cancel",
                capture_order_id=placed.capture_order_id,
                order_id=placed.order_id,
                client_order_id=placed.client_order_id,
                status=status,
                filled_qty="",
                how=how,
                seconds=clock() - started,
                reason=reason,
            )

        while True:
            retry_after: float | None = None
            try:
                answer = await self.session.request("DELETE", path)
            except Lost as lost:
                said = str(lost)
            else:
                said, retry_after = _said(answer), answer.retry_after
                if answer.status < 300:
                    return told("canceled")
                # A repeated cancel may find its order gone; then the order tells who took it.
                gone = repeated and answer.status == 422
                if answer.status < 500 and answer.status not in _NOT_YET and not gone:
                    return told("refused", reason=said)
            repeated = True
            await patience.pause(said, retry_after)
            seen = await self._decided(await self._read(placed.order_id, patience), patience)
            if seen.status == "canceled":
                return told("canceled", how="look-up")
            if seen.status in ("filled", "expired", "rejected"):
                return told("refused", how="look-up", reason=f"order is {seen.status}")

    async def _find(self, client_order_id: str, patience: Patience) -> _Seen | None:
        """The order with this client order id; None when there certainly is and will be none.

        One that is seen undecided and then no more was refused by the engine before its log held
        anything of it: trading undid it, and its client order id is free again.
        """
        order = await self._get(
            "/v2/orders:by_client_order_id",
            patience,
            {"client_order_id": client_order_id},
        )
        while order is not None and order["status"] in _UNDECIDED:
            await patience.pause(f"order {order['id']} stays {order['status']}")
            order = await self._get(f"/v2/orders/{order['id']}", patience)
        return None if order is None else _Seen.of(order, "look-up")

    async def _read(self, order_id: str, patience: Patience) -> Any:
        while (order := await self._get(f"/v2/orders/{order_id}", patience)) is None:
            await patience.pause(f"order {order_id} was acknowledged and cannot be found")
        return order

    async def _decided(self, order: Any, patience: Patience) -> _Seen:
        """Follow an order until it is in a state that the settled log gave it."""
        while order["status"] in _UNDECIDED:
            await patience.pause(f"order {order['id']} stays {order['status']}")
            order = await self._read(str(order["id"]), patience)
        return _Seen.of(order, "look-up")

    async def _get(
        self, path: str, patience: Patience, query: Mapping[str, str] | None = None
    ) -> Any:
        while True:
            try:
                answer = await self.session.request("GET", path, query=query)
            except Lost as lost:
                await patience.pause(str(lost))
                continue
            if answer.status == 200:
                return answer.body
            if answer.status == 404:
                return None
            await patience.pause(f"{path}: {_said(answer)}", answer.retry_after)


def _said(answer: Answer) -> str:
    return f"{answer.status} {answer.problem_type} {answer.message}"
