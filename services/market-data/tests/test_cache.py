"""Redis as the cache sees it when it fails."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from market_data_scene import Stage, Wire

from chassis.clock import ManualClock
from devkit.testing_support.tls import Certificates, tls_in_front_of
from market_data.journal import Position
from market_data.latest import cache as cache_module
from market_data.latest.cache import REST_S, Cache, CacheAway, Update


async def test_after_a_failure_redis_is_left_alone_for_a_while(stage: Stage) -> None:
    clock = ManualClock()
    wire = Wire(stage.redis_url)
    cache = Cache(wire.url, clock)
    with pytest.raises(CacheAway):
        await cache.position()
    await wire.mend()
    with pytest.raises(CacheAway, match="just failed"):
        await cache.position()
    clock.advance(REST_S)
    await cache.write(Update(Position(7, 70)))
    assert await cache.position() == Position(7, 70)
    await cache.close()
    await wire.cut()


async def test_what_cannot_be_read_is_as_good_as_not_there(stage: Stage) -> None:
    await stage.redis.set("market-data:position", b'{"sequence":"seven"}')
    cache = Cache(stage.redis_url, ManualClock())
    assert await cache.position() is None
    await cache.close()


async def test_redis_is_spoken_to_over_tls_where_its_address_says_so(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A handshake on a busy machine takes its time.
    monkeypatch.setattr(cache_module, "TIMEOUT_S", 30.0)
    certificates = Certificates.made_in(tmp_path)
    plain = urlsplit(stage.redis_url)
    assert plain.port is not None
    async with tls_in_front_of(plain.port, certificates) as port:
        secure = stage.redis_url.replace("redis:", "rediss:").replace(
            f":{plain.port}/", f":{port}/"
        )
        stranger = Cache(secure, ManualClock())
        with pytest.raises(CacheAway, match="CERTIFICATE_VERIFY_FAILED"):
            await stranger.position()
        await stranger.close()
        cache = Cache(f"{secure}?ssl_ca_certs={certificates.authority}", ManualClock())
        await cache.write(Update(Position(7, 70)))
        assert await cache.position() == Position(7, 70)
        await cache.close()
