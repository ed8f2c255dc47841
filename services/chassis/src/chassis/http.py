"""The httpx client of every service, whose every failure is an `httpx.HTTPError`, as its callers may expect."""

import httpx


class _Transport(httpx.AsyncHTTPTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise
        except Exception as error:
            # A peer that dies between connecting and the first byte can show as an AttributeError of a lower layer.
            raise httpx.TransportError(f"the connection broke: {error!r}") from error


def http_client(timeout_s: float = 10.0) -> httpx.AsyncClient:
    """For few calls in flight; the gateway's proxy has a transport of its own."""
    return httpx.AsyncClient(timeout=timeout_s, transport=_Transport())
