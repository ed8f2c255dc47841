"""Stream tickets: once, for half a minute, and for no more than the token that asked for them."""

import asyncio
from typing import Any

import jwt
import pytest
from auth_scene import AuthScene, body, problem
from sqlalchemy import text

from auth.random_tokens import token_hash
from auth.sessions.prune import prune_all
from auth.stream_tickets.endpoints import MAX_TICKETS_PER_USER


async def asked(scene: AuthScene, bearer: dict[str, str]) -> str:
    ticket: str = body(await scene.http.post("/v1/auth/stream-tickets", headers=bearer), 201)[
        "ticket"
    ]
    return ticket


async def redeemed(scene: AuthScene, ticket: str) -> dict[str, Any]:
    token = body(await scene.redeem(ticket), 200)["access_token"]
    return claims_of({"Authorization": f"Bearer {token}"})


def claims_of(bearer: dict[str, str]) -> dict[str, Any]:
    token = bearer["Authorization"].removeprefix("Bearer ")
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def who(claims: dict[str, Any]) -> dict[str, Any]:
    """All that a token says but when and under which number it was made."""
    return {name: value for name, value in claims.items() if name not in ("iat", "exp", "jti")}


async def stored(scene: AuthScene) -> int:
    async with scene.database.read() as connection:
        count: int = (
            await connection.execute(text("SELECT count(*) FROM stream_tickets"))
        ).scalar_one()
        return count


async def bearer_of_key(scene: AuthScene, username: str) -> tuple[str, dict[str, str]]:
    """The id of a new, read-only API key, and the header with a token made from it."""
    made = body(
        await scene.http.post(
            "/v1/auth/api-keys",
            json={"name": "bot", "scopes": ["trading:read"]},
            headers=await scene.bearer(username),
        ),
        201,
    )
    token = body(await scene.exchange(made["key_id"], made["secret"]), 200)["access_token"]
    return made["id"], {"Authorization": f"Bearer {token}"}


async def test_a_ticket_becomes_a_token_like_the_one_that_asked(scene: AuthScene) -> None:
    await scene.register("alice")
    bearer = await scene.bearer("alice")
    answer = await scene.http.post("/v1/auth/stream-tickets", headers=bearer)
    assert answer.headers["cache-control"] == "no-store"
    exchanged = await scene.redeem(body(answer, 201)["ticket"])
    assert exchanged.headers["cache-control"] == "no-store"
    token = body(exchanged, 200)
    assert token["expires_in"] == 900
    fresh = {"Authorization": f"Bearer {token['access_token']}"}
    assert who(claims_of(fresh)) == who(claims_of(bearer))
    assert body(await scene.http.get("/v1/auth/me", headers=fresh), 200)["username"] == "alice"


async def test_a_ticket_of_an_api_key_opens_no_more_than_the_key(scene: AuthScene) -> None:
    await scene.register("alice")
    _, bearer = await bearer_of_key(scene, "alice")
    claims = await redeemed(scene, await asked(scene, bearer))
    assert who(claims) == who(claims_of(bearer))
    assert (claims["scope"], "sid" in claims) == ("trading:read", False)


