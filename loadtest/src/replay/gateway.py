"""Speaks to the platform's gateway as any client does: JSON over HTTP, with a bearer token.

Nothing here repeats a request that may have had an effect; who may repeat what is decided in
`trader.py`.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import aiohttp


class Lost(Exception):
    """No answer arrived: the request may or may not have had its effect."""


class Refused(Exception):
    """The platform answered with a refusal that no repetition will change."""

    def __init__(self, what: str, answer: Answer) -> None:
        super().__init__(f"{what}: {answer.status} {answer.problem_type}: {answer.message}")
        self.answer = answer


class PatienceExhausted(Exception):
    """The platform did not answer usefully for as long as the caller was willing to wait."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the gateway; numbers in `body` are exact (`Decimal`)."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def problem(self) -> Mapping[str, Any]:
        return self.body if isinstance(self.body, dict) else {}

    @property
    def problem_type(self) -> str:
        return str(self.problem.get("type", "")).rsplit("/", 1)[-1]

    @property
    def message(self) -> str:
        return str(self.problem.get("message", self.body))

    @property
    def retry_after(self) -> float | None:
        """Seconds, where the answer names them."""
        try:
            return float(self.headers.get("Retry-After", ""))
        except ValueError:
            return None


class Gateway:
    """A pool of connections to one gateway. `statuses` counts every answer and every loss."""

    def __init__(self, url: str, *, connections: int, timeout: float = 15.0) -> None:
        self.url = url.rstrip("/")
        self.statuses: Counter[str] = Counter()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, force_close=False),
            timeout=aiohttp.ClientTimeout(total=timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        # aiohttp would silently send a DELETE again on a fresh connection, and has no public way to
        # say no; what a lost answer means is for the trader to find out.
        if not hasattr(self._session, "_retry_connection"):
            raise RuntimeError(
                "this aiohttp hides its own retries; nothing can be measured with it"
            )
        self._session._retry_connection = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request once, with further `headers`. Raises Lost."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        try:
            async with self._session.request(
                method,
                self.url + path,
                headers=sent,
                data=data,
                params=query,
                allow_redirects=False,
            ) as response:
                raw = await response.read()
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            self.statuses["lost"] += 1
            raise Lost(f"{method} {path}: {error!r}") from error
        self.statuses[str(response.status)] += 1
        return Answer(response.status, _parse(raw), response.headers)


class Patience:
    """How long a caller goes on trying, and the growing pauses between its tries."""

    def __init__(self, seconds: float) -> None:
        self._until = asyncio.get_running_loop().time() + seconds
        self._pause = 0.02

    async def pause(self, why: str, seconds: float | None = None) -> None:
        """Wait before the next try. Raises PatienceExhausted with the reason when time is over."""
        if asyncio.get_running_loop().time() > self._until:
            raise PatienceExhausted(why)
        await asyncio.sleep(self._pause if seconds is None else min(seconds, 5.0))
        self._pause = min(self._pause * 1.5, 1.0)


def _parse(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw, parse_float=Decimal)
    except ValueError:
        return raw.decode(errors="replace")[:500]
