"""`Idempotency-Key`: a write that is sent again with its key is answered as it was first, and acts once.

A keyed request first claims its key, in a transaction of its own; then it runs; then its answer is stored, in the
transaction of its effect where the endpoint has one (`Writing`), else right after it. What a keyed request makes
takes its id from `new_id_for`, so that a repeat after a crash between effect and answer finds what was made.

Refusals are answers, too, and repeated. What says that nothing was done or nothing is known (5xx, 429), or that the
caller may not (401, 403 `forbidden`), is not: the repeat runs. Requests without the header pay for a look at it.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy import text
from starlette.types import Message, Receive

from chassis.database import Database, WriteConnection, is_transient, unavailable_when_away
from chassis.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    Problem,
    TooManyRequests,
    Unauthorized,
    problem_response,
    validation_problem,
)
from chassis.identity.guards import authenticate
from trading.amounts import ExactNumbersRoute

log = structlog.get_logger(__name__)

Handler = Callable[[Request], Awaitable[Response]]

HEADER = b"idempotency-key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 128
LEASE_S = 15
"""An older claim without an answer is most likely of a process that died. One that still runs makes the same ids."""
PRUNE_EVERY_S = 600.0
PRUNE_BATCH = 5_000
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEPT_HEADERS = ("content-type", "etag")

_CLAIM = text(
    "INSERT INTO keyed_requests AS known (user_id, key, fingerprint, claim)"
    " VALUES (:user_id, :key, :fingerprint, :claim)"
    " ON CONFLICT (user_id, key) DO UPDATE SET claim = excluded.claim, claimed_at = now()"
    " WHERE known.status IS NULL AND known.fingerprint = excluded.fingerprint"
    f" AND known.claimed_at < now() - interval '{LEASE_S} seconds' RETURNING claim"
)
_KNOWN = text(
    "SELECT fingerprint, status, headers, body FROM keyed_requests"
    " WHERE user_id = :user_id AND key = :key"
)
_STORE = text(
    "UPDATE keyed_requests SET status = :status, headers = :headers, body = :body"
    " WHERE user_id = :user_id AND key = :key AND claim = :claim RETURNING claim"
)
_RELEASE = text(
    "DELETE FROM keyed_requests"
    " WHERE user_id = :user_id AND key = :key AND claim = :claim AND status IS NULL"
)
_PRUNE = text(
    "DELETE FROM keyed_requests WHERE (user_id, key) IN ("
    " SELECT user_id, key FROM keyed_requests"
    " WHERE claimed_at < now() - make_interval(hours => :hours) LIMIT :batch)"
)


class KeyReused(InvalidInput):
    """The `Idempotency-Key` was used for another request."""

    type = "idempotency_key_reused"


class KeyInUse(Conflict):
    """The first request with this `Idempotency-Key` is still under way; its answer will be repeated."""

    type, code = "idempotency_key_in_use", 40910001

    def __init__(self) -> None:
        super().__init__(
            "the first request with this Idempotency-Key is still under way; try again",
            headers={"Retry-After": "1"},
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """One run of a keyed request. Only the claim that the database knows may store an answer."""

    user_id: UUID
    key: str
    fingerprint: bytes
    claim: UUID

    @property
    def made_id(self) -> UUID:
        """The id of what this request makes: another one for another request, also when its key is long forgotten."""
        return uuid5(self.user_id, f"{self.key}:{self.fingerprint.hex()}")

    def row(self) -> dict[str, Any]:
        return {"user_id": self.user_id, "key": self.key, "claim": self.claim}


class KeyedRequests:
    """The table of keyed requests.

    `database` is a pool of its own: who holds a connection of another pool may wait for one of these.
    """

    def __init__(self, database: Database, keep_h: int) -> None:
        self._database = database
        self._keep_h = keep_h

    async def claim(self, claim: Claim) -> Response | None:
        """None: the key is ours. Else the first answer. Raises `KeyReused` or `KeyInUse`."""
        async with unavailable_when_away(), self._database.write() as connection:
            values = claim.row() | {"fingerprint": claim.fingerprint}
            if (await connection.execute(_CLAIM, values)).one_or_none() is not None:
                return None
            known = (await connection.execute(_KNOWN, claim.row())).one_or_none()
        if known is None:  # given up between the two statements
            raise KeyInUse
        if known.fingerprint != claim.fingerprint:
            raise KeyReused("the Idempotency-Key was used for another request")
        if known.status is None:
            raise KeyInUse
        return Response(
            known.body,
            status_code=known.status,
            headers=json.loads(known.headers) | {REPLAYED: "true"},
        )

    async def store(self, claim: Claim, answer: Response) -> None:
        """After the effect. When that fails, a repeat runs again, and finds the effect."""
        try:
            async with self._database.write() as connection:
                await store_in(connection, claim, answer)
        except KeyInUse:
            log.warning("a keyed request was run again before its answer was stored")
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("the answer to a keyed request was not stored", error=repr(error))

    async def release(self, claim: Claim) -> None:
        """Nothing was done: whoever comes next with the key runs."""
        try:
            async with self._database.write() as connection:
                await connection.execute(_RELEASE, claim.row())
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("a key is not given back before its lease ends", error=repr(error))

    async def run(self) -> None:
        """Forget what is older than the setting, for ever."""
        while True:
            await asyncio.sleep(PRUNE_EVERY_S)
            try:
                while await self.prune() == PRUNE_BATCH:
                    pass
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("old keyed requests were not pruned", error=repr(error))

    async def prune(self) -> int:
        """Forget a batch of what is older than the setting; how many there were."""
        async with self._database.write() as connection:
            values = {"hours": self._keep_h, "batch": PRUNE_BATCH}
            return (await connection.execute(_PRUNE, values)).rowcount


async def store_in(connection: WriteConnection, claim: Claim, answer: Response) -> None:
    """The answer, in the transaction of its effect. Raises `KeyInUse` when another run took the claim over."""
    kept = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
    values = {"status": answer.status_code, "headers": json.dumps(kept), "body": answer.body}
    if (await connection.execute(_STORE, claim.row() | values)).one_or_none() is None:
        raise KeyInUse


def new_id_for(request: Request) -> UUID:
    """The id of what `request` makes: the same one whenever it is repeated with its `Idempotency-Key`."""
    claim: Claim | None = getattr(request.state, "claim", None)
    return uuid4() if claim is None else claim.made_id


def is_keyed(request: Request) -> bool:
    """Whether `request` has an `Idempotency-Key`, and `new_id_for` answers the same each time."""
    return getattr(request.state, "claim", None) is not None


class KeyedRoute(ExactNumbersRoute):
    """A FastAPI route whose writes may have an `Idempotency-Key`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        return handle if _WRITES.isdisjoint(self.methods or ()) else once(handle)


