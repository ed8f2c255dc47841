"""A trade: two fills, the money of both, and what they set off."""

from datetime import datetime
from decimal import Decimal
from uuid import uuid5

from chassis.clock import from_ns
from chassis.event_log.events import Event
from trading.domain.fills import Fill, fill
from trading.domain.ledger import FEES, HOUSE, Leg
from trading.domain.money import ZERO
from trading.domain.order import CASH, Order, Side
from trading.settlement import exits, trailing
from trading.settlement.batch import Batch, Execution
from trading.settlement.updates import fill_update_of


def trade(batch: Batch, event: Event) -> None:
    data, at = event.data, from_ns(event.time_ns)
    asset = batch.asset(data["symbol"], event)
    price = asset.price(data["price_ticks"])
    qty = asset.qty(data["quantity_lots"])
    taker = batch.order(data["taker_order_id"], event)
    maker = batch.order(data["maker_order_id"], event)
    buyer, seller = (taker, maker) if taker.side is Side.BUY else (maker, taker)

    # Cost before quantity: selling uses up the average cost of what is on hand.
    shares = batch.ledger.balance(seller.account_id, asset.symbol)
    cost_sold = shares.cost_of(qty)
    sold, bought = (
        fill(each, price, qty, taker=each is taker, at=at, partner=batch.partner(each))
        for each in (seller, buyer)
    )
    _post(batch, event.sequence, qty, (buyer, bought), (seller, sold))
    shares.cost -= cost_sold
    realized = sold.cash - cost_sold
    shares.realized += realized
    batch.ledger.balance(buyer.account_id, asset.symbol).cost += bought.cash

    for order, money, gain in ((buyer, bought, None), (seller, sold, realized)):
        _record(batch, event.sequence, order, money, gain, price, qty, order is taker, at)
    batch.last_prices[asset.symbol] = price
    batch.traded.add(asset.symbol)
    if asset.symbol in batch.trailing:
        trailing.follow_trade(batch, asset, price, at)
    if buyer.group_id is not None:
        exits.bought(batch, event, buyer, qty, at)


def _post(
    batch: Batch,
    sequence: int,
    qty: Decimal,
    buy: tuple[Order, Fill],
    sell: tuple[Order, Fill],
) -> None:
    (buyer, bought), (seller, sold) = buy, sell
    symbol, fees = buyer.symbol, bought.fee + sold.fee
    legs = [
        Leg(buyer.account_id, CASH, bought.released, -(bought.cash + bought.released)),
        Leg(seller.account_id, CASH, sold.cash),
        Leg(seller.account_id, symbol, sold.released, -(qty + sold.released)),
        Leg(buyer.account_id, symbol, qty),
    ]
    rounding = bought.cash - sold.cash - fees
    if rounding != ZERO:
        legs.append(Leg(HOUSE, CASH, rounding))
    if fees != ZERO:
        legs.append(Leg(FEES, CASH, fees))
    batch.ledger.post("execution", uuid5(batch.log_id, str(sequence)), legs)


def _record(
    batch: Batch,
    sequence: int,
    order: Order,
    money: Fill,
    realized: Decimal | None,
    price: Decimal,
    qty: Decimal,
    taker: bool,
    at: datetime,
) -> None:
    execution_id = uuid5(batch.log_id, f"{sequence}:{order.side}")
    batch.changed.add(order.id)
    batch.executions.append(
        Execution(
            id=execution_id,
            sequence=sequence,
            side=order.side,
            liquidity="taker" if taker else "maker",
            order_id=order.id,
            account_id=order.account_id,
            symbol=order.symbol,
            price=price,
            qty=qty,
            cash=money.cash,
            fee=money.fee,
            realized=realized,
            cum_qty=order.filled_qty,
            leaves_qty=order.remaining,
            executed_at=at,
        )
    )
    batch.updates.append(
        fill_update_of(
            order,
            batch.assets[order.symbol],
            at,
            execution_id=execution_id,
            price=price,
            qty=qty,
            position_qty=batch.ledger.balance(order.account_id, order.symbol).total,
        )
    )
