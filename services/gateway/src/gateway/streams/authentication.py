"""Who speaks on a stream that was opened without credentials: its first frame says, and leaves with a token.

Until a frame has authenticated, every frame is looked at: a key must not slip through behind another message.
"""

import asyncio

import structlog

from chassis.errors import Problem, TooManyRequests, Unauthorized, Unavailable
from chassis.identity.principal import Principal
from gateway.policies.identity import AddressLimits, Keys, Verifier
from gateway.proxy.websockets import Closing, Passage
from gateway.routes import FirstFrame
from gateway.streams.connections import Claim
from gateway.streams.first_frame import Codec, KeyPair, UserToken, credentials, with_token

log = structlog.get_logger(__name__)


class Credentials:
    """Tokens for what a first frame offers."""

    def __init__(self, verifier: Verifier, keys: Keys, limits: AddressLimits) -> None:
        self._verifier = verifier
        self._keys = keys
        self._limits = limits

    async def prove(self, offered: KeyPair | UserToken, address: str) -> tuple[str, Principal]:
        """Token and user. Raises `Unauthorized`, `Unavailable`, or `TooManyRequests` for an address that guesses."""
        if isinstance(offered, UserToken):
            token = offered.token
            if self._verifier.remembered(token) is None:
                await self._limits.draw_for_stranger(address)
        else:
            token = await self._token_for(offered, address)
        principal = await self._verifier.verify(token)
        if principal.kind != "user":
            raise Unauthorized("this needs a user's token")
        return token, principal

    async def _token_for(self, pair: KeyPair, address: str) -> str:
        if not pair.key_id or not pair.secret:
            raise Unauthorized("unauthorized")
        token = self._keys.remembered(*pair)
        if token is None:
            await self._limits.draw_for_stranger(address)
            token = await self._keys.exchange(*pair)
        return token


class FirstFrames:
    """The gate of one stream, whose service reads frames of bytes by `codec` and text as JSON.

    With `signed_in` only the very first frame may still hold a key.
    """

    def __init__(
        self,
        protocol: FirstFrame,
        codec: Codec,
        prover: Credentials,
        claim: Claim,
        address: str,
        *,
        signed_in: bool,
        within_s: float,
    ) -> None:
        self._protocol: FirstFrame = protocol
        self._bytes_codec = codec
        self._prover = prover
        self._claim = claim
        self._address = address
        self._signed_in = signed_in
        self._within_s = within_s
        self._timer: asyncio.TimerHandle | None = None
        self.done = False

    def start(self, passage: Passage) -> None:
        """From now on the client has so long to say who it is."""
        if not self._signed_in:
            late = Closing("gateway", 1008, f"no authentication within {self._within_s:g} s")
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._within_s, passage.end, late)

    def stop(self) -> None:
        """The stream is over."""
        if self._timer is not None:
            self._timer.cancel()

    async def pass_on(self, passage: Passage, payload: bytes, is_text: bool) -> tuple[bytes, bool]:
        offered = credentials(self._protocol, payload)
        if offered is None:
            self.done = self._signed_in
            return payload, is_text
        self.done = True
        self.stop()
        token = ""
        try:
            token, principal = await self._prover.prove(offered, self._address)
            if not self._signed_in:
                self._claim.belongs_to(principal)
        except Unauthorized:
            # The service refuses an empty token in the words of its own protocol.
            token = ""
        except TooManyRequests as refused:
            passage.end(Closing("gateway", 1008, refused.detail))
        except Unavailable as away:
            passage.end(Closing("gateway", 1013, away.detail))
        except Problem as problem:
            passage.end(Closing("gateway", 1011, problem.detail))
        codec = Codec.JSON if is_text else self._bytes_codec
        return with_token(self._protocol, codec, token), is_text
