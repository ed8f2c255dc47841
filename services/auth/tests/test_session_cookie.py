"""A browser's session: the refresh token in a cookie, and what a page of another site cannot do with it."""

from http.cookies import Morsel, SimpleCookie
from typing import Any

import httpx
import jwt
import pytest
from auth_scene import PASSWORD, AuthScene, body, problem

from auth.settings import AuthSettings
from devkit.testing_support.keys import ServiceKeys

AS_COOKIE = {"X-Session-Cookie": "1"}
DAY_S = 24 * 3600


def cookie_of(answer: httpx.Response) -> "Morsel[str]":
    """The one cookie that an answer sets."""
    (line,) = answer.headers.get_list("set-cookie")
    (morsel,) = SimpleCookie(line).values()
    assert morsel.key == "refresh_token"
    return morsel


def cleared(answer: httpx.Response) -> bool:
    morsel = cookie_of(answer)
    return (morsel.value, morsel["max-age"], morsel["path"]) == ("", "0", "/v1/auth/refresh")


def sending(token: str) -> dict[str, str]:
    # By hand: the client's own jar would hide which cookie goes where.
    return {"Cookie": f"refresh_token={token}"}


async def log_in(scene: AuthScene) -> httpx.Response:
    login = {"username": "alice", "password": PASSWORD}
    answer = await scene.http.post("/v1/auth/login", json=login, headers=AS_COOKIE)
    body(answer, 200)
    return answer


async def refresh(scene: AuthScene, token: str, **more: Any) -> httpx.Response:
    return await scene.http.post("/v1/auth/refresh", headers=AS_COOKIE | sending(token), **more)


def bearer(answer: httpx.Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.fixture(autouse=True)
async def alice(scene: AuthScene) -> dict[str, Any]:
    return await scene.register("alice")


async def test_the_cookie_is_out_of_reach_of_scripts_other_sites_and_other_paths(
    scene: AuthScene,
) -> None:
    answer = await log_in(scene)
    assert answer.json()["refresh_token"] is None
    assert answer.headers["cache-control"] == "no-store"
    morsel = cookie_of(answer)
    assert morsel["httponly"]
    assert morsel["secure"]
    assert morsel["samesite"] == "strict"
    assert morsel["path"] == "/v1/auth/refresh"
    assert morsel["domain"] == ""
    assert int(morsel["max-age"]) == 30 * DAY_S
    assert morsel.value not in answer.text


async def test_plain_http_at_home_gets_a_cookie_that_plain_http_sends(
    settings: AuthSettings, service_keys: ServiceKeys
) -> None:
    at_home = settings.model_copy(update={"session_cookie_secure": False})
    async with AuthScene.running(at_home, service_keys) as scene:
        assert not cookie_of(await log_in(scene))["secure"]


@pytest.mark.parametrize("empty", [{}, {"json": {}}, {"json": {"refresh_token": None}}])
async def test_a_refresh_without_a_body_uses_the_cookie_and_rotates_it(
    scene: AuthScene, empty: dict[str, Any]
) -> None:
    first = cookie_of(await log_in(scene)).value
    answer = await refresh(scene, first, **empty)
    assert body(answer, 200)["refresh_token"] is None
    second = cookie_of(answer).value
    assert second != first
    assert body(await scene.http.get("/v1/auth/me", headers=bearer(answer)), 200)
    body(await refresh(scene, second), 200)


async def test_the_cookie_without_the_header_does_nothing(scene: AuthScene) -> None:
    """What a form of another site could send, were SameSite not enough."""
    token = cookie_of(await log_in(scene)).value
    for content in ({}, {"json": {}}, {"data": {"a": "b"}}):
        answer = await scene.http.post("/v1/auth/refresh", headers=sending(token), **content)
        assert 400 <= answer.status_code < 500
        assert "set-cookie" not in answer.headers
    problem(
        await scene.http.post("/v1/auth/refresh", headers=sending(token)),
        403,
        "session_header_missing",
    )
    body(await refresh(scene, token), 200)


async def test_two_tabs_with_one_cookie_both_stay_signed_in(scene: AuthScene) -> None:
    shared = cookie_of(await log_in(scene)).value
    one, other = await refresh(scene, shared), await refresh(scene, shared)
    body(one, 200)
    # The browser keeps what came last, for both.
    body(await refresh(scene, cookie_of(other).value), 200)


async def test_a_refused_refresh_takes_the_cookie_away(scene: AuthScene) -> None:
    stolen = cookie_of(await log_in(scene)).value
    current = cookie_of(await refresh(scene, stolen)).value
    scene.clock.advance(11)
    for token in (stolen, current, "no such token", "x" * 1000, ""):
        answer = await refresh(scene, token)
        problem(answer, 401, "invalid_refresh_token")
        assert cleared(answer)
    assert len(await scene.events("refresh_token_reused")) == 1
    without = await scene.http.post("/v1/auth/refresh", headers=AS_COOKIE)
    problem(without, 401, "invalid_refresh_token")


async def test_a_log_out_by_access_token_ends_its_session_and_no_other(
    scene: AuthScene, alice: dict[str, Any]
) -> None:
    here, elsewhere = await log_in(scene), await log_in(scene)
    for _ in range(2):
        answer = await scene.http.post("/v1/auth/logout", headers=bearer(here))
        assert (answer.status_code, answer.content) == (204, b"")
        assert cleared(answer)
    problem(await refresh(scene, cookie_of(here).value), 401, "invalid_refresh_token")
    body(await refresh(scene, cookie_of(elsewhere).value), 200)
    (told,) = await scene.events("user_logged_out")
    claims = jwt.decode(here.json()["access_token"], options={"verify_signature": False})
    assert (told["user_id"], told["session_id"]) == (alice["id"], claims["sid"])


async def test_a_log_out_needs_somebody_to_log_out(scene: AuthScene) -> None:
    session = await log_in(scene)
    problem(await scene.http.post("/v1/auth/logout"), 401, "unauthorized")
    forged = {"Authorization": bearer(session)["Authorization"] + "x"}
    problem(await scene.http.post("/v1/auth/logout", headers=forged), 401, "unauthorized")
    key = body(
        await scene.http.post("/v1/auth/api-keys", json={"name": "bot"}, headers=bearer(session)),
        201,
    )
    by_key = await scene.exchange(key["key_id"], key["secret"])
    problem(await scene.http.post("/v1/auth/logout", headers=bearer(by_key)), 403, "forbidden")
    body(await refresh(scene, cookie_of(session).value), 200)


async def test_a_token_in_the_body_goes_before_the_cookie_and_clients_without_cookies_see_none(
    scene: AuthScene,
) -> None:
    tokens = await scene.log_in("alice")
    in_cookie = cookie_of(await log_in(scene)).value
    answer = await scene.http.post(
        "/v1/auth/refresh",
        json={"refresh_token": tokens["refresh_token"]},
        headers=sending(in_cookie),
    )
    assert "set-cookie" not in answer.headers
    assert isinstance(body(answer, 200)["refresh_token"], str)
    refused = await scene.http.post(
        "/v1/auth/refresh", json={"refresh_token": "none"}, headers=sending(in_cookie)
    )
    problem(refused, 401, "invalid_refresh_token")
    assert "set-cookie" not in refused.headers
    body(await refresh(scene, in_cookie), 200)
