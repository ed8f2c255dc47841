"""Redis as the cache sees it when it fails."""

import pytest
from market_data_scene import Stage, Wire

from chassis.clock import ManualClock
from market_data.journal import Position
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
