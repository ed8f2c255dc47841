"""What a trader is told when a check refuses an order: each check has a code of its own (`docs/risk.md`)."""

from chassis.errors import Forbidden, NotPossible, Problem, TooManyRequests
from trading.domain.money import plain
from trading.domain.risk import Refused, Rule
from trading.orders.decisions import Insufficient, Obstructed


class InsufficientBuyingPower(Forbidden):
    """The order would hold more cash than is available."""

    type = "insufficient_buying_power"


class InsufficientShares(Forbidden):
    """The order would sell more shares than are available; `related_orders` hold them."""

    type = "insufficient_shares"


class ShortSale(Forbidden):
    """The account holds no short positions: it sells what it has."""

    type = "short_sale"


class AccountBlocked(Forbidden):
    """An administrator has blocked the account."""

    type, code = "account_blocked", 40310010


class TradingHalted(Forbidden):
    """The kill switch: no order is taken of anybody."""

    type, code = "trading_halted", 40310011


class AccountHalted(Forbidden):
    """The kill switch: no order is taken of this account."""

    type, code = "account_halted", 40310012


class TradeSuspended(Forbidden):
    """The account's owner has suspended trading in its configurations."""

    type, code = "trade_suspended", 40310013


class TooManyOpenOrders(Forbidden):
    """The account has as many open orders as it may."""

    type, code = "too_many_open_orders", 40310014


class OrderQtyTooLarge(NotPossible):
    """More than an order may be for."""

    type, code = "order_qty_too_large", 42210010


class OrderValueTooLarge(NotPossible):
    """Quantity times worst price is above what an order may be worth."""

    type, code = "order_value_too_large", 42210011


class PriceOutsideBand(NotPossible):
    """The limit is too far from the asset's last price."""

    type, code = "price_outside_band", 42210012


class NoReferencePrice(NotPossible):
    """The asset has not traded yet, and an order without a limit has nothing to be bounded by."""

    type, code = "no_reference_price", 42210013


class SymbolHalted(NotPossible):
    """No order of this symbol is taken for now."""

    type, code = "symbol_halted", 42210014


class DuplicateBurst(NotPossible):
    """The same order again and again, without a `client_order_id`: most likely a loop gone wrong."""

    type, code = "duplicate_burst", 42210015


class TooManyOrdersPerSecond(TooManyRequests):
    """Before any effect: it may be sent again a moment later."""

    type, code = "too_many_orders_per_second", 42910010


RISK_PROBLEMS: tuple[type[Problem], ...] = (
    InsufficientBuyingPower,
    InsufficientShares,
    ShortSale,
    AccountBlocked,
    TradingHalted,
    AccountHalted,
    TradeSuspended,
    TooManyOpenOrders,
    OrderQtyTooLarge,
    OrderValueTooLarge,
    PriceOutsideBand,
    NoReferencePrice,
    SymbolHalted,
    DuplicateBurst,
    TooManyOrdersPerSecond,
)
"""Of every endpoint that makes orders."""

_BY_RULE: dict[Rule, type[Problem]] = {
    Rule.NOT_POSSIBLE: NotPossible,
    Rule.ORDER_QTY_TOO_LARGE: OrderQtyTooLarge,
    Rule.ORDER_VALUE_TOO_LARGE: OrderValueTooLarge,
    Rule.PRICE_OUTSIDE_BAND: PriceOutsideBand,
    Rule.NO_REFERENCE_PRICE: NoReferencePrice,
}


def refusal(error: Refused) -> Problem:
    """The domain's refusal as an answer."""
    return _BY_RULE[error.rule](str(error))


def obstruction(found: Obstructed) -> Problem:
    """What stands in the way, as an answer."""
    because = f": {found.reason}" if found.reason else ""
    match found.obstacle:
        case "all":
            return TradingHalted(f"trading is halted{because}")
        case "account":
            return AccountHalted(f"trading of this account is halted{because}")
        case "symbol" | "halted":
            return SymbolHalted(f"trading of {found.target} is halted{because}")
        case "suspended":
            return TradeSuspended("trading of this account is suspended by its own configuration")
        case _:
            return AccountBlocked("this account is blocked")


def no_buying_power(short: Insufficient) -> Problem:
    return InsufficientBuyingPower(
        "insufficient buying power",
        buying_power=plain(short.available),
        cost_basis=plain(short.needed),
    )
