"""Deposits in transit, corrections, and a ledger that the database itself protects."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from trading_platform import Platform, Trader, until

from chassis.clock import SystemClock
from trading.funding.arrivals import DepositArrivals
from trading.settings import TradingSettings

Start = Callable[..., Any]
CORRECTIONS = "00000000-0000-0000-0000-000000000006"


class Later(SystemClock):
    def time_ns(self) -> int:
        return super().time_ns() + 3601 * 10**9


async def account_of(trader: Trader) -> dict[str, Any]:
    told: dict[str, Any] = await trader.get("/v2/account")
    return told


async def correct(platform: Platform, legs: list[Any], key: str | None = None) -> Any:
    body = {
        "reason": "booked twice",
        "legs": [{"account_id": a, "asset": s, "amount": q} for a, s, q in legs],
    }
    headers = {"Idempotency-Key": key or str(uuid4())}
    return await platform.admin.request("POST", "/v1/admin/corrections", json=body, headers=headers)


async def test_a_deposit_is_in_transit_until_its_time_has_come(start: Start) -> None:
    async with start(deposit_settles_after_s=3600.0) as platform:
        trader = platform.trader()
        await trader.deposit("100")
        told = await account_of(trader)
        assert (told["cash"], told["pending_transfer_in"]) == ("0", "100")
        assert await trader.get("/v2/account/activities/CSD") == []
        too_early = await trader.request("POST", "/v1/funding/withdrawals", json={"amount": "1"})
        assert too_early.json()["type"] == "insufficient_cash"
        assert await platform.violations() == {}

        # Two leaders for a moment: it arrives once.
        arrivals = [DepositArrivals(platform.app.state.database, Later()) for _ in range(4)]
        await asyncio.gather(*(each.settle_due() for each in arrivals))
        told = await account_of(trader)
        assert (told["cash"], told["pending_transfer_in"]) == ("100", "0")
        (arrived,) = await trader.get("/v2/account/activities/CSD")
        assert arrived["net_amount"] == "100"
        assert await platform.violations() == {}


async def test_the_leading_replica_settles_what_is_due(start: Start) -> None:
    async with start(deposit_settles_after_s=0.1) as platform:
        trader = platform.trader()
        answer = await trader.request(
            "POST",
            "/v1/funding/deposits",
            json={"amount": "7"},
            headers={"Idempotency-Key": "once"},
        )
        assert answer.json()["settles_at"] > answer.json()["created_at"]

        async def arrived() -> bool:
            return bool((await account_of(trader))["cash"] == "7")

        await until(arrived)
        await trader.request(
            "POST",
            "/v1/funding/deposits",
            json={"amount": "7"},
            headers={"Idempotency-Key": "once"},
        )
        told = await account_of(trader)
        assert (told["cash"], told["pending_transfer_in"]) == ("7", "0")
        assert await platform.violations() == {}


@pytest.mark.parametrize("announced", [True, False])
async def test_a_deposit_that_is_asked_for_again_is_made_once_whatever_was_set_meanwhile(
    start: Start, announced: bool
) -> None:
    async def ask(settles_after_s: float) -> dict[str, Any]:
        async with start(deposit_settles_after_s=settles_after_s) as platform:
            trader = platform.trader(user_id)
            answer = await trader.request(
                "POST",
                "/v1/funding/deposits",
                json={"amount": "100"},
                headers={"Idempotency-Key": "for-ever"},
            )
            assert answer.status_code == 201, answer.text
            told = await account_of(trader)
            waits = ("0", "100") if announced else ("100", "0")
            assert (told["cash"], told["pending_transfer_in"]) == waits
            async with platform.app.state.database.raw() as connection:
                await connection.execute("DELETE FROM keyed_requests")  # it is forgotten
            assert await platform.violations() == {}
            made: dict[str, Any] = answer.json()
            return made

    user_id = str(uuid4())
    settings = [3600.0, 0.0] if announced else [0.0, 3600.0]
    first, again = [await ask(each) for each in settings]
    assert first["id"] == again["id"]
    assert first["created_at"] == again["created_at"]
    async with start() as platform:
        await DepositArrivals(platform.app.state.database, Later()).settle_due()
        told = await account_of(platform.trader(user_id))
        assert (told["cash"], told["pending_transfer_in"]) == ("100", "0")
        assert await platform.violations() == {}


async def test_a_correction_moves_cash_and_shares_and_says_why(platform: Platform) -> None:
    one, other = await platform.funded("100", shares="10"), await platform.funded("50")
    ids = [(await account_of(trader))["id"] for trader in (one, other)]
    legs = [
        (ids[0], "USD", "-30.5"),
        (ids[1], "USD", "20"),
        (CORRECTIONS, "USD", 10.5),
        (ids[0], "ACME", "-4"),
        (CORRECTIONS, "ACME", "4"),
    ]
    first = await correct(platform, legs, "monday")
    again = await correct(platform, legs, "monday")
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.json() == again.json()
    assert (await account_of(one))["cash"] == "69.5"
    assert (await account_of(other))["cash"] == "70"
    assert (await one.get("/v2/positions/ACME"))["qty"] == "6"
    (told,) = await one.get("/v2/account/activities/JNLC")
    assert (told["net_amount"], told["status"]) == ("-30.5", "correct")
    assert told["description"] == "correction: booked twice"
    journals = await one.get("/v2/account/activities/JNLS")
    assert sorted(each["qty"] for each in journals) == ["-4", "10"]
    assert await platform.violations() == {}
    async with platform.app.state.database.raw() as connection:
        events = await connection.fetch("SELECT data FROM outbox WHERE kind = 'corrected'")
    assert len(events) == len(legs)


async def test_what_cannot_be_corrected_is_refused_and_changes_nothing(platform: Platform) -> None:
    trader = await platform.funded("100", shares="10")
    account = (await account_of(trader))["id"]
    await trader.order("buy", "1", "60.00")
    cases = [
        ([(account, "USD", "5"), (CORRECTIONS, "USD", "-4")], 422, "unbalanced"),
        ([(account, "USD", "-50"), (CORRECTIONS, "USD", "50")], 422, "balance_too_small"),
        ([(account, "ACME", "-11"), (CORRECTIONS, "ACME", "11")], 422, "balance_too_small"),
        ([(account, "ACME", "-0.5"), (CORRECTIONS, "ACME", "0.5")], 422, "invalid_input"),
        ([(account, "USD", "0"), (CORRECTIONS, "USD", "0")], 422, "invalid_input"),
        ([(account, "USD", "1"), (account, "USD", "-1")], 422, "invalid_input"),
        ([(account, "NONE", "1"), (CORRECTIONS, "NONE", "-1")], 404, "not_found"),
        ([(str(uuid4()), "USD", "1"), (CORRECTIONS, "USD", "-1")], 404, "not_found"),
    ]
    for legs, status, kind in cases:
        answer = await correct(platform, legs)
        assert (answer.status_code, answer.json()["type"]) == (status, kind), answer.text
    body = {"reason": "why", "legs": [{"account_id": account, "asset": "USD", "amount": "1"}] * 2}
    unkeyed = await platform.admin.request("POST", "/v1/admin/corrections", json=body)
    assert unkeyed.json()["type"] == "idempotency_key_needed"
    assert (await account_of(trader))["cash"] == "100"
    assert await platform.violations() == {}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("postings", "cause"),
        ("executions", "symbol"),
        ("transfers", "asset"),
        ("corrections", "reason"),
    ],
)
async def test_nobody_changes_what_was_booked(
    platform: Platform, settings: TradingSettings, table: str, column: str
) -> None:
    """The trigger stops even a superuser; the owner lacks the privilege before that."""
    await platform.funded("100")
    connection = await asyncpg.connect(settings.database_url)
    role = f"owner_{uuid4().hex[:12]}"
    try:
        for change in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with pytest.raises(asyncpg.RaiseError, match="never changed or deleted"):
                await connection.execute(change)
        async with connection.transaction():
            await connection.execute(f"CREATE ROLE {role}")
            await connection.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {role}")
            await connection.execute(f"ALTER TABLE {table} OWNER TO {role}")
            await connection.execute(f"SET LOCAL ROLE {role}")
            await connection.fetch(f"SELECT * FROM {table}")
            for change in (
                f"UPDATE {table} SET {column} = {column}",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with connection.transaction():
                        await connection.execute(change)
            await connection.execute("RESET ROLE")
            raise _Undo
    except _Undo:
        pass
    finally:
        await connection.close()


class _Undo(Exception):
    """Takes the role back with the transaction that made it."""


async def test_a_set_of_postings_that_does_not_balance_cannot_be_written(
    platform: Platform, settings: TradingSettings
) -> None:
    account = (await account_of(await platform.funded("100")))["id"]
    insert = (
        "INSERT INTO postings (account_id, asset, available, held, cause, cause_id)"
        " SELECT $1, asset, available, held, 'deposit', $2::uuid FROM unnest($3::text[], $4::numeric[],"
        " $5::numeric[]) AS new (asset, available, held)"
    )
    connection = await asyncpg.connect(settings.database_url)
    for assets, available, held in (
        (["USD"], [1], [0]),
        (["USD", "ACME"], [1, -1], [0, 0]),
        (["USD", "USD"], [1, -1], [0, 1]),
    ):
        with pytest.raises(asyncpg.RaiseError, match="do not sum to zero"):
            await connection.execute(insert, account, uuid4(), assets, available, held)
    # Each set by itself, not their sum.
    with pytest.raises(asyncpg.RaiseError, match="do not sum to zero"):
        await connection.execute(
            "INSERT INTO postings (account_id, asset, available, held, cause, cause_id) VALUES"
            " ($1, 'USD', 1, 0, 'deposit', gen_random_uuid()), ($1, 'USD', -1, 0, 'deposit', gen_random_uuid())",
            account,
        )
    await connection.execute(insert, account, uuid4(), ["USD", "USD"], [1, -2], [0, 1])
    await connection.close()
