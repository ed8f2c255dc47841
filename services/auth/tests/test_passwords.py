"""Password hashing: right, slow on purpose, and never in everybody's way."""

import asyncio
import threading
import unicodedata

import pytest
from auth_scene import PASSWORD, AuthScene, cheap_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from auth.settings import AuthSettings
from auth.users.passwords import PasswordCost, Passwords
from chassis.errors import Unavailable
from devkit.testing_support.keys import ServiceKeys

CHEAP = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)


def cheap_passwords(*, at_once: int = 2, waiting: int = 8) -> Passwords:
    return Passwords(CHEAP, at_once=at_once, waiting=waiting)


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1, max_size=128), st.text(min_size=1, max_size=128))
def test_a_hash_is_verified_by_its_own_password_alone(one: str, other: str) -> None:
    async def check() -> None:
        passwords = cheap_passwords()
        stored = await passwords.hash(one)
        assert (await passwords.verify(one, stored)).matches
        assert (await passwords.verify(other, stored)).matches == (
            normalised(one) == normalised(other)
        )

    asyncio.run(check())


def normalised(password: str) -> str:
    return unicodedata.normalize("NFC", password)


async def test_the_same_password_composed_differently_is_the_same() -> None:
    passwords = cheap_passwords()
    stored = await passwords.hash("cafe\u0301 au lait")
    assert (await passwords.verify("caf\u00e9 au lait", stored)).matches


async def test_two_hashes_of_one_password_differ() -> None:
    passwords = cheap_passwords()
    assert await passwords.hash(PASSWORD) != await passwords.hash(PASSWORD)


async def test_nobody_has_no_password() -> None:
    verdict = await cheap_passwords().verify(PASSWORD, None)
    assert not verdict.matches
    assert verdict.fresh_hash is None


async def test_a_stored_hash_that_is_none_never_matches() -> None:
    assert not (await cheap_passwords().verify(PASSWORD, "not a hash")).matches


async def test_no_more_run_at_once_than_there_are_places_and_the_rest_waits_or_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passwords = cheap_passwords(at_once=2, waiting=3)
    release = threading.Event()
    lock = threading.Lock()
    running, most = 0, 0

    def held(password: str) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        release.wait(10)
        with lock:
            running -= 1
        return password

    monkeypatch.setattr(passwords, "_hash", held)
    accepted = [asyncio.create_task(passwords.hash(str(n))) for n in range(5)]
    while running < 2 or passwords._waiting < 3:  # noqa: ASYNC110 - threads make it true
        await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await passwords.hash("one too many")
    release.set()
    assert await asyncio.gather(*accepted) == ["0", "1", "2", "3", "4"]
    assert most == 2
    assert await passwords.hash("afterwards") == "afterwards"


async def test_a_log_in_renews_a_hash_made_with_other_parameters(
    settings: AuthSettings, service_keys: ServiceKeys
) -> None:
    async def stored(scene: AuthScene) -> str:
        async with scene.database.raw() as connection:
            return str(
                await connection.fetchval(
                    "SELECT password_hash FROM users WHERE username = 'alice'"
                )
            )

    async with AuthScene.running(settings, service_keys) as scene:
        await scene.register("alice")
        assert "m=8,t=1," in await stored(scene)
    costlier = cheap_settings(
        settings.database_url,
        settings.service_keys_file,
        broker_url=settings.broker_url,
        argon2_time_cost=2,
    )
    async with AuthScene.running(costlier, service_keys) as scene:
        answers = await asyncio.gather(
            *(
                scene.http.post("/v1/auth/login", json={"username": "alice", "password": PASSWORD})
                for _ in range(4)
            )
        )
        assert [answer.status_code for answer in answers] == [200] * 4
        assert "m=8,t=2," in await stored(scene)
        renewed = await stored(scene)
        await scene.log_in("alice")
        assert await stored(scene) == renewed


async def test_the_loop_goes_on_while_a_password_is_hashed() -> None:
    costly = PasswordCost(time_cost=3, memory_kib=32_768, parallelism=1)
    passwords = Passwords(costly, at_once=1, waiting=1)
    hashing = asyncio.create_task(passwords.hash(PASSWORD))
    turns = 0
    while not hashing.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 10
    assert (await hashing).startswith("$argon2id$v=19$m=32768,t=3,p=1$")
