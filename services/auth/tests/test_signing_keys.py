"""The signing keys: made once, kept encrypted, and useless without the operator's secret."""

import asyncio
import contextlib

import pytest
from auth_scene import AuthScene, body, cheap_settings
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth.settings import AuthSettings
from auth.signing_keys.encryption import KeyCipher, WrongSecret
from auth.signing_keys.keyring import KeyRing, thumbprint
from chassis.clock import SystemClock
from chassis.database import Database
from devkit.testing_support.keys import ServiceKeys

CIPHER = KeyCipher("a secret of this test, long enough")


async def test_replicas_that_start_at_once_share_one_key(settings: AuthSettings) -> None:
    database = Database(settings.database_url)
    rings = [KeyRing() for _ in range(5)]
    await asyncio.gather(*(ring.load(database, CIPHER, SystemClock()) for ring in rings))
    await database.close()
    assert len({str(ring.jwks()) for ring in rings}) == 1
    assert len(rings[0].jwks()["keys"]) == 1


async def test_a_token_outlives_a_restart(
    settings: AuthSettings, service_keys: ServiceKeys
) -> None:
    async with AuthScene.running(settings, service_keys) as scene:
        alice = await scene.register("alice")
        bearer = await scene.bearer("alice")
    async with AuthScene.running(settings, service_keys) as scene:
        me = body(await scene.http.get("/v1/auth/me", headers=bearer), 200)
        assert me["id"] == alice["id"]


async def test_the_service_does_not_start_with_another_secret(
    settings: AuthSettings, service_keys: ServiceKeys
) -> None:
    async with AuthScene.running(settings, service_keys):
        pass
    other = cheap_settings(
        settings.database_url,
        settings.service_keys_file,
        broker_url=settings.broker_url,
        signing_key_secret="another secret, also long enough",
    )
    with pytest.raises(WrongSecret, match="SIGNING_KEY_SECRET"):
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(AuthScene.running(other, service_keys))


def test_a_sealed_key_opens_only_unaltered_and_under_its_own_id() -> None:
    key = Ed25519PrivateKey.generate()
    sealed = CIPHER.encrypt(key, "one")
    assert CIPHER.decrypt(sealed, "one").private_bytes_raw() == key.private_bytes_raw()
    assert key.private_bytes_raw() not in sealed
    assert CIPHER.encrypt(key, "one") != sealed
    spoiled = [sealed[:i] + bytes([sealed[i] ^ 1]) + sealed[i + 1 :] for i in range(len(sealed))]
    for wrong, kid in [(sealed, "two"), (b"", "one"), (sealed[:-1], "one")]:
        with pytest.raises(WrongSecret):
            CIPHER.decrypt(wrong, kid)
    for wrong in spoiled:
        with pytest.raises(WrongSecret):
            CIPHER.decrypt(wrong, "one")


def test_a_key_is_named_by_its_thumbprint() -> None:
    # The example of RFC 8037, appendix A.3.
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
