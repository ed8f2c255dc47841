"""alpaca-py's objects beside the JSON that they were made of: what it parsed must be what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import httpx
from alpaca.trading.client import TradingClient
from pydantic import BaseModel


class Bot:
    """alpaca-py's client of one person, and the same key in plain HTTP."""

    def __init__(self, gateway: str, key: tuple[str, str]) -> None:
        self.api = TradingClient(*key, url_override=gateway)
        headers = {"APCA-API-KEY-ID": key[0], "APCA-API-SECRET-KEY": key[1]}
        self.http = httpx.Client(base_url=gateway, headers=headers, timeout=30)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.http.get(f"/v2{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()


def assert_same(parsed: Any, raw: Any, but: Iterable[str] = ()) -> None:
    """Every member of `raw` that alpaca-py's model has a field for is what `parsed` holds; `but` for some."""
    if isinstance(parsed, list):
        assert len(parsed) == len(raw)
        for each, sent in zip(parsed, raw, strict=True):
            assert_same(each, sent, but)
        return
    assert isinstance(parsed, BaseModel)
    compared = 0
    for name, field in type(parsed).model_fields.items():
        sent = raw.get(field.alias or name, raw.get(name))
        if name in but:
            continue
        assert _same(getattr(parsed, name), sent), (name, getattr(parsed, name), sent)
        compared += sent is not None
    assert compared >= 3


def _same(parsed: Any, sent: Any) -> bool:
    if isinstance(parsed, Enum):
        return bool(parsed.value == sent)
    if isinstance(parsed, UUID):
        return str(parsed) == sent
    if isinstance(parsed, datetime):
        # The calendar's times have no date of their own.
        text = datetime.fromisoformat(sent) if "T" in sent else None
        return parsed.strftime("%H:%M") == sent if text is None else parsed == text
    if isinstance(parsed, date):
        return parsed.isoformat() == sent
    if isinstance(parsed, bool) or parsed is None:
        return parsed == sent
    if isinstance(parsed, float | int):
        return float(parsed) == float(sent)
    if isinstance(parsed, BaseModel):
        assert_same(parsed, sent)
        return True
    if isinstance(parsed, list) and parsed and isinstance(parsed[0], BaseModel):
        assert_same(parsed, sent)
        return True
    return bool(parsed == sent)
