"""Average cost, realised and unrealised profit, and what the session before left, held against a plain model."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

from ledger_days import SYMBOL, Days, FixedClock, PlainAccount, rounded

from chassis.database import Database
from trading.domain.asset import Asset
from trading.portfolio.closing import ClosingEquities
from trading.portfolio.keeper import HistoryKeeper
from trading.portfolio.sessions import Sessions
from trading.positions.reads import read_positions

Start = Callable[..., Any]


ASSET = Asset(UUID(int=9), SYMBOL, "Acme", "us_equity", Decimal("0.01"), Decimal(1), active=True)


async def test_profit_is_what_a_plain_model_says(start: Start) -> None:
    rates = {"maker_fee_rate": "0.001", "taker_fee_rate": "0.0025"}
    async with start() as platform:
        await platform.list_asset()
        body = {"maker_rate": rates["maker_fee_rate"], "taker_rate": rates["taker_fee_rate"]}
        set_to = await platform.admin.request("PUT", "/v1/admin/fee-tiers/default", json=body)
        assert set_to.status_code == 200
        trader, other = (
            await platform.funded("1000", shares="7"),
            await platform.funded(shares="999"),
        )
        model = PlainAccount(qty=Fraction(7))
        chance = Random(7)
        for _ in range(25):
            side = chance.choice(["buy", "sell"])
            available = model.qty if side == "sell" else Fraction(5)
            qty = chance.randint(1, 4)
            if qty > available:
                continue
            price = f"{chance.randint(900, 1100) / 100:.2f}"
            first, second = ("sell", "buy") if side == "buy" else ("buy", "sell")
            makes = chance.random() < 0.5
            if makes:
                await trader.order(side, str(qty), price)
                await other.order(first, str(qty), price)
            else:
                await other.order(first, str(qty), price)
                await trader.order(second, str(qty), price)
            value = Fraction(price) * qty
            fee = value * Fraction(rates["maker_fee_rate" if makes else "taker_fee_rate"])
            if side == "buy":
                model.buy(Fraction(qty), rounded(value + fee, up=True))
            else:
                model.sell(Fraction(qty), rounded(value - fee, up=False))
        (position,) = await trader.get("/v2/positions")
        assert Fraction(position["qty"]) == model.qty
        assert Fraction(position["cost_basis"]) == model.cost
        assert Fraction(position["realized_pl"]) == model.realized
        average = model.cost / model.qty
        assert abs(Fraction(position["avg_entry_price"]) - average) < Fraction(1, 10**8)
        worth = model.qty * Fraction(position["current_price"])
        assert Fraction(position["market_value"]) == worth
        assert Fraction(position["unrealized_pl"]) == worth - model.cost
        assert position["lastday_price"] is None
        account = await trader.get("/v2/account")
        assert Fraction(account["realized_pl"]) == model.realized
        # Cash and shares, in other words: what came in plus all profit (the granted shares cost nothing).
        profit = model.realized + Fraction(position["unrealized_pl"])
        assert Fraction(account["equity"]) == 1000 + profit
        assert account["last_equity"] == "0"
        assert await platform.violations() == {}


async def test_a_session_that_ended_leaves_its_equity_and_its_prices(
    migrated_database: Callable[[str], str],
) -> None:
    """The same from history that is counted, and from executions that are not yet."""
    database = Database(migrated_database("trading"), pool_size=2)
    sessions = Sessions(time(17, 0))
    days = Days(database, datetime(2026, 3, 16, 16, 58, 30, tzinfo=UTC), ASSET)
    mine, other = UUID(int=5001), UUID(int=5002)
    await days.open([mine, other])
    for account, cash in ((mine, "1000"), (other, "500")):
        await days.move("deposit", account, Decimal(cash))
        await days.move("grant", account, Decimal(7))
    await days.trade(mine, other, 1000, 2)
    days.go_on(minutes=3)  # past the session's end
    await days.trade(mine, other, 1100, 1)
    await days.move("deposit", mine, Decimal(50))
    await days.trade(other, mine, 1200, 2)
    clock = FixedClock(days.now)
    keeper = HistoryKeeper(database, clock, sessions, 1.0)
    for counted in (False, True):
        if counted:
            assert await keeper.keep() is False
        async with database.read() as connection:
            before = await ClosingEquities(clock, sessions).before(
                connection, mine, date(2026, 3, 17)
            )
            (position,) = await read_positions(connection, mine, sessions, clock.now)
        assert before == 980 + 9 * 10
        # 9 from yesterday, of which 2 were sold; and 1 bought at 11: now 12 each.
        assert (position["qty"], position["current_price"]) == ("8", "12")
        assert (position["lastday_price"], position["change_today"]) == ("10", "0.2")
        assert position["unrealized_intraday_pl"] == str(7 * 2 + 1)
    async with database.raw() as connection:
        sessions_kept = await connection.fetch("SELECT session, price FROM session_closes")
        rows = await connection.fetch("SELECT * FROM traded_minutes WHERE account_id = $1", mine)
    assert [tuple(row) for row in sessions_kept] == [(date(2026, 3, 16), Decimal(10))]
    assert len(rows) == 2
    await database.close()
