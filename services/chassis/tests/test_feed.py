"""`GET /v1/events` of a Python service."""

import asyncio

import pytest
from event_log_scene import LogOwner


def headers(owner: LogOwner, audience: str = "owner", scope: str = "events:read") -> dict[str, str]:
    return owner.keys.headers("audit-log", audience, scope)


async def read(owner: LogOwner, **query: int):
    answer = await owner.client.get("/v1/events", params=query, headers=headers(owner))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_pages_follow_each_other_without_a_gap(owner: LogOwner):
    await owner.tell(5)
    await owner.place()
    first, rest = await read(owner, after=0, limit=2), await read(owner, after=2, limit=10)
    assert [e["sequence"] for e in first["events"] + rest["events"]] == [1, 2, 3, 4, 5]
    assert first["last_sequence"] == rest["last_sequence"] == 5
    assert first["first_sequence"] == 1
    assert first["log_id"] == rest["log_id"]
    assert first["events"][0]["data"] == {"number": 0}


async def test_an_empty_log_ends_at_0(owner: LogOwner):
    page = await read(owner)
    assert (page["last_sequence"], page["events"]) == (0, [])


async def test_events_without_a_place_are_not_shown(owner: LogOwner):
    await owner.tell(1)
    assert (await read(owner))["events"] == []


async def test_a_waiting_reader_is_answered_as_soon_as_something_happens(owner: LogOwner):
    reading = asyncio.create_task(read(owner, after=0, wait_ms=20_000))
    await owner.tell(1)
    await owner.place()
    async with asyncio.timeout(5):
        assert len((await reading)["events"]) == 1


async def test_a_reader_past_the_end_does_not_wait(owner: LogOwner):
    async with asyncio.timeout(5):
        page = await read(owner, after=7, wait_ms=30_000)
    assert page["last_sequence"] == 0


async def test_a_reader_may_wait_in_vain(owner: LogOwner):
    assert (await read(owner, wait_ms=150))["events"] == []


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 10_001}, {"after": -1}, {"wait_ms": 30_001}]
)
async def test_what_is_out_of_range_is_refused(owner: LogOwner, query: dict[str, int]):
    answer = await owner.client.get("/v1/events", params=query, headers=headers(owner))
    assert answer.status_code == 422


async def test_only_a_service_with_the_scope_may_read(owner: LogOwner):
    refused = [
        {},
        headers(owner, audience="another"),
        headers(owner, scope="engine:read"),
        headers(owner, scope=""),
    ]
    statuses = [(await owner.client.get("/v1/events", headers=h)).status_code for h in refused]
    assert statuses == [401, 401, 403, 403]
