"""The service's invariants: they hold after real use, and each is found when it is broken."""

import asyncio
import os
import subprocess
import sys

import pytest
from auth_scene import PASSWORD, AuthScene, body

from auth.settings import AuthSettings
from auth.verify import broken, broken_in

BREAKAGES = {
    "places are missing": "UPDATE outbox SET sequence = sequence + 1 WHERE sequence ="
    " (SELECT max(sequence) FROM outbox)",
    "published more": "UPDATE event_log SET published_sequence = 1000",
    "never announced by a user_registered": "DELETE FROM outbox WHERE kind = 'user_registered'",
    "never announced by an api_key_created": "DELETE FROM outbox WHERE kind = 'api_key_created'",
    "never announced by a user_logged_in": "DELETE FROM outbox WHERE kind = 'user_logged_in'",
    "for a reused refresh token": "UPDATE sessions SET ended_at = now(),"
    " ended_reason = 'refresh_token_reused'",
    "has not reached": "UPDATE refresh_tokens SET generation = 9",
    "have no refresh token": "DELETE FROM refresh_tokens",
    "still have open sessions": "UPDATE users SET disabled = true",
    "signing keys are active": "UPDATE signing_keys SET state = 'retired'",
    "its own thumbprint": "UPDATE signing_keys SET public_key = decode(repeat('00', 32), 'hex')",
    "halves of signing key": "UPDATE signing_keys SET public_key = decode(repeat('00', 32), 'hex')",
    "cannot be decrypted": "UPDATE signing_keys SET private_key_encrypted = ''",
}


async def used(scene: AuthScene) -> None:
    """A little of everything, and the relay has placed it all."""
    await scene.register("alice")
    bearer = await scene.bearer("alice")
    await scene.http.post("/v1/auth/api-keys", json={"name": "bot"}, headers=bearer)
    stolen = (await scene.log_in("alice"))["refresh_token"]
    body(await scene.refresh(stolen), 200)
    scene.clock.advance(60)
    await scene.refresh(stolen)
    async with asyncio.timeout(30), scene.database.raw() as connection:
        unplaced = "SELECT count(*) FROM outbox WHERE sequence IS NULL"
        while await connection.fetchval(unplaced) > 0:  # noqa: ASYNC110 - the relay works by polling
            await asyncio.sleep(0.01)


async def test_every_invariant_holds_after_use_and_is_found_when_broken(
    scene: AuthScene, settings: AuthSettings
) -> None:
    await used(scene)
    secret = settings.signing_key_secret.get_secret_value()
    assert await broken(scene.database, secret) == []
    for sentence, statement in BREAKAGES.items():
        async with scene.database.write() as connection:
            await connection.exec_driver_sql(statement)
            found = await broken_in(connection, secret)
            assert any(sentence in each for each in found), f"{sentence}: {found}"
            await connection.rollback()
    assert await broken(scene.database, secret) == []


@pytest.mark.parametrize("spoiled", [False, True])
async def test_the_command_says_what_is_broken_and_fails(
    scene: AuthScene, settings: AuthSettings, spoiled: bool
) -> None:
    await used(scene)
    if spoiled:
        async with scene.database.write() as connection:
            await connection.exec_driver_sql("DELETE FROM refresh_tokens")
    environment = {
        "PATH": os.environ["PATH"],
        "PORT": "1",
        "DATABASE_URL": settings.database_url,
        "BROKER_URL": settings.broker_url,
        "SERVICE_KEYS_FILE": str(settings.service_keys_file),
        "SIGNING_KEY_SECRET": settings.signing_key_secret.get_secret_value(),
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "auth", "verify"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if spoiled:
        assert done.returncode == 1
        assert "open sessions have no refresh token" in done.stderr
    else:
        assert done.returncode == 0, done.stderr
        assert "every invariant holds" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
