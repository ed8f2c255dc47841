"""API keys: made, listed, deleted, and exchanged by the gateway."""

import asyncio
import re

import jwt
from auth_scene import AuthScene, body, problem

NOBODYS_KEY = "PK" + "A" * 18


async def made(scene: AuthScene, bearer: dict[str, str], **fields: object) -> dict[str, str]:
    request = {"name": "bot"} | fields
    key: dict[str, str] = body(
        await scene.http.post("/v1/auth/api-keys", json=request, headers=bearer), 201
    )
    return key


def claims_of(token: str) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return claims


async def test_the_secret_is_shown_once(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    bearer = await scene.bearer("alice")
    key = await made(scene, bearer, name="  my bot ")
    assert re.fullmatch(r"PK[A-Z2-7]{18}", key["key_id"])
    assert re.fullmatch(r"[A-Za-z0-9]{40}", key["secret"])
    assert key["name"] == "my bot"
    listed = (await scene.http.get("/v1/auth/api-keys", headers=bearer)).json()
    assert listed == [{name: value for name, value in key.items() if name != "secret"}]
    (told,) = await scene.events("api_key_created")
    assert (told["user_id"], told["key_id"]) == (alice["id"], key["key_id"])
    assert key["secret"] not in str(told)


async def test_an_exchange_gives_a_token_of_the_user_with_the_scopes_of_the_key(
    scene: AuthScene,
) -> None:
    alice = await scene.register("alice")
    bearer = await scene.bearer("alice")
    key = await made(scene, bearer, scopes=["trading:read"])
    answer = body(await scene.exchange(key["key_id"], key["secret"]), 200)
    assert answer["expires_in"] == 900
    claims = claims_of(answer["access_token"])
    assert claims["sub"] == alice["id"]
    assert claims["scope"] == "trading:read"
    assert claims["key_id"] == key["key_id"]
    assert "sid" not in claims
    with_key = {"Authorization": f"Bearer {answer['access_token']}"}
    me = body(await scene.http.get("/v1/auth/me", headers=with_key), 200)
    assert me == alice | {"scopes": ["trading:read"]}


async def test_the_last_use_is_noted_to_the_minute(scene: AuthScene) -> None:
    await scene.register("alice")
    bearer = await scene.bearer("alice")
    key = await made(scene, bearer)

    async def last_used() -> str | None:
        (listed,) = (await scene.http.get("/v1/auth/api-keys", headers=bearer)).json()
        found: str | None = listed["last_used_at"]
        return found

    assert await last_used() is None
    await scene.exchange(key["key_id"], key["secret"])
    first = await last_used()
    assert first is not None
    scene.clock.advance(30)
    await scene.exchange(key["key_id"], key["secret"])
    assert await last_used() == first
    scene.clock.advance(31)
    await scene.exchange(key["key_id"], key["secret"])
    assert await last_used() != first


async def test_wrong_keys_are_refused_in_one_way(scene: AuthScene) -> None:
    await scene.register("alice")
    key = await made(scene, await scene.bearer("alice"))
    wrong = [
        (key["key_id"], key["secret"][:-1]),
        (key["key_id"], key["secret"] + "x"),
        (key["key_id"], key["secret"].swapcase()),
        (key["key_id"], ""),
        (key["key_id"].lower(), key["secret"]),
        (NOBODYS_KEY, key["secret"]),
        ("", ""),
        ("PK\0", "\0"),
        ("' OR 1=1 --", "\u00e9"),
    ]
    refusals = [
        problem(await scene.exchange(*pair), 401, "wrong_api_key")["detail"] for pair in wrong
    ]
    assert len(set(refusals)) == 1


async def test_only_a_service_with_the_scope_may_exchange(scene: AuthScene) -> None:
    await scene.register("alice")
    bearer = await scene.bearer("alice")
    key = await made(scene, bearer)
    pair = {"key_id": key["key_id"], "secret": key["secret"]}
    path = "/v1/auth/api-keys/exchange"
    problem(await scene.http.post(path, json=pair), 401, "unauthorized")
    problem(await scene.http.post(path, json=pair, headers=bearer), 403, "forbidden")
    audit = scene.service_keys.headers("audit-log", "auth")
    problem(await scene.http.post(path, json=pair, headers=audit), 403, "forbidden")
    elsewhere = scene.service_keys.headers("gateway", "trading")
    problem(await scene.http.post(path, json=pair, headers=elsewhere), 401, "unauthorized")
    stretched = scene.service_keys.headers("audit-log", "auth", "keys:exchange")
    problem(await scene.http.post(path, json=pair, headers=stretched), 401, "unauthorized")


async def test_a_deleted_key_is_good_for_nothing(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    bearer = await scene.bearer("alice")
    key = await made(scene, bearer)
    path = f"/v1/auth/api-keys/{key['id']}"
    assert (await scene.http.delete(path, headers=bearer)).status_code == 204
    problem(await scene.exchange(key["key_id"], key["secret"]), 401, "wrong_api_key")
    problem(await scene.http.delete(path, headers=bearer), 404, "not_found")
    (told,) = await scene.events("api_key_deleted")
    assert (told["user_id"], told["key_id"]) == (alice["id"], key["key_id"])


async def test_nobody_deletes_or_sees_the_key_of_another(scene: AuthScene) -> None:
    await scene.register("alice")
    await scene.register("mallory")
    key = await made(scene, await scene.bearer("alice"))
    mallory = await scene.bearer("mallory")
    path = f"/v1/auth/api-keys/{key['id']}"
    problem(await scene.http.delete(path, headers=mallory), 404, "not_found")
    assert (await scene.http.get("/v1/auth/api-keys", headers=mallory)).json() == []
    body(await scene.exchange(key["key_id"], key["secret"]), 200)


async def test_a_key_manages_no_keys(scene: AuthScene) -> None:
    await scene.register("alice")
    key = await made(scene, await scene.bearer("alice"))
    token = body(await scene.exchange(key["key_id"], key["secret"]), 200)["access_token"]
    with_key = {"Authorization": f"Bearer {token}"}
    answer = await scene.http.post("/v1/auth/api-keys", json={"name": "x"}, headers=with_key)
    problem(answer, 403, "forbidden")


async def test_a_key_has_no_scope_that_its_user_lacks_when_made_or_later(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    bearer = await scene.bearer("alice")
    request = {"name": "bot", "scopes": ["trading:read", "admin"]}
    answer = await scene.http.post("/v1/auth/api-keys", json=request, headers=bearer)
    assert "admin" in problem(answer, 403, "forbidden")["detail"]
    key = await made(scene, bearer)
    path = f"/v1/admin/users/{alice['id']}"
    await scene.http.patch(path, json={"roles": ["auditor"]}, headers=await scene.admin())
    token = body(await scene.exchange(key["key_id"], key["secret"]), 200)["access_token"]
    assert claims_of(token)["scope"] == ""
    await scene.http.patch(path, json={"disabled": True}, headers=await scene.admin())
    problem(await scene.exchange(key["key_id"], key["secret"]), 401, "wrong_api_key")


async def test_a_user_has_at_most_twenty_keys_however_fast_they_ask(scene: AuthScene) -> None:
    await scene.register("alice")
    bearer = await scene.bearer("alice")
    for _ in range(18):
        await made(scene, bearer)
    answers = await asyncio.gather(
        *(
            scene.http.post("/v1/auth/api-keys", json={"name": "bot"}, headers=bearer)
            for _ in range(4)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409]


async def test_a_key_that_makes_no_sense_is_refused(scene: AuthScene) -> None:
    await scene.register("alice")
    bearer = await scene.bearer("alice")
    requests: list[object] = [
        {},
        {"name": ""},
        {"name": "   "},
        {"name": "a\0b"},
        {"name": "a\nb"},
        {"name": "x" * 65},
        {"name": "bot", "scopes": []},
        {"name": "bot", "scopes": ["engine:command"]},
        {"name": "bot", "scopes": "trading:read"},
        {"name": "bot", "secret": "mine"},
    ]
    for request in requests:
        answer = await scene.http.post("/v1/auth/api-keys", json=request, headers=bearer)
        problem(answer, 422, "invalid_input")
    answer = await scene.http.delete("/v1/auth/api-keys/mine", headers=bearer)
    problem(answer, 422, "invalid_input")
