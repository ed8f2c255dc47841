"""HTTP to the matching engine: a batch of commands in one call, and what became of each as far as one call can tell."""

from dataclasses import dataclass

import httpx
import msgspec

from chassis.http1 import HttpClient, HttpFailed, post_request
from chassis.identity.service_tokens import ServiceAuth, ServiceTokenSigner

AUDIENCE = "matching-engine"
REFUSALS_FOR_NOW = frozenset({"overloaded", "journal_full"})
"""Types of a 503 that refused the whole call before anything was journalled. Any other 503 says nothing of that."""
ANSWER_TIMEOUT_S = 3.0
TIMEOUT = httpx.Timeout(ANSWER_TIMEOUT_S, connect=1.0)
CONNECTIONS = 8


class Refused(Exception):
    """Certain: the engine's log holds nothing of this command on account of this call."""


class Malformed(Refused):
    """The engine does not understand one of the commands, and refused the whole call for it."""


class Unknown(Exception):
    """The call may have been taken; only the log can tell."""


class Result(msgspec.Struct, frozen=True):
    command_id: str
    outcome: str
    last_sequence: int = 0
    reason: str = ""


class Answer(msgspec.Struct, frozen=True):
    log_id: str
    last_sequence: int
    journal_time_ns: int
    results: list[Result]


class _Problem(msgspec.Struct):
    type: str


class EngineStatus(msgspec.Struct, frozen=True):
    log_id: str
    last_sequence: int
    journal_time_ns: int


_decode_answer = msgspec.json.Decoder(Answer).decode
_decode_status = msgspec.json.Decoder(EngineStatus).decode


@dataclass(frozen=True, slots=True)
class EngineClient:
    """Stateless; retries nothing, since only the settler may send a command again."""

    http: httpx.AsyncClient
    url: str
    signer: ServiceTokenSigner
    direct: HttpClient
    """Connections to `url`, for what is called for every batch."""

    async def send(self, payloads: list[bytes]) -> Answer:
        """Hand over commands. Raises `Refused` when none was taken, `Unknown` when that cannot be said."""
        body = b'{"commands":[' + b",".join(payloads) + b"]}"
        token = self.signer.token(AUDIENCE, "engine:command")
        try:
            answer = await self.direct.send(
                post_request(f"{self.url}/v1/commands", token, body), ANSWER_TIMEOUT_S
            )
            content = await answer.whole(ANSWER_TIMEOUT_S)
        except HttpFailed as error:
            if error.sent:
                raise Unknown(f"the matching engine did not answer: {error!r}") from error
            raise Refused(f"the matching engine cannot be reached: {error!r}") from error
        if answer.status == httpx.codes.OK:
            try:
                return _decode_answer(content)
            except msgspec.MsgspecError as error:
                raise Unknown(f"the matching engine's answer makes no sense: {error}") from error
        told = f"{answer.status} {content[:200].decode(errors='replace')}"
        if answer.status == httpx.codes.BAD_REQUEST:
            raise Malformed(f"the matching engine refused: {told}")
        if 400 <= answer.status < 500 or _refuses_for_now(answer.status, content):
            raise Refused(f"the matching engine refused: {told}")
        raise Unknown(f"the matching engine failed: {told}")

    async def status(self) -> EngineStatus:
        """Raises `Unknown`."""
        try:
            answer = await self.http.get(
                f"{self.url}/v1/status",
                auth=ServiceAuth(self.signer, AUDIENCE, "engine:read"),
                timeout=TIMEOUT,
            )
            answer.raise_for_status()
            return _decode_status(answer.content)
        except (httpx.HTTPError, msgspec.MsgspecError) as error:
            raise Unknown(f"the matching engine's status cannot be read: {error!r}") from error


def _refuses_for_now(status: int, content: bytes) -> bool:
    """Whether the engine says that it took nothing of the call: its queue is full, or its volume is."""
    if status != httpx.codes.SERVICE_UNAVAILABLE:
        return False
    try:
        problem = msgspec.json.decode(content, type=_Problem)
    except msgspec.MsgspecError:
        return False  # a proxy's words, for all one knows
    return problem.type in REFUSALS_FOR_NOW