def once(handle: Handler) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """`handle`, but once for each key of each user."""

    async def handle_once(request: Request) -> Response:
        for name, value in request.scope["headers"]:
            if name == HEADER:
                return await _keyed(request, value, handle)
        return await handle(request)

    return handle_once


async def _keyed(request: Request, raw_key: bytes, handle: Handler) -> Response:
    caller = await authenticate(request)
    if caller.kind != "user":
        return await handle(request)
    body = await request.body()
    claim = Claim(UUID(caller.subject), _key(raw_key), _fingerprint(request, body), uuid4())
    requests: KeyedRequests = request.app.state.keyed_requests
    first = await requests.claim(claim)
    if first is not None:
        return first
    request.state.claim = claim
    try:
        answer = await handle(Request(request.scope, _again(body, request.receive)))
    except (Problem, RequestValidationError) as error:
        refusal = error if isinstance(error, Problem) else validation_problem(error.errors())
        if _is_kept(refusal):
            await requests.store(claim, problem_response(refusal))
        else:
            await requests.release(claim)
        raise
    except Exception:
        await requests.release(claim)
        raise
    connection: WriteConnection | None = getattr(request.state, "write_connection", None)
    if connection is None:
        await requests.store(claim, answer)
    else:
        await store_in(connection, claim, answer)
    return answer


def _key(raw: bytes) -> str:
    if not 1 <= len(raw) <= LONGEST_KEY or not all(0x21 <= byte <= 0x7E for byte in raw):
        raise InvalidInput(
            f"Idempotency-Key: 1 to {LONGEST_KEY} visible ASCII characters, without blanks"
        )
    return raw.decode()


def _fingerprint(request: Request, body: bytes) -> bytes:
    scope = request.scope
    asked = b"\0".join((scope["method"].encode(), scope["path"].encode(), scope["query_string"]))
    return hashlib.sha256(asked + b"\0" + body).digest()


def _is_kept(refusal: Problem) -> bool:
    # Of the 403 only the plain one: it says what the caller may not, and not what cannot be.
    passing = isinstance(refusal, Unauthorized | TooManyRequests) or type(refusal) is Forbidden
    return refusal.status < 500 and not passing


def _again(body: bytes, receive: Receive) -> Receive:
    """What the handler receives: the body that was read already, and then what comes."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return left.pop() if left else await receive()

    return receive_again
