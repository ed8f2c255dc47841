"""Rate limits through the whole gateway, with a real Redis that goes away and comes back."""

import asyncio
import time

import pytest
from gateway_scene import FakeAuth, FakeUpstream, OpenGateway
from prometheus_client import REGISTRY

from chassis.clock import ManualClock
from chassis.identity.principal import Principal
from chassis.identity.tokens import TokenVerifier
from devkit.testing_support.keys import ServiceKeys
from gateway.rate.bucket import Grant, Limit
from gateway.rate.leases import LEASE_S, REDIS_RETRY_S, BucketsAway, LeasedBuckets


async def test_a_user_gets_the_limit_and_then_429_without_effect(
    open_gateway: OpenGateway, auth: FakeAuth, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    gateway = await open_gateway(rate_normal_per_minute=5)
    answers = [await gateway.client.get("/v2/account", headers=trader) for _ in range(7)]
    assert [each.status_code for each in answers] == [200] * 5 + [429] * 2
    assert len(trading.received) == 5
    assert [each.headers["x-ratelimit-remaining"] for each in answers] == list("4321000")
    for each in answers:
        assert each.headers["x-ratelimit-limit"] == "5"
        assert 0 <= int(each.headers["x-ratelimit-reset"]) - time.time() <= 61
    refused = answers[-1]
    assert 1 <= int(refused.headers["retry-after"]) <= 12
    assert (refused.json()["code"], refused.json()["message"]) == (42910000, "too many requests")
    # Another user has a bucket of their own.
    other = await gateway.client.get("/v2/account", headers=auth.headers())
    assert other.status_code == 200


async def test_two_replicas_share_one_bucket(
    open_gateway: OpenGateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    first = await open_gateway(rate_normal_per_minute=10)
    second = await open_gateway(rate_normal_per_minute=10)
    for _ in range(5):
        assert (await first.client.get("/v2/account", headers=trader)).status_code == 200
        assert (await second.client.get("/v2/account", headers=trader)).status_code == 200
    assert (await first.client.get("/v2/account", headers=trader)).status_code == 429
    assert (await second.client.get("/v2/account", headers=trader)).status_code == 429


async def test_the_load_tier_is_not_slowed_and_rarely_asks_redis(
    open_gateway: OpenGateway, auth: FakeAuth, trading: FakeUpstream
) -> None:
    gateway = await open_gateway(rate_normal_per_minute=1)
    headers = auth.headers(tier="load")
    before = leases_from_redis()
    for _ in range(50):
        assert (await gateway.client.get("/v2/account", headers=headers)).status_code == 200
    # One lease covers them; more only where it grew old on a slow machine.
    assert 1 <= leases_from_redis() - before <= 5


def leases_from_redis() -> float:
    return REGISTRY.get_sample_value("gateway_rate_leases_total", {"source": "redis"}) or 0.0


async def test_an_unknown_tier_has_the_limits_of_normal(
    open_gateway: OpenGateway, auth: FakeAuth
) -> None:
    gateway = await open_gateway(rate_normal_per_minute=1)
    headers = auth.headers(tier="platinum")
    assert (await gateway.client.get("/v2/account", headers=headers)).status_code == 200
    assert (await gateway.client.get("/v2/account", headers=headers)).status_code == 429


async def test_signing_in_is_limited_by_address_and_a_header_changes_no_address(
    open_gateway: OpenGateway, auth: FakeAuth
) -> None:
    gateway = await open_gateway(rate_sign_in_per_minute=3)
    statuses = []
    for n in range(5):
        answer = await gateway.client.post(
            "/v1/auth/login", json={}, headers={"X-Forwarded-For": f"1.2.3.{n}"}
        )
        statuses.append(answer.status_code)
    assert statuses == [200, 200, 200, 429, 429]
    assert len([each for each in auth.received if each.target == "/v1/auth/login"]) == 3


async def test_a_trusted_proxy_says_whose_request_it_is(
    open_gateway: OpenGateway, auth: FakeAuth
) -> None:
    gateway = await open_gateway(
        rate_sign_in_per_minute=1, trusted_proxies="127.0.0.0/8, 10.0.0.0/8"
    )

    async def login(forwarded_for: str) -> int:
        headers = {"X-Forwarded-For": forwarded_for}
        return (await gateway.client.post("/v1/auth/login", json={}, headers=headers)).status_code

    assert await login("9.9.9.9, 10.1.1.1") == 200
    assert auth.received[-1].header("X-Forwarded-For") == "9.9.9.9"
    assert await login("8.8.8.8") == 200
    # What stands left of the last stranger is that stranger's invention.
    assert await login("7.7.7.7, 9.9.9.9") == 429


async def test_strangers_pay_by_address_for_bad_paths_and_bad_credentials(
    open_gateway: OpenGateway, auth: FakeAuth
) -> None:
    gateway = await open_gateway(rate_unidentified_per_minute=3)
    signed_in = auth.headers()
    assert (await gateway.client.get("/v2/account", headers=signed_in)).status_code == 200
    answers = [
        await gateway.client.get("/nothing"),
        await gateway.client.get("/v2/account"),
        await gateway.client.get("/v2/account", headers={"Authorization": "Bearer x"}),
        await gateway.client.get("/nothing"),
    ]
    assert [each.status_code for each in answers] == [404, 401, 401, 429]
    assert [each.headers["x-ratelimit-remaining"] for each in answers] == ["2", "1", "0", "0"]
    # Nobody may try out keys past it; who is signed in goes on.
    keys = {"APCA-API-KEY-ID": "PK", "APCA-API-SECRET-KEY": "guess"}
    assert (await gateway.client.get("/v2/account", headers=keys)).status_code == 429
    assert auth.exchanges == 0
    assert (await gateway.client.get("/v2/account", headers=signed_in)).status_code == 200


async def test_no_signature_is_checked_for_an_address_whose_bucket_is_empty(
    open_gateway: OpenGateway, auth: FakeAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []
    check = TokenVerifier._verify_signature

    async def counting(self: TokenVerifier, token: str, now_s: int) -> Principal:
        checked.append(token)
        return await check(self, token, now_s)

    monkeypatch.setattr(TokenVerifier, "_verify_signature", counting)
    gateway = await open_gateway(rate_unidentified_per_minute=2)
    forged = auth.token()[:-8] + "AAAAAAAA"
    statuses = [
        (
            await gateway.client.get("/v2/account", headers={"Authorization": f"Bearer {forged}"})
        ).status_code
        for _ in range(6)
    ]
    assert statuses == [401, 401, 429, 429, 429, 429]
    # The third was checked too: only its refusal found the bucket empty.
    assert len(checked) == 3


async def test_without_redis_each_replica_counts_for_itself(
    open_gateway: OpenGateway, trading: FakeUpstream, trader: dict[str, str], free_port: int
) -> None:
    gateway = await open_gateway(
        rate_normal_per_minute=3, redis_url=f"redis://127.0.0.1:{free_port}/0"
    )
    statuses = [
        (await gateway.client.get("/v2/account", headers=trader)).status_code for _ in range(5)
    ]
    assert statuses == [200, 200, 200, 429, 429]
    assert "gateway_rate_limits_local 1.0" in (await gateway.client.get("/metrics")).text
    assert (await gateway.client.get("/readyz")).status_code == 200


class Shared:
    """Shared buckets that can be away, and that remember what they were asked."""

    def __init__(self) -> None:
        self.away = False
        self.asked: list[tuple[str, int, int]] = []
        self.grants = 10

    async def take(self, key: str, limit: Limit, want: int, give_back: int) -> Grant:
        self.asked.append((key, want, give_back))
        if self.away:
            raise BucketsAway
        return Grant(self.grants, 90, 0.0 if self.grants else 2e6, 1e6)


LIMIT = Limit(100, 60.0, 100)


async def test_a_lease_is_spent_before_another_is_asked_for() -> None:
    shared, clock = Shared(), ManualClock()
    buckets = LeasedBuckets(shared, clock)
    for _ in range(10):
        assert (await buckets.spend("a", LIMIT)).allowed
    assert shared.asked == [("a", 1, 0)]
    assert (await buckets.spend("a", LIMIT)).allowed
    assert len(shared.asked) == 2


async def test_an_old_lease_is_given_back() -> None:
    shared, clock = Shared(), ManualClock()
    buckets = LeasedBuckets(shared, clock)
    await buckets.spend("a", LIMIT)
    clock.advance(LEASE_S + 1)
    await buckets.spend("a", LIMIT)
    assert shared.asked == [("a", 1, 0), ("a", 1, 9)]


async def test_those_who_come_together_share_one_question() -> None:
    shared = Shared()
    buckets = LeasedBuckets(shared, ManualClock())
    spent = await asyncio.gather(*(buckets.spend("a", LIMIT) for _ in range(8)))
    assert all(each.allowed for each in spent)
    assert shared.asked == [("a", 8, 0)]


async def test_an_empty_bucket_is_not_asked_again_before_its_time() -> None:
    shared, clock = Shared(), ManualClock()
    shared.grants = 0
    buckets = LeasedBuckets(shared, clock)
    for _ in range(5):
        spent = await buckets.spend("a", LIMIT)
        assert (spent.allowed, spent.retry_after_s) == (False, 2.0)
    assert len(shared.asked) == 1
    clock.advance(2.0)
    shared.grants = 1
    assert (await buckets.spend("a", LIMIT)).allowed


async def test_limits_are_local_while_the_shared_ones_are_away_and_shared_again_after() -> None:
    shared, clock = Shared(), ManualClock()
    buckets = LeasedBuckets(shared, clock)
    shared.away = True
    for _ in range(100):
        assert (await buckets.spend("a", LIMIT)).allowed
    assert not (await buckets.spend("a", LIMIT)).allowed
    assert REGISTRY.get_sample_value("gateway_rate_limits_local") == 1
    # They were asked once, not a hundred times.
    assert len(shared.asked) == 1
    shared.away = False
    clock.advance(REDIS_RETRY_S)
    assert (await buckets.spend("b", LIMIT)).allowed
    assert REGISTRY.get_sample_value("gateway_rate_limits_local") == 0
    assert [key for key, _, _ in shared.asked] == ["a", "b"]


@pytest.mark.parametrize("networks", ["nonsense", "10.0.0.1/8"])
def test_trusted_proxies_must_be_networks(networks: str, service_keys: ServiceKeys) -> None:
    from gateway.settings import GatewaySettings

    with pytest.raises(ValueError, match="trusted_proxies"):
        GatewaySettings(
            service_keys_file=service_keys.key_set,
            service_key_file=service_keys.private_key("gateway"),
            trusted_proxies=networks,
        )
