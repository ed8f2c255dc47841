"""The service's event log, as the audit log reads it."""

import asyncio
from typing import Any

import httpx
from auth_scene import PASSWORD, AuthScene, body, cheap_settings, problem

from auth.settings import AuthSettings
from chassis.broker import open_channel
from chassis.event_log.events import decode_page
from devkit.testing_support.keys import ServiceKeys


async def page(scene: AuthScene, after: int, wait_ms: int = 0) -> dict[str, Any]:
    now = scene.clock.time_ns() // 1_000_000_000
    token = scene.service_keys.token("audit-log", "auth", "events:read", iat=now, exp=now + 60)
    answer = await scene.http.get(
        "/v1/events",
        params={"after": after, "wait_ms": wait_ms},
        headers={"Authorization": f"Bearer {token}"},
    )
    return body(answer, 200)


async def events_until(scene: AuthScene, count: int) -> list[dict[str, Any]]:
    """The first `count` events, once the relay has given them their places."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(30):
        while len(found) < count:
            after = found[-1]["sequence"] if found else 0
            found += (await page(scene, after, wait_ms=5000))["events"]
    return found


async def test_a_user_s_life_can_be_read_in_order_and_without_a_gap(scene: AuthScene) -> None:
    await scene.register("alice")
    login = {"username": "alice", "password": "not her password"}
    await scene.http.post("/v1/auth/login", json=login)
    bearer = await scene.bearer("alice")
    key = await scene.http.post("/v1/auth/api-keys", json={"name": "bot"}, headers=bearer)
    await scene.http.delete(f"/v1/auth/api-keys/{key.json()['id']}", headers=bearer)
    tokens = await scene.log_in("alice")
    await scene.http.post("/v1/auth/logout", json={"refresh_token": tokens["refresh_token"]})
    events = await events_until(scene, 8)
    assert [event["sequence"] for event in events] == list(range(1, 9))
    assert [event["kind"] for event in events] == [
        "user_registered",  # the operator's admin
        "user_registered",
        "login_failed",
        "user_logged_in",
        "api_key_created",
        "api_key_deleted",
        "user_logged_in",
        "user_logged_out",
    ]
    for event in events:
        assert {"user_id", "actor_id", "username"} <= set(event["data"])
        assert event["time_ns"] == scene.clock.time_ns()


async def test_the_log_is_for_services_with_the_scope_alone(scene: AuthScene) -> None:
    problem(await scene.http.get("/v1/events"), 401, "unauthorized")
    answer = await scene.http.get("/v1/events", headers=await scene.admin())
    problem(answer, 403, "forbidden")
    gateway = scene.service_keys.headers("gateway", "auth")
    problem(await scene.http.get("/v1/events", headers=gateway), 403, "forbidden")


async def test_the_relay_publishes_the_log_to_its_exchange(
    settings: AuthSettings, service_keys: ServiceKeys, broker_url: str
) -> None:
    with_broker = cheap_settings(
        settings.database_url, settings.service_keys_file, broker_url=broker_url
    )
    async with open_channel(broker_url) as channel:
        await channel.declare_fanout("auth.events")
        deliveries = await channel.consume("test", "auth.events", max_length=100, prefetch=10)
        async with AuthScene.running(with_broker, service_keys) as scene:
            await scene.register("alice")
            told: list[str] = []
            async with asyncio.timeout(60):
                while len(told) < 2:
                    delivery = await deliveries.get()
                    told += [event.kind for event in decode_page(delivery.body).events]
    assert told == ["user_registered", "user_registered"]


async def test_what_was_refused_is_not_told(scene: AuthScene) -> None:
    before = await scene.events()
    requests = [
        scene.http.post("/v1/auth/register", json={"username": "a", "password": PASSWORD}),
        scene.http.post("/v1/auth/refresh", json={"refresh_token": "unknown"}),
        scene.http.post("/v1/auth/api-keys", json={"name": "bot"}),
    ]
    answers: list[httpx.Response] = await asyncio.gather(*requests)
    assert [answer.status_code for answer in answers] == [422, 401, 401]
    assert await scene.events() == before
