"""What must hold after any command of any stream, whatever the rules say in detail."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Market, Side, Stream
from oracle.book import OrderBook
from oracle.orders import Json, State

streams = st.binary(max_size=2_000)


def assert_sound(book: OrderBook) -> None:
    bid, ask = (book.sides[side].touch_ticks for side in (Side.BUY, Side.SELL))
    assert bid is None or ask is None or bid < ask
    assert book.triggered == []
    active = [order for side in book.sides.values() for order in side]
    assert {order.order_id for order in active + book.dormant} == set(book.open_orders)
    assert len(active) + len(book.dormant) == len(book.open_orders)
    for order in active:
        assert order.state is State.ACTIVE
        assert 1 <= order.shown_lots <= order.remaining_lots <= order.quantity_lots
    for order in book.open_orders.values():
        if order.partner is not None:
            assert order.partner.partner is order
            assert order.partner.remaining_lots == order.remaining_lots


# P6, O9
@settings(deadline=None)
@given(streams)
def test_after_every_command_no_book_is_crossed_and_every_active_order_shows_a_lot(
    stream: bytes,
) -> None:
    market = Market()
    for command, stamp_ns in Stream(stream):
        market.submit(command, stamp_ns)
        for book in market.books.values():
            assert_sound(book)


def lots_of(event: Json) -> Counter[str]:
    """The lots that an event takes from each order, by order id."""
    data = event["data"]
    match event["kind"]:
        case "trade":
            lots = data["quantity_lots"]
            return Counter({data["maker_order_id"]: lots, data["taker_order_id"]: lots})
        case "order_cancelled" | "order_expired":
            return Counter({data["order_id"]: data["remaining_lots"]})
        case "order_reduced":
            return Counter({data["order_id"]: data["reduced_lots"]})
    return Counter()


# L3, S3
@settings(deadline=None)
@given(streams)
def test_every_lot_trades_is_lost_or_remains_and_a_pair_trades_its_quantity_at_most(
    stream: bytes,
) -> None:
    market = Market()
    remaining: Counter[str] = Counter()
    of_pair: dict[str, list[int]] = {}  # what both legs together may still trade
    for command, stamp_ns in Stream(stream):
        for answer in market.submit(command, stamp_ns):
            for event in answer.events:
                data = event["data"]
                if event["kind"] == "order_accepted":
                    order_id, partner = data["order_id"], data.get("oco_order_id")
                    remaining[order_id] = data["quantity_lots"]
                    of_pair[order_id] = of_pair.get(partner, [data["quantity_lots"]])
                    if partner is not None:
                        of_pair[partner] = of_pair[order_id]
                if event["kind"] == "order_replaced":
                    old, new = data["order_id"], data["new_order_id"]
                    change = data["remaining_lots"] - remaining.pop(old)
                    remaining[new] = data["remaining_lots"]
                    of_pair[new] = of_pair.pop(old)
                    of_pair[new][0] += change
                remaining.subtract(lots_of(event))
                if event["kind"] == "trade":
                    for role in ("maker", "taker"):
                        order_id = data[f"{role}_order_id"]
                        of_pair[order_id][0] -= data["quantity_lots"]
                        assert of_pair[order_id][0] >= 0
                        assert data[f"{role}_remaining_lots"] == remaining[order_id]
    still_open = {
        order_id: order.remaining_lots
        for book in market.books.values()
        for order_id, order in book.open_orders.items()
    }
    assert still_open == +remaining
