"""The reading side over HTTP: any log of the platform, page by page."""

from functools import partial

import httpx
import msgspec

from chassis.event_log.events import Page, decode_page
from chassis.http1 import HttpClient, HttpFailed, get_request
from chassis.identity.service_tokens import ServiceAuth, ServiceTokenSigner

CONFIRM_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 10.0
"""Beyond what the log was asked to wait for an event."""


class LogUnavailable(Exception):
    """The log cannot be read right now."""


class EventsDeleted(Exception):
    """The log has deleted what was asked for. A person must decide; asking again would not help."""


class MalformedPage(Exception):
    """The log answered, but not with a page of events; asking again would not help."""


class LogSource:
    """`GET <url>/v1/events` with a token for `audience` and `scope`.

    `reader` is the name under which this reader confirms its position, where the log deletes what all have
    confirmed; none: it confirms nothing. `direct`: connections to `url`, for a reader that asks many times a second.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        signer: ServiceTokenSigner,
        *,
        audience: str,
        scope: str,
        reader: str | None = None,
        direct: HttpClient | None = None,
    ) -> None:
        self._client = client
        self._direct = direct
        self._token = partial(signer.token, audience, scope)
        self._base = url.rstrip("/")
        self._url = f"{self._base}/v1/events"
        self.reader = reader
        self.log_id: str | None = None
        """Of the log, as the newest page said; none before the first."""
        self._auth = ServiceAuth(signer, audience, scope)

    async def read(self, after: int, *, limit: int = 1000, wait_ms: int = 0) -> Page:
        """The page after `after`. Raises `LogUnavailable`, `EventsDeleted` or `MalformedPage`."""
        ask = self._ask if self._direct is None else self._ask_directly
        status, body = await ask(after, limit, wait_ms)
        if status == httpx.codes.GONE:
            raise EventsDeleted(_deleted(self._url, after, body))
        if status != httpx.codes.OK:
            raise LogUnavailable(f"{self._url}: {status} {body[:200].decode(errors='replace')}")
        try:
            page = decode_page(body)
        except msgspec.MsgspecError as error:
            raise MalformedPage(f"{self._url} after {after}: {error}") from error
        self.log_id = page.log_id
        return page

    async def _ask(self, after: int, limit: int, wait_ms: int) -> tuple[int, bytes]:
        try:
            answer = await self._client.get(
                self._url,
                params={"after": after, "limit": limit, "wait_ms": wait_ms},
                auth=self._auth,
                timeout=wait_ms / 1000 + READ_TIMEOUT_S,
            )
        except httpx.HTTPError as error:
            raise LogUnavailable(f"{self._url}: {error!r}") from error
        return answer.status_code, answer.content

    async def _ask_directly(self, after: int, limit: int, wait_ms: int) -> tuple[int, bytes]:
        assert self._direct is not None, "chosen where there is one"
        query = f"after={after}&limit={limit}&wait_ms={wait_ms}"
        head = get_request(f"{self._url}?{query}", self._token())
        timeout_s = wait_ms / 1000 + READ_TIMEOUT_S
        try:
            answer = await self._direct.send(head, timeout_s)
            return answer.status, await answer.whole(timeout_s)
        except HttpFailed as error:
            raise LogUnavailable(f"{self._url}: {error!r}") from error

    async def confirm(self, log_id: str, sequence: int) -> None:
        """Say that this reader needs nothing up to `sequence` any more. Raises `LogUnavailable`."""
        url = f"{self._base}/v1/readers/{self.reader}"
        try:
            answer = await self._client.put(
                url,
                json={"log_id": log_id, "sequence": sequence},
                auth=self._auth,
                timeout=CONFIRM_TIMEOUT_S,
            )
        except httpx.HTTPError as error:
            raise LogUnavailable(f"{url}: {error!r}") from error
        if not answer.is_success:
            raise LogUnavailable(f"{url}: {answer.status_code} {answer.text[:200]}")


class _Gone(msgspec.Struct):
    first_sequence: int | None = None


def _deleted(url: str, after: int, body: bytes) -> str:
    try:
        first = msgspec.json.decode(body, type=_Gone).first_sequence
    except msgspec.MsgspecError:
        first = None
    begins = "" if first is None else f" and now begins with {first}"
    return (
        f"{url} has deleted the events after {after}{begins}: this reader was away, or was restored to a time,"
        " longer ago than the log's retention; bring the archived segments back, or restore this service's data to"
        ' a later moment ("events_deleted" in docs/operations.md)'
    )
