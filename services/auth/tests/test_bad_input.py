"""Whatever is sent, it is refused in the one shape, and it is never the service's fault."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from auth_scene import PASSWORD, AuthScene

JSON = {"Content-Type": "application/json"}
OPEN_DOORS = ("/v1/auth/register", "/v1/auth/login", "/v1/auth/refresh", "/v1/auth/logout")


async def refused(answer: httpx.Response) -> None:
    assert 400 <= answer.status_code < 500, f"{answer.status_code}: {answer.text[:200]}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert PASSWORD not in answer.text


async def test_bodies_that_are_no_request_are_refused_at_every_door(scene: AuthScene) -> None:
    unknown = {"username": "alice", "password": PASSWORD, "refresh_token": "x", "admin": True}
    bodies = [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"12345678901234567890123456789012345678901234567890",
        b"NaN",
        b"\xff\xfe\x00",
        b'{"username": "\xff", "password": "\xff", "refresh_token": "\xff"}',
        b'{"username": "\\u0000", "password": "\\u0000", "refresh_token": 1}',
        b'{"username": "\\ud800", "password": "\\ud800", "refresh_token": "\\ud800"}',
        b'{"\\ud800": 1}',
        b"[" * 60_000,
        b'{"username":' * 4_000 + b"1" + b"}" * 4_000,
        b'{"username": 1e400, "password": {}, "refresh_token": []}',
        b'{"' + b"x" * 30_000 + b'": 1}',
        json.dumps(unknown).encode(),
    ]
    for door in OPEN_DOORS:
        for content in bodies:
            await refused(await scene.http.post(door, content=content, headers=JSON))
    assert len(await scene.events("user_registered")) == 1  # the operator's own


async def test_a_refresh_token_of_any_characters_is_only_wrong(scene: AuthScene) -> None:
    for token in ("\0", "\u20ac", "'; DROP TABLE sessions; --", "a" * 256):
        answer = await scene.http.post("/v1/auth/refresh", json={"refresh_token": token})
        assert answer.status_code == 401
        await refused(answer)


async def test_a_body_that_is_not_said_to_be_json_is_not_guessed_at(scene: AuthScene) -> None:
    body = json.dumps({"username": "alice", "password": PASSWORD}).encode()
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        answer = await scene.http.post(
            "/v1/auth/register", content=body, headers={"Content-Type": content_type}
        )
        await refused(answer)


@pytest.mark.parametrize("announced", [True, False])
async def test_a_large_body_is_refused_without_being_kept(
    scene: AuthScene, announced: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    content = b" " * 1_000_000 if announced else chunks()
    answer = await scene.http.post("/v1/auth/login", content=content, headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["type"] == "payload_too_large"
    await refused(answer)


async def test_unknown_paths_methods_and_parameters_are_refused(scene: AuthScene) -> None:
    admin = await scene.admin()
    await refused(await scene.http.get("/v1/auth/nothing"))
    wrong_method = await scene.http.get("/v1/auth/login")
    assert wrong_method.status_code == 405
    assert wrong_method.headers["allow"] == "POST"
    await refused(wrong_method)
    for query in ("limit=0", "limit=201", "limit=x", "after=%00", "after=a%20b", "after="):
        await refused(await scene.http.get(f"/v1/admin/users?{query}", headers=admin))


async def test_a_missing_or_odd_authorization_is_refused(scene: AuthScene) -> None:
    for value in ("", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "Bearer \u00e9"):
        headers = {"Authorization": value.encode("latin-1")}
        answer = await scene.http.get("/v1/auth/me", headers=headers)
        assert answer.status_code == 401
        await refused(answer)
