"""The reading side over HTTP: any log of the platform, page by page."""

import httpx
import msgspec

from chassis.event_log.events import Page, decode_page
from chassis.identity.service_tokens import ServiceAuth, ServiceTokenSigner


class LogUnavailable(Exception):
    """The log cannot be read right now."""


class MalformedPage(Exception):
    """The log answered, but not with a page of events; asking again would not help."""


class LogSource:
    """`GET <url>/v1/events` with a token for `audience` and `scope`."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        signer: ServiceTokenSigner,
        *,
        audience: str,
        scope: str,
    ) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}/v1/events"
        self._auth = ServiceAuth(signer, audience, scope)

    async def read(self, after: int, *, limit: int = 1000, wait_ms: int = 0) -> Page:
        """The page after `after`. Raises `LogUnavailable` or `MalformedPage`."""
        try:
            answer = await self._client.get(
                self._url,
                params={"after": after, "limit": limit, "wait_ms": wait_ms},
                auth=self._auth,
                timeout=wait_ms / 1000 + 10,
            )
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise LogUnavailable(f"{self._url}: {error!r}") from error
        try:
            return decode_page(answer.content)
        except msgspec.MsgspecError as error:
            raise MalformedPage(f"{self._url} after {after}: {error}") from error
