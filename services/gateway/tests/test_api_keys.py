"""How long an exchanged key is believed, with a clock that moves only when told to."""

import httpx
import pytest

from chassis.clock import ManualClock
from chassis.errors import Unauthorized, Unavailable
from chassis.identity.service_tokens import ServiceAuth, ServiceTokenSigner
from devkit.testing_support.keys import ServiceKeys
from gateway.api_keys import FRESH_S, KNOWN_BAD_S, RETRY_S, KeyExchange

PAIR = ("PK1", "secret")


class Auth:
    """Auth's side of the exchange, as a transport: what the real one would not do on demand."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer = httpx.Response(200, json={"access_token": "t1", "expires_in": 900})
        self.away = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.away:
            raise httpx.ConnectError("away")
        return httpx.Response(self.answer.status_code, content=self.answer.content)


@pytest.fixture
def auth() -> Auth:
    return Auth()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def keys(auth: Auth, clock: ManualClock, service_keys: ServiceKeys) -> KeyExchange:
    signer = ServiceTokenSigner("gateway", service_keys.private_key("gateway"), clock)
    client = httpx.AsyncClient(transport=httpx.MockTransport(auth))
    return KeyExchange(client, "http://auth", ServiceAuth(signer, "auth", "keys:exchange"), clock)


async def token(keys: KeyExchange, pair: tuple[str, str] = PAIR) -> str:
    return keys.remembered(*pair) or await keys.exchange(*pair)


async def test_a_key_is_asked_about_again_after_five_minutes(
    keys: KeyExchange, auth: Auth, clock: ManualClock
) -> None:
    assert await token(keys) == "t1"
    clock.advance(FRESH_S - 1)
    assert await token(keys) == "t1"
    assert auth.asked == 1
    clock.advance(1)
    auth.answer = httpx.Response(401)
    with pytest.raises(Unauthorized):
        await token(keys)
    assert auth.asked == 2


async def test_a_token_is_renewed_before_it_ends(
    keys: KeyExchange, auth: Auth, clock: ManualClock
) -> None:
    auth.answer = httpx.Response(200, json={"access_token": "short", "expires_in": 60})
    await token(keys)
    clock.advance(29)
    assert keys.remembered(*PAIR) == "short"
    clock.advance(2)
    assert keys.remembered(*PAIR) is None


async def test_while_auth_is_away_a_known_key_works_until_its_token_ends(
    keys: KeyExchange, auth: Auth, clock: ManualClock
) -> None:
    await token(keys)
    auth.away = True
    clock.advance(FRESH_S)
    assert await token(keys) == "t1"
    asked = auth.asked
    # Auth is not asked for every request meanwhile.
    assert await token(keys) == "t1"
    assert auth.asked == asked
    clock.advance(RETRY_S)
    assert await token(keys) == "t1"
    assert auth.asked == asked + 1
    clock.advance(900 - FRESH_S)
    with pytest.raises(Unavailable):
        await token(keys)


async def test_a_deleted_key_ends_as_soon_as_auth_is_back(
    keys: KeyExchange, auth: Auth, clock: ManualClock
) -> None:
    await token(keys)
    auth.away = True
    clock.advance(FRESH_S)
    assert await token(keys) == "t1"
    auth.away = False
    auth.answer = httpx.Response(401)
    clock.advance(RETRY_S)
    with pytest.raises(Unauthorized):
        await token(keys)


async def test_a_wrong_pair_is_not_asked_about_for_a_moment(
    keys: KeyExchange, auth: Auth, clock: ManualClock
) -> None:
    auth.answer = httpx.Response(401)
    for _ in range(3):
        with pytest.raises(Unauthorized):
            await token(keys)
    assert auth.asked == 1
    clock.advance(KNOWN_BAD_S)
    auth.answer = httpx.Response(200, json={"access_token": "t1", "expires_in": 900})
    assert await token(keys) == "t1"


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(500), httpx.Response(503), httpx.Response(429), httpx.Response(200, text="x")],
)
async def test_an_answer_that_decides_nothing_refuses_nobody_for_good(
    keys: KeyExchange, auth: Auth, answer: httpx.Response
) -> None:
    auth.answer = answer
    with pytest.raises(Unavailable):
        await token(keys)
    auth.answer = httpx.Response(200, json={"access_token": "t1", "expires_in": 900})
    assert await token(keys) == "t1"


async def test_pairs_that_run_together_are_told_apart(keys: KeyExchange, auth: Auth) -> None:
    await token(keys, ("ab", "c"))
    await token(keys, ("a", "bc"))
    assert auth.asked == 2
