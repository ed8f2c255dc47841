"""Portfolio history and statements against a plain model of some days of trading."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

import pytest
from ledger_days import SYMBOL, Days, FixedClock
from trading_platform import Platform

from chassis.database import Database
from chassis.errors import InvalidInput
from trading.domain.asset import Asset
from trading.portfolio.history import read_history
from trading.portfolio.keeper import HistoryKeeper
from trading.portfolio.sessions import Sessions
from trading.portfolio.statements import statement_lines
from trading.portfolio.windows import Windows, windows
from trading.verify.command import violations
from trading.verify.rebuild import differences

ASSET = Asset(
    UUID(int=9), SYMBOL, "Acme", "crypto", Decimal("0.003"), Decimal("0.0007"), active=True
)
SESSIONS = Sessions(time(17, 0))
BEGAN = datetime(2026, 3, 14, 16, 40, 20, tzinfo=UTC)
ACCOUNTS = [UUID(int=5001), UUID(int=5002), UUID(int=5003)]


async def random_days(database: Database, seed: int, steps: int) -> Days:
    """Trades in fractions with fees that need rounding, deposits, withdrawals and grants, over some days."""
    chance = Random(seed)
    days = Days(database, BEGAN, ASSET)
    await days.open(ACCOUNTS)
    for account in ACCOUNTS:
        await days.move("deposit", account, Decimal("100.00000001"))
        await days.move("grant", account, ASSET.qty(500))
    for _ in range(steps):
        days.go_on(minutes=chance.choice([0, 1, 7, 60, 500]), seconds=chance.randint(1, 59))
        account, other = chance.sample(ACCOUNTS, 2)
        own = days.model[account]
        match chance.randint(0, 9):
            case 0:
                await days.move("deposit", account, Decimal(chance.randint(1, 999)) / 1000)
            case 1:
                await days.move("withdrawal", account, Decimal(chance.randint(1, 999)) / 1000)
            case 2:
                await days.move("grant", account, ASSET.qty(chance.randint(1, 50)))
            case _:
                held = int(own.qty / Fraction(ASSET.lot_size))
                lots = chance.choice([1, min(13, held), held])
                if 0 < lots <= held:
                    await days.trade(
                        other,
                        account,
                        chance.randint(900, 1100),
                        lots,
                        buyer_makes=chance.random() < 0.5,
                        maker_rate="0.00017",
                        taker_rate="0.0031",
                    )
    return days


async def check_against_model(days: Days, wanted: Windows) -> None:
    for account in ACCOUNTS:
        async with days.database.read() as connection:
            history = await read_history(connection, account, wanted, SESSIONS)
        assert len(history.equity) == wanted.count
        assert Fraction(history.base) == days.equity_at(account, wanted.start)
        for number, equity in enumerate(history.equity):
            end = wanted.begin(number + 1)
            assert Fraction(equity) == days.equity_at(account, end), (account, end)
            flows = [f for f in days.model[account].flows if wanted.begin(number) <= f[0] < end]
            for kind in ("CSD", "CSW", "JNLS"):
                amount = sum((f[2] for f in flows if f[1] == kind), Fraction())
                price = (days.price_at(end) or 0) if kind == "JNLS" else 1
                assert Fraction(history.flows[number].get(kind, Decimal(0))) == amount * price


@pytest.mark.parametrize("seed", [1, 2])
async def test_history_statements_and_rebuild_are_what_a_plain_model_says(
    migrated_database: Callable[[str], str], seed: int
) -> None:
    database = Database(migrated_database("trading"), pool_size=3)
    days = await random_days(database, seed, 60)
    now = days.now + timedelta(seconds=1)
    daily = windows(SESSIONS, now, period="1M", timeframe="1D", start=None, end=None)
    quarter = windows(SESSIONS, now, period=None, timeframe="15Min", start=BEGAN, end=now)
    keeper = HistoryKeeper(database, FixedClock(now), SESSIONS, 1.0)
    for counted in (False, True):
        if counted:
            assert await keeper.keep() is False
        await check_against_model(days, daily)
        await check_against_model(days, quarter)
        await check_statements(days, SESSIONS.of(now) - timedelta(days=1))
    async with database.read() as connection:
        assert await violations(connection) == {}
    async with database.raw() as connection:
        assert (await differences(connection))[1] == []
        rows = await connection.fetch("SELECT * FROM balances WHERE asset = $1", SYMBOL)
    for row in rows:
        own = days.model.get(UUID(int=row["account_id"].int))
        if own is not None:
            assert Fraction(row["available"]) == own.qty
            assert (Fraction(row["cost"]), Fraction(row["realized"])) == (own.cost, own.realized)
    await database.close()


async def check_statements(days: Days, last: date) -> None:
    """Each adds up by itself, and begins where the one before ended."""
    closing: dict[str, Fraction] = {}
    session = SESSIONS.of(BEGAN)
    while session <= last:
        lines = statement_lines(days.database, SESSIONS, ACCOUNTS[0], session)
        rows = list(csv.DictReader(io.StringIO("".join([part async for part in lines]))))
        balances: dict[str, Fraction] = {}
        for row in rows:
            if row["row"] == "opening":
                balances[row["asset"]] = Fraction(row["balance"])
        assert {a: b for a, b in balances.items() if b} == {a: b for a, b in closing.items() if b}
        for row in rows:
            cash = Fraction(row["cash_change"] or 0)
            balances["USD"] = balances.get("USD", Fraction()) + cash
            if row["quantity_change"]:
                before = balances.get(row["asset"], Fraction())
                balances[row["asset"]] = before + Fraction(row["quantity_change"])
        closing = {r["asset"]: Fraction(r["balance"]) for r in rows if r["row"] == "closing"}
        assert {a: b for a, b in balances.items() if b} == closing
        worth = sum((Fraction(r["value"] or 0) for r in rows if r["row"] == "closing"), Fraction())
        assert worth == days.equity_at(ACCOUNTS[0], SESSIONS.end(session))
        session += timedelta(days=1)


def test_which_windows_a_query_asks_for() -> None:
    now = datetime(2026, 3, 16, 12, 34, 56, tzinfo=UTC)
    midnight = Sessions(time(0, 0))

    def ask(**query: Any) -> tuple[str, str, int]:
        none = {"period": None, "timeframe": None, "start": None, "end": None}
        found = windows(midnight, now, **(none | query))
        return found.timeframe, found.start.isoformat()[:16], found.count

    assert ask() == ("1D", "2026-02-14T00:00", 31)
    assert ask(period="1D") == ("1Min", "2026-03-15T12:34", 1441)
    assert ask(period="1W") == ("15Min", "2026-03-09T12:30", 673)
    assert ask(period="1A")[::2] == ("1D", 366)
    assert ask(period="2D", timeframe="1H") == ("1H", "2026-03-14T12:00", 49)
    start = datetime(2026, 3, 1, tzinfo=UTC)
    assert ask(start=start, end=start + timedelta(days=2), timeframe="1D")[1:] == (
        "2026-03-01T00:00",
        2,
    )
    assert ask(start=start, period="1D", timeframe="5Min")[1:] == ("2026-03-01T00:00", 288)
    for wrong in (
        {"period": "1X"},
        {"period": "0D"},
        {"period": "1D", "start": start, "end": now},
        {"start": now, "end": start},
        {"start": now + timedelta(days=1)},
        {"period": "31D", "timeframe": "1H"},
        {"period": "99A"},
    ):
        with pytest.raises(InvalidInput):
            ask(**wrong)


async def test_the_history_of_a_running_account(platform: Platform) -> None:
    trader, other = await platform.funded("1000"), await platform.funded(shares="9")
    await other.order("sell", "2", "10.00")
    await trader.order("buy", "2", "10.00")
    await other.order("sell", "1", "12.00")
    await trader.order("buy", "1", "12.00")
    found = await trader.get(
        "/v2/account/portfolio/history",
        period="1D",
        timeframe="5Min",
        cashflow_types="ALL",
        extended_hours="false",
        date_end="",
    )
    lengths = {
        len(found[name]) for name in ("timestamp", "equity", "profit_loss", "profit_loss_pct")
    }
    assert lengths == {len(found["cashflow"]["CSD"])}
    assert (found["equity"][-1], found["base_value"], found["timeframe"]) == (1004, 0, "5Min")
    assert sum(found["cashflow"]["CSD"]) == 1000
    whole = await trader.get(
        "/v2/account/portfolio/history", period="1D", timeframe="1D", pnl_reset="no_reset"
    )
    assert whole["profit_loss"][-1] == 4
    assert whole["profit_loss_pct"][-1] == 0.004
    assert "cashflow" not in whole
    assert await trader.get("/v1/account/statements") == {"statements": [], "next_cursor": None}
    for path in ("2026-01-01.csv", "2999-01-01.csv", "2026-01-01"):
        answer = await trader.request("GET", f"/v1/account/statements/{path}")
        assert answer.status_code == 404, answer.text
    for query in ({"timeframe": "2Min"}, {"pnl_reset": "never"}, {"period": "1Q"}):
        answer = await trader.request("GET", "/v2/account/portfolio/history", params=query)
        assert answer.status_code == 422, answer.text
