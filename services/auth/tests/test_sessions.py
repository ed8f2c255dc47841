"""Log-in, the life of refresh tokens, log-out."""

import asyncio

import pytest
from auth_scene import PASSWORD, AuthScene, body, problem
from prometheus_client import REGISTRY

DAY_S = 24 * 3600


async def refreshed(scene: AuthScene, token: str) -> str:
    fresh: str = body(await scene.refresh(token), 200)["refresh_token"]
    return fresh


def hashes_computed() -> float:
    return REGISTRY.get_sample_value("auth_password_hashing_seconds_count") or 0.0


async def test_a_log_in_gives_both_tokens_and_is_told(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    answer = await scene.http.post(
        "/v1/auth/login", json={"username": "ALICE", "password": PASSWORD}
    )
    tokens = body(answer, 200)
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 900
    assert answer.headers["cache-control"] == "no-store"
    told = (await scene.events("user_logged_in"))[-1]
    assert told["user_id"] == told["actor_id"] == alice["id"]


async def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    answers = [
        await scene.http.post("/v1/auth/login", json={"username": name, "password": "wrong"})
        for name in ("alice", "nobody")
    ]
    first, second = (problem(answer, 401, "wrong_credentials") for answer in answers)
    assert first | {"request_id": ""} == second | {"request_id": ""}
    known, unknown = await scene.events("login_failed")
    assert (known["user_id"], known["username"]) == (alice["id"], "alice")
    assert (unknown["user_id"], unknown["username"]) == (None, None)
    assert "nobody" not in str(unknown)


@pytest.mark.parametrize("username", ["alice", "nobody"])
async def test_a_failed_log_in_costs_one_password_hash_whether_or_not_the_user_exists(
    scene: AuthScene, username: str
) -> None:
    await scene.register("alice")
    before = hashes_computed()
    login = {"username": username, "password": "wrong"}
    problem(await scene.http.post("/v1/auth/login", json=login), 401, "wrong_credentials")
    assert hashes_computed() == before + 1


async def test_a_refresh_token_is_good_once(scene: AuthScene) -> None:
    await scene.register("alice")
    first = (await scene.log_in("alice"))["refresh_token"]
    second = await refreshed(scene, first)
    third = await refreshed(scene, second)
    assert len({first, second, third}) == 3
    problem(await scene.refresh(first), 401, "invalid_refresh_token")


async def test_a_reused_refresh_token_ends_the_session_for_everybody(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    stolen = (await scene.log_in("alice"))["refresh_token"]
    current = await refreshed(scene, stolen)
    scene.clock.advance(11)
    refused = problem(await scene.refresh(stolen), 401, "invalid_refresh_token")
    assert "used before" in refused["detail"]
    problem(await scene.refresh(current), 401, "invalid_refresh_token")
    (told,) = await scene.events("refresh_token_reused")
    assert (told["user_id"], told["actor_id"]) == (alice["id"], None)
    # Once is enough: whoever goes on trying finds a session that has ended.
    problem(await scene.refresh(stolen), 401, "invalid_refresh_token")
    assert len(await scene.events("refresh_token_reused")) == 1


async def test_other_sessions_of_the_user_live_on_after_a_reuse(scene: AuthScene) -> None:
    await scene.register("alice")
    stolen = (await scene.log_in("alice"))["refresh_token"]
    other = (await scene.log_in("alice"))["refresh_token"]
    await refreshed(scene, stolen)
    scene.clock.advance(11)
    problem(await scene.refresh(stolen), 401, "invalid_refresh_token")
    await refreshed(scene, other)


async def test_a_lost_answer_does_not_log_the_user_out(scene: AuthScene) -> None:
    await scene.register("alice")
    token = (await scene.log_in("alice"))["refresh_token"]
    await refreshed(scene, token)  # and the answer never arrived
    scene.clock.advance(9)
    again = await refreshed(scene, token)
    scene.clock.advance(DAY_S)
    await refreshed(scene, again)


async def test_the_grace_is_over_once_a_successor_was_used(scene: AuthScene) -> None:
    await scene.register("alice")
    stolen = (await scene.log_in("alice"))["refresh_token"]
    await refreshed(scene, await refreshed(scene, stolen))
    scene.clock.advance(1)
    refused = problem(await scene.refresh(stolen), 401, "invalid_refresh_token")
    assert "used before" in refused["detail"]


async def test_a_thief_inside_the_grace_is_found_out_by_the_next_refresh(scene: AuthScene) -> None:
    await scene.register("alice")
    stolen = (await scene.log_in("alice"))["refresh_token"]
    owners = await refreshed(scene, stolen)
    thiefs = await refreshed(scene, stolen)
    thiefs_next = await refreshed(scene, thiefs)
    scene.clock.advance(11)
    problem(await scene.refresh(owners), 401, "invalid_refresh_token")
    problem(await scene.refresh(thiefs_next), 401, "invalid_refresh_token")
    assert len(await scene.events("refresh_token_reused")) == 1


async def test_exchanges_at_one_moment_leave_one_generation(scene: AuthScene) -> None:
    await scene.register("alice")
    token = (await scene.log_in("alice"))["refresh_token"]
    answers = await asyncio.gather(*(scene.refresh(token) for _ in range(5)))
    successors = [body(answer, 200)["refresh_token"] for answer in answers]
    assert len(set(successors)) == 5
    await refreshed(scene, successors[3])
    scene.clock.advance(11)
    problem(await scene.refresh(successors[0]), 401, "invalid_refresh_token")


async def test_a_refresh_token_expires_after_thirty_days(scene: AuthScene) -> None:
    await scene.register("alice")
    token = (await scene.log_in("alice"))["refresh_token"]
    scene.clock.advance(30 * DAY_S - 1)
    token = await refreshed(scene, token)
    scene.clock.advance(30 * DAY_S)
    problem(await scene.refresh(token), 401, "invalid_refresh_token")
    assert await scene.events("refresh_token_reused") == []


async def test_a_log_out_ends_the_session_and_is_told_once(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    token = (await scene.log_in("alice"))["refresh_token"]
    for _ in range(2):
        answer = await scene.http.post("/v1/auth/logout", json={"refresh_token": token})
        assert answer.status_code == 204
        assert answer.content == b""
    problem(await scene.refresh(token), 401, "invalid_refresh_token")
    (told,) = await scene.events("user_logged_out")
    assert told["user_id"] == alice["id"]


async def test_a_log_out_with_an_unknown_token_changes_nothing(scene: AuthScene) -> None:
    answer = await scene.http.post("/v1/auth/logout", json={"refresh_token": "no such token"})
    assert answer.status_code == 204
    assert await scene.events("user_logged_out") == []


async def test_a_refresh_shows_what_became_of_the_user_since(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    token = (await scene.log_in("alice"))["refresh_token"]
    admin = await scene.admin()
    change = {"roles": ["trader", "admin"]}
    await scene.http.patch(f"/v1/admin/users/{alice['id']}", json=change, headers=admin)
    access = body(await scene.refresh(token), 200)["access_token"]
    answer = await scene.http.get("/v1/admin/users", headers={"Authorization": f"Bearer {access}"})
    assert answer.status_code == 200


async def test_no_secret_is_told_or_stored_in_the_clear(scene: AuthScene) -> None:
    await scene.register("alice")
    bearer = await scene.bearer("alice")
    token = (await scene.log_in("alice"))["refresh_token"]
    key = body(
        await scene.http.post("/v1/auth/api-keys", json={"name": "bot"}, headers=bearer), 201
    )
    async with scene.database.raw() as connection:
        tables = [
            row["tablename"]
            for row in await connection.fetch(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
        ]
        everything = ""
        for table in tables:
            everything += str(await connection.fetch(f'SELECT * FROM "{table}"'))
    assert key["key_id"] in everything
    for secret in (PASSWORD, token, key["secret"]):
        assert secret not in everything
