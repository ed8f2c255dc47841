"""`python -m oracle.corpus`: write beside each stream of the corpus what the plain engine makes of it.

`*.events` has its answers, `*.books` what readers see at the end. The matching engine's own tests
compare these files with what it says, without any Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from oracle.market import Market, compact
from oracle.orders import Json, Side, State
from oracle.streams import Stream

CORPUS = Path(__file__).parents[1] / "corpus"


def streams() -> list[Path]:
    return sorted(CORPUS.glob("*.stream"))


def run(stream: bytes) -> tuple[list[str], list[str]]:
    """The lines that `matching-engine decide` must print for it, and the books at its end."""
    market = Market()
    answers = [
        line
        for command, stamp_ns in Stream(stream)
        for answer in market.submit(command, stamp_ns)
        for line in answer.lines()
    ]
    return answers, list(books(market))


def books(market: Market) -> Iterator[str]:
    """What each symbol shows, and its open orders by id."""
    for symbol, book in market.books.items():
        shown = {side: [list(level) for level in book.shown_levels(side)] for side in Side}
        yield compact({"symbol": symbol, "bids": shown[Side.BUY], "asks": shown[Side.SELL]})
        for order_id, order in sorted(book.open_orders.items()):
            view: Json = {
                "order_id": order_id,
                "account_id": order.account_id,
                "side": order.side,
                "order_type": order.order_type,
                "time_in_force": order.time_in_force,
                "state": order.state,
                "limit_price_ticks": order.limit_price_ticks,
                "quantity_lots": order.quantity_lots,
                "remaining_lots": order.remaining_lots,
            }
            if order.state is State.DORMANT:
                view["stop_price_ticks"] = order.trigger_ticks
            yield compact(view)


def kept(stream: Path) -> tuple[Path, Path]:
    """Where a stream's answers and its books are kept."""
    return stream.with_suffix(".events"), stream.with_suffix(".books")


def main() -> None:
    for stream in streams():
        for path, lines in zip(kept(stream), run(stream.read_bytes()), strict=True):
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
