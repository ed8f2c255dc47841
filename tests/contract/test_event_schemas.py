"""What the three logs really say is what their JSON Schemas allow, kind by kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from people import Exchange, Person, client, eventually, good, log_in

from devkit.home import Home
from devkit.keys import SCOPES
from devkit.testing_support.keys import ServiceKeys

CORRECTIONS = "00000000-0000-0000-0000-000000000006"
CONTRACTS = Path(__file__).parents[2] / "contracts"


def live_in_auth(exchange: Exchange) -> str:
    """Everything that can be told of a user; returns the user's id."""
    person = exchange.welcome()
    key = good(person.http.post("/v1/auth/api-keys", json={"name": "bot"}))
    good(person.http.delete(f"/v1/auth/api-keys/{key['id']}"))
    with client(exchange.platform) as stranger:

        def fails(username: str, password: str) -> None:
            tried = {"username": username, "password": password}
            assert stranger.post("/v1/auth/login", json=tried).status_code in (401, 403)

        fails(person.username, "not the password")
        fails("nobody-of-this-name", "any password")
        used = {"refresh_token": person.refresh_token}
        good(stranger.post("/v1/auth/refresh", json=used))
        assert stranger.post("/v1/auth/refresh", json=used).status_code == 401
        tokens = log_in(exchange.platform, person.username, person.password)
        refresh = {"refresh_token": tokens["refresh_token"]}
        good(stranger.post("/v1/auth/logout", json=refresh))
        change = {"tier": "load", "roles": ["trader", "auditor"], "disabled": True}
        good(exchange.admin.patch(f"/v1/admin/users/{person.user_id}", json=change))
        fails(person.username, person.password)
    return person.user_id


def live_in_trading(exchange: Exchange) -> str:
    """Money and shares in every way that they come and go; returns the id of the account."""
    symbol = exchange.list_stock()
    person = exchange.welcome("100.50", **{symbol: "3"})
    good(person.http.post("/v1/funding/withdrawals", json={"amount": "0.50"}))
    risk_in_trading(exchange, person, symbol)
    return person.account_id


def risk_in_trading(exchange: Exchange, person: Person, symbol: str) -> None:
    """What administrators do to an account and to a symbol, and take back."""
    admin = exchange.admin
    limits = {"max_order_qty": "100", "max_open_orders": 5, "market_collar": "0.05"}
    good(admin.put(f"/v1/admin/accounts/{person.account_id}/risk", json=limits))
    good(admin.patch(f"/v1/admin/assets/{symbol}", json={"price_band": "0.1"}))
    for target in (f"accounts/{person.account_id}", f"symbols/{symbol}"):
        good(admin.put(f"/v1/admin/halts/{target}", json={"reason": "a drill"}))
        good(admin.delete(f"/v1/admin/halts/{target}"))
    for phase in ("halt", "resume"):
        good(admin.post(f"/v1/admin/assets/{symbol}/{phase}"))
    rates = {"maker_rate": "0.001", "taker_rate": "0.002"}
    good(admin.put("/v1/admin/fee-tiers/drill", json=rates))
    tier = f"/v1/admin/accounts/{person.account_id}/fee-tier"
    good(admin.put(tier, json={"tier": "drill"}))
    legs = [
        {"account_id": account, "asset": "USD", "amount": amount}
        for account, amount in ((person.account_id, "1"), (CORRECTIONS, "-1"))
    ]
    key = {"Idempotency-Key": f"drill-{person.account_id}"}
    body = {"reason": "a drill", "legs": legs}
    good(admin.post("/v1/admin/corrections", json=body, headers=key))


def live_in_the_engine(exchange: Exchange) -> str:
    """Orders that rest, trade, and go; returns the symbol."""
    symbol = exchange.list_stock()
    seller, buyer = exchange.welcome(**{symbol: "3"}), exchange.welcome("100")
    order: dict[str, Any] = {"symbol": symbol, "limit_price": "10"}
    resting = seller.place(side="sell", qty="3", **order)
    buyer.place(side="buy", qty="1", **order)
    buyer.place(side="buy", qty="5", time_in_force="fok", **order)
    buyer.place(side="buy", qty="1", time_in_force="ioc", **order)
    cancel(seller, resting["id"])
    return symbol


def cancel(person: Person, order_id: str) -> None:
    good(person.http.delete(f"/v2/orders/{order_id}"))


LIVES: dict[str, tuple[str, str, Callable[[Exchange], str], set[str]]] = {
    "auth": ("auth/events.schema.json", "events:read", live_in_auth, set()),
    # An order expires only while the engine is away: faults/test_trading_crashes.py looks at that.
    "trading": (
        "trading/events.schema.json", "events:read", live_in_trading,
        # Deposits are announced only where they take time to arrive.
        {"order_rejected", "deposit_announced"},
    ),
    # What trading never asks for; the engine's own tests hold these to the same schema.
    "matching-engine": (
        "engine/event.schema.json", "engine:read", live_in_the_engine,
        {"symbol_rejected", "order_rejected", "cancel_rejected", "order_expired", "session_ended",
         "phase_changed", "order_repriced", "order_reduced", "order_triggered", "order_replaced",
         "replace_rejected", "all_cancelled"},
    ),
}  # fmt: skip


def validator(schema_file: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((CONTRACTS / schema_file).read_text())
    return jsonschema.Draft202012Validator(schema)


def read(exchange: Exchange, service: str, scope: str) -> list[dict[str, Any]]:
    assert exchange.platform.root is not None
    home = Home(exchange.platform.root)
    keys = ServiceKeys(home.keys, home.key_set, SCOPES)
    url = home.access()["services"][service]
    events: list[dict[str, Any]] = []
    while True:
        page = good(
            httpx.get(
                f"{url}/v1/events",
                params={"after": len(events), "limit": 10_000},
                headers=keys.headers("verify", service, scope),
                timeout=40,
            )
        )
        events += page["events"]
        if not page["events"]:
            return events


@pytest.mark.parametrize("service", LIVES)
def test_every_kind_of_event_is_as_its_schema_says(exchange: Exchange, service: str) -> None:
    schema_file, scope, live, elsewhere = LIVES[service]
    schema = validator(schema_file)
    kinds = {one["properties"]["kind"]["const"] for one in schema.schema["oneOf"]}

    live(exchange)

    def whole() -> list[dict[str, Any]] | None:
        events = read(exchange, service, scope)
        return events if kinds - elsewhere <= {event["kind"] for event in events} else None

    events = eventually(whole, f"every kind of event: {sorted(kinds - elsewhere)}")
    for event in events:
        assert schema.is_valid(event), (event, [e.message for e in schema.iter_errors(event)])


def test_the_actor_is_the_user_who_acted(exchange: Exchange) -> None:
    person = exchange.welcome("5")
    administrator = good(exchange.admin.get("/v1/auth/me"))["id"]
    symbol = exchange.list_stock()
    grant = {"account_id": person.account_id, "qty": "1"}
    good(exchange.admin.post(f"/v1/admin/assets/{symbol}/grants", json=grant))

    def told() -> dict[str, dict[str, Any]] | None:
        events = read(exchange, "trading", "events:read")
        mine = {
            e["kind"]: e["data"] for e in events if e["data"].get("account_id") == person.account_id
        }
        return mine if {"account_opened", "deposited", "shares_granted"} <= set(mine) else None

    events = eventually(told, "the account's events")
    assert events["account_opened"]["user_id"] == person.user_id
    assert events["deposited"]["actor_id"] == person.user_id
    assert events["shares_granted"]["actor_id"] == administrator
