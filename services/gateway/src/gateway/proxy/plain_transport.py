"""Upstreams over httpx as it comes: what the gateway's own client is compared with (`UPSTREAM_TRANSPORT=httpx`).

Its pool is searched on every request, so its cost grows with the number of requests in flight. Answers are read whole.
"""

from collections.abc import AsyncIterable

import httpx

from chassis.http1 import Answer, Broken, Malformed, NotConnected, TimedOut

_OWN = frozenset({b"host", b"content-length", b"transfer-encoding"})


class HttpxClient:
    """Takes the bytes that `chassis.http1.HttpClient` takes, and answers and fails as that does."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._client = httpx.AsyncClient(follow_redirects=False)

    async def send(
        self,
        request: bytes,
        timeout_s: float,
        body: AsyncIterable[bytes] | None = None,
        *,
        chunked: bool = False,
    ) -> Answer:
        """Raises what `HttpClient.send` raises."""
        head, _, whole = request.partition(b"\r\n\r\n")
        opening, *lines = head.split(b"\r\n")
        method, target, _ = opening.split(b" ")
        headers = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]
        try:
            response = await self._client.request(
                method.decode(),
                self.origin + target.decode(),
                headers=[pair for pair in headers if chunked or pair[0] not in _OWN],
                content=body if body is not None else whole,
                timeout=timeout_s,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotConnected(repr(error)) from None
        except httpx.PoolTimeout as error:
            raise NotConnected(repr(error)) from None
        except httpx.TimeoutException as error:
            raise TimedOut(repr(error)) from None
        except (httpx.RemoteProtocolError, httpx.DecodingError) as error:
            raise (Broken if "disconnected" in str(error) else Malformed)(repr(error)) from None
        except httpx.HTTPError as error:
            raise Broken(repr(error)) from None
        kept = [(name.lower(), value) for name, value in response.headers.raw]
        # Decoded here: what says otherwise would be believed.
        kept = [pair for pair in kept if pair[0] not in (b"content-encoding", b"content-length")]
        length = None if response.status_code in (204, 304) else len(response.content)
        return Answer(response.status_code, kept, length, response.content)

    async def close(self) -> None:
        await self._client.aclose()
