"""The order desk: what the endpoints ask for, each verb in a file of its own."""

from dataclasses import dataclass

from chassis.clock import Clock
from chassis.database import Database
from trading.assets.directory import AssetDirectory
from trading.engine.client import EngineClient
from trading.engine.journal_clock import JournalClock
from trading.failpoints import Failpoints
from trading.fees.schedule import FeeSchedule
from trading.orders.canceling import Canceling
from trading.orders.gate import Gate
from trading.orders.loader import OrderLoader
from trading.orders.outcomes import Outcomes
from trading.orders.placing import Placing
from trading.orders.replacing import Replacing
from trading.orders.taking_back import TakingBack
from trading.risk.limits import LimitsDirectory, house_limits
from trading.risk.markets import Markets
from trading.risk.rates import OrderRates
from trading.settings import TradingSettings
from trading.settlement.waiters import SettledCursor


@dataclass(frozen=True, slots=True)
class Desk:
    """Places, replaces and cancels orders. Every answer is from settled state, or says that the outcome is unknown."""

    placing: Placing
    replacing: Replacing
    canceling: Canceling
    gate: Gate
    loader: OrderLoader
    outcomes: Outcomes
    limits: LimitsDirectory
    markets: Markets


def open_desk(
    settings: TradingSettings,
    database: Database,
    clock: Clock,
    journal_clock: JournalClock,
    assets: AssetDirectory,
    engine: EngineClient,
    fees: FeeSchedule,
    gate: Gate,
    loader: OrderLoader,
    settled: SettledCursor,
    failpoints: Failpoints,
) -> Desk:
    """The desk with everything that it is made of. `database`: the pool that readers do not share."""
    outcomes = Outcomes(settings.settle_wait_s, clock, loader, settled)
    taking_back = TakingBack(database, outcomes, failpoints)
    limits = LimitsDirectory(database, house_limits(settings), clock)
    markets = Markets(database, clock)
    rates = OrderRates(clock)
    placing = Placing(
        command_ttl_s=settings.command_ttl_s,
        clock=clock,
        journal_clock=journal_clock,
        assets=assets,
        engine=engine,
        fees=fees,
        limits=limits,
        markets=markets,
        rates=rates,
        gate=gate,
        outcomes=outcomes,
        taking_back=taking_back,
        failpoints=failpoints,
    )
    replacing = Replacing(
        command_ttl_s=settings.command_ttl_s,
        clock=clock,
        journal_clock=journal_clock,
        assets=assets,
        limits=limits,
        markets=markets,
        rates=rates,
        gate=gate,
        outcomes=outcomes,
        taking_back=taking_back,
        placing=placing,
    )
    canceling = Canceling(database, gate, outcomes, failpoints)
    return Desk(placing, replacing, canceling, gate, loader, outcomes, limits, markets)
