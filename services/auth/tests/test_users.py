"""Registration, and what admins see and change."""

import asyncio

import pytest
from auth_scene import ADMIN, PASSWORD, AuthScene, body, problem
from prometheus_client import REGISTRY
from sqlalchemy import text


async def test_a_new_user_is_a_trader_of_the_normal_tier(scene: AuthScene) -> None:
    user = await scene.register("Alice")
    assert user["roles"] == ["trader"]
    assert user["tier"] == "normal"
    me = body(await scene.http.get("/v1/auth/me", headers=await scene.bearer("alice")), 200)
    assert me == user | {"scopes": ["trading:read", "trading:write"]}
    told = await scene.events("user_registered")
    assert told[-1]["user_id"] == told[-1]["actor_id"] == user["id"]
    assert told[-1]["username"] == "Alice"


async def test_a_username_is_unique_without_regard_to_case(scene: AuthScene) -> None:
    await scene.register("Alice")
    answer = await scene.http.post(
        "/v1/auth/register", json={"username": "aLICE", "password": PASSWORD}
    )
    problem(answer, 409, "username_taken")


async def test_of_many_who_register_one_name_at_once_one_gets_it(scene: AuthScene) -> None:
    answers = await asyncio.gather(
        *(
            scene.http.post("/v1/auth/register", json={"username": name, "password": PASSWORD})
            for name in ("alice", "ALICE", "Alice", "aLice", "alicE")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert len(await scene.events("user_registered")) == 2  # with the operator's own


async def test_an_unusable_name_or_password_is_refused(scene: AuthScene) -> None:
    unusable: list[tuple[object, object]] = [
        ("al", PASSWORD),
        ("a" * 33, PASSWORD),
        ("al ice", PASSWORD),
        ("alice\n", PASSWORD),
        ("ali\0ce", PASSWORD),
        ("älice", PASSWORD),
        ("alice", "too short"),
        ("alice", "x" * 129),
        (7, PASSWORD),
        ("alice", None),
        ("alice", [PASSWORD]),
    ]
    for username, password in unusable:
        answer = await scene.http.post(
            "/v1/auth/register", json={"username": username, "password": password}
        )
        refused = problem(answer, 422, "invalid_input")
        assert str(password) not in refused["detail"]


async def test_only_admins_see_and_change_users(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    trader = await scene.bearer("alice")
    problem(await scene.http.get("/v1/admin/users", headers=trader), 403, "forbidden")
    change = await scene.http.patch(
        f"/v1/admin/users/{alice['id']}", json={"roles": ["admin"]}, headers=trader
    )
    problem(change, 403, "forbidden")
    problem(await scene.http.get("/v1/admin/users"), 401, "unauthorized")


async def test_pages_of_users_hold_everybody_once_in_order(scene: AuthScene) -> None:
    names = ["bob", "Carol", "alice", "dave", "Eve"]
    for name in names:
        await scene.register(name)
    admin = await scene.admin()
    seen: list[str] = []
    after = None
    while True:
        params = {"limit": "2"} | ({"after": after} if after else {})
        page = body(await scene.http.get("/v1/admin/users", params=params, headers=admin), 200)
        assert len(page["users"]) <= 2
        seen += [user["username"] for user in page["users"]]
        after = page["next_cursor"]
        if after is None:
            break
    assert seen == sorted([*names, ADMIN], key=str.lower)


async def test_an_admin_moves_a_user_to_another_tier_and_role(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    admin = await scene.admin()
    path = f"/v1/admin/users/{alice['id']}"
    change = {"tier": "load", "roles": ["trader", "auditor", "trader"]}
    changed = body(await scene.http.patch(path, json=change, headers=admin), 200)
    assert changed["tier"] == "load"
    assert changed["roles"] == ["auditor", "trader"]
    told = (await scene.events("user_changed"))[-1]
    assert told["user_id"] == alice["id"]
    assert told["actor_id"] not in (None, alice["id"])
    assert told["changed"] == {"tier": "load", "roles": ["auditor", "trader"]}


async def test_a_change_that_changes_nothing_is_not_told(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    path = f"/v1/admin/users/{alice['id']}"
    change = {"tier": "normal", "disabled": False}
    body(await scene.http.patch(path, json=change, headers=await scene.admin()), 200)
    assert await scene.events("user_changed") == []


async def test_a_disabled_user_loses_sessions_and_log_in(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    tokens = await scene.log_in("alice")
    admin = await scene.admin()
    path = f"/v1/admin/users/{alice['id']}"
    body(await scene.http.patch(path, json={"disabled": True}, headers=admin), 200)
    problem(await scene.refresh(tokens["refresh_token"]), 401, "invalid_refresh_token")
    answer = await scene.http.post(
        "/v1/auth/login", json={"username": "alice", "password": PASSWORD}
    )
    problem(answer, 403, "user_disabled")
    body(await scene.http.patch(path, json={"disabled": False}, headers=admin), 200)
    problem(await scene.refresh(tokens["refresh_token"]), 401, "invalid_refresh_token")
    await scene.log_in("alice")


async def test_a_refresh_that_a_disabled_user_still_tries_counts_as_refused(
    scene: AuthScene,
) -> None:
    await scene.register("alice")
    tokens = await scene.log_in("alice")
    async with scene.database.write() as connection:  # as if caught between the two writes
        await connection.execute(text("UPDATE users SET disabled = true WHERE username = 'alice'"))
    before = [_refreshes("rotate"), _refreshes("refuse")]
    problem(await scene.refresh(tokens["refresh_token"]), 401, "invalid_refresh_token")
    assert [_refreshes("rotate"), _refreshes("refuse")] == [before[0], before[1] + 1]


def _refreshes(outcome: str) -> float:
    return REGISTRY.get_sample_value("auth_refreshes_total", {"outcome": outcome}) or 0.0


@pytest.mark.parametrize("change", [{"disabled": True}, {"roles": ["trader"]}])
async def test_an_admin_cannot_take_their_own_rights(
    scene: AuthScene, change: dict[str, object]
) -> None:
    admin = await scene.admin()
    me = body(await scene.http.get("/v1/auth/me", headers=admin), 200)
    answer = await scene.http.patch(f"/v1/admin/users/{me['id']}", json=change, headers=admin)
    problem(answer, 409, "own_rights")


async def test_a_change_that_makes_no_sense_is_refused(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    admin = await scene.admin()
    path = f"/v1/admin/users/{alice['id']}"
    changes: list[object] = [
        {"tier": "gold"}, {"roles": ["king"]}, {"name": "x"}, {"disabled": "yes"}, [],
    ]  # fmt: skip
    for change in changes:
        answer = await scene.http.patch(path, json=change, headers=admin)
        problem(answer, 422, "invalid_input")
    assert await scene.events("user_changed") == []


async def test_an_unknown_user_is_not_found(scene: AuthScene) -> None:
    admin = await scene.admin()
    path = "/v1/admin/users/00000000-0000-4000-8000-000000000000"
    problem(await scene.http.patch(path, json={}, headers=admin), 404, "not_found")
    answer = await scene.http.patch("/v1/admin/users/me", json={}, headers=admin)
    problem(answer, 422, "invalid_input")