async def test_a_ticket_works_once_however_many_come_with_it(scene: AuthScene) -> None:
    await scene.register("alice")
    ticket = await asked(scene, await scene.bearer("alice"))
    answers = await asyncio.gather(*(scene.redeem(ticket) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    problem(await scene.redeem(ticket), 401, "wrong_stream_ticket")


async def test_a_ticket_lives_half_a_minute_and_is_gone_after_being_shown(
    scene: AuthScene,
) -> None:
    await scene.register("alice")
    bearer = await scene.bearer("alice")
    in_time, late = await asked(scene, bearer), await asked(scene, bearer)
    scene.clock.advance(29)
    await redeemed(scene, in_time)
    scene.clock.advance(1)
    problem(await scene.redeem(late), 401, "wrong_stream_ticket")
    assert await stored(scene) == 0


@pytest.mark.parametrize("ticket", ["", "no such ticket", "\0", "\u20ac", "a" * 256])
async def test_what_is_no_ticket_is_refused(scene: AuthScene, ticket: str) -> None:
    problem(await scene.redeem(ticket), 401, "wrong_stream_ticket")


async def test_only_the_gateway_may_redeem_and_only_users_may_ask(scene: AuthScene) -> None:
    await scene.register("alice")
    bearer = await scene.bearer("alice")
    ticket = await asked(scene, bearer)
    exchange = "/v1/auth/stream-tickets/exchange"
    problem(await scene.http.post(exchange, json={"ticket": ticket}), 401, "unauthorized")
    answer = await scene.http.post(exchange, json={"ticket": ticket}, headers=bearer)
    problem(answer, 403, "forbidden")
    problem(await scene.http.post("/v1/auth/stream-tickets"), 401, "unauthorized")
    answer = await scene.http.post("/v1/auth/stream-tickets", headers=scene.as_gateway())
    problem(answer, 403, "forbidden")
    await redeemed(scene, ticket)


async def test_a_log_out_ends_tickets_and_gives_no_more(scene: AuthScene) -> None:
    await scene.register("alice")
    tokens = await scene.log_in("alice")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    ticket = await asked(scene, bearer)
    refresh = {"refresh_token": tokens["refresh_token"]}
    await scene.http.post("/v1/auth/logout", json=refresh)
    problem(await scene.redeem(ticket), 401, "wrong_stream_ticket")
    problem(await scene.http.post("/v1/auth/stream-tickets", headers=bearer), 401, "unauthorized")


async def test_a_deleted_api_key_takes_its_tickets_along(scene: AuthScene) -> None:
    await scene.register("alice")
    key, bearer = await bearer_of_key(scene, "alice")
    ticket = await asked(scene, bearer)
    gone = await scene.http.delete(f"/v1/auth/api-keys/{key}", headers=await scene.bearer("alice"))
    assert gone.status_code == 204
    problem(await scene.redeem(ticket), 401, "wrong_stream_ticket")
    problem(await scene.http.post("/v1/auth/stream-tickets", headers=bearer), 401, "unauthorized")


async def test_a_user_who_lost_a_right_gets_no_token_with_it(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    admin = await scene.admin()
    user = f"/v1/admin/users/{alice['id']}"
    await scene.http.patch(user, json={"roles": ["trader", "auditor"]}, headers=admin)
    bearer = await scene.bearer("alice")
    demoted, disabled = await asked(scene, bearer), await asked(scene, bearer)
    await scene.http.patch(user, json={"roles": ["auditor"]}, headers=admin)
    claims = await redeemed(scene, demoted)
    assert (claims["scope"], claims["roles"]) == ("audit", ["auditor"])
    await scene.http.patch(user, json={"disabled": True}, headers=admin)
    problem(await scene.redeem(disabled), 401, "wrong_stream_ticket")
    problem(await scene.http.post("/v1/auth/stream-tickets", headers=bearer), 401, "unauthorized")


async def test_a_user_has_a_bounded_number_of_tickets_of_which_the_newest_work(
    scene: AuthScene,
) -> None:
    await scene.register("alice")
    await scene.register("bob")
    bearer = await scene.bearer("alice")
    of_another = await asked(scene, await scene.bearer("bob"))
    first = await asked(scene, bearer)
    scene.clock.advance(1)
    later = await asyncio.gather(*(asked(scene, bearer) for _ in range(MAX_TICKETS_PER_USER)))
    assert await stored(scene) == MAX_TICKETS_PER_USER + 1
    problem(await scene.redeem(first), 401, "wrong_stream_ticket")
    for ticket in (later[0], later[-1], of_another):
        await redeemed(scene, ticket)


async def test_tickets_that_nobody_used_are_deleted(scene: AuthScene) -> None:
    await scene.register("alice")
    await asked(scene, await scene.bearer("alice"))
    assert await prune_all(scene.database, scene.clock) == 0
    scene.clock.advance(31)
    assert await prune_all(scene.database, scene.clock) == 1
    assert await stored(scene) == 0


async def test_only_the_hash_of_a_ticket_is_stored(scene: AuthScene) -> None:
    await scene.register("alice")
    ticket = await asked(scene, await scene.bearer("alice"))
    async with scene.database.raw() as connection:
        (row,) = await connection.fetch("SELECT * FROM stream_tickets")
    assert row["ticket_hash"] == token_hash(ticket)
    assert ticket not in str(row)
