"""Portfolio history (Alpaca's shape, in JSON numbers) and statements (ours, in decimal text)."""

from datetime import date

from pydantic import BaseModel

from trading.answers import Answer


class PortfolioHistoryDocument(BaseModel):
    """Arrays of one length: an entry for each window. `cashflow` is there when `cashflow_types` asked for it."""

    timestamp: list[int]
    equity: list[float]
    profit_loss: list[float]
    profit_loss_pct: list[float | None]
    base_value: float
    base_value_asof: date
    timeframe: str
    cashflow: dict[str, list[float]] | None = None


class StatementDocument(Answer):
    """A session that is over. Equity at its start and its end, in US dollars."""

    date: date
    opening_equity: str
    closing_equity: str


class StatementsDocument(Answer):
    statements: list[StatementDocument]
    next_cursor: str | None
