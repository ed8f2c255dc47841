"""People who use the platform through its gateway, as in its first five minutes: register, fund, trade."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from replay.platform import Platform

T = TypeVar("T")


@dataclass(frozen=True)
class Person:
    """A signed-in user. `http` sends requests to the gateway with the user's token."""

    http: httpx.Client
    user_id: str
    username: str
    password: str
    refresh_token: str
    account_id: str

    @property
    def token(self) -> str:
        return self.http.headers["Authorization"].removeprefix("Bearer ")

    def place(self, **order: Any) -> dict[str, Any]:
        """Place a limit order, good until it is cancelled unless said otherwise; the order as answered."""
        body = {"type": "limit", "time_in_force": "gtc"} | order
        answered: dict[str, Any] = good(self.http.post("/v2/orders", json=body))
        return answered

    def api_key(self, name: str = "bot") -> tuple[str, str]:
        """A new API key: its id, and its secret."""
        made = good(self.http.post("/v1/auth/api-keys", json={"name": name}))
        return made["key_id"], made["secret"]


@dataclass(frozen=True)
class Exchange:
    """The platform with its admin: lists assets, lets people in, and gives them what they trade with."""

    platform: Platform
    admin: httpx.Client

    @classmethod
    def of(cls, platform: Platform) -> Exchange:
        tokens = log_in(platform, platform.admin.username, platform.admin.password)
        return cls(platform, client(platform, tokens["access_token"]))

    def list_stock(self) -> str:
        """A new whole-share asset with a tick of one cent; its symbol, which no other test has."""
        symbol = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(8))
        asset = {"symbol": symbol, "name": f"{symbol} Incorporated", "class": "us_equity"}
        good(self.admin.post("/v1/admin/assets", json=asset))
        return symbol

    def welcome(self, cash: str = "0", tier: str = "normal", **shares: str) -> Person:
        """Register somebody, deposit `cash`, and grant shares: `welcome("1000", ACME="5")`.

        The `normal` tier has 200 requests a minute; who needs more is of the tier `load`.
        """
        username, password = f"test-{secrets.token_hex(6)}", secrets.token_urlsafe(16)
        credentials = {"username": username, "password": password}
        with client(self.platform) as stranger:
            user = good(stranger.post("/v1/auth/register", json=credentials))
        if tier != "normal":
            good(self.admin.patch(f"/v1/admin/users/{user['id']}", json={"tier": tier}))
        tokens = log_in(self.platform, username, password)
        http = client(self.platform, tokens["access_token"])
        account = good(http.get("/v2/account"))
        if cash != "0":
            good(http.post("/v1/funding/deposits", json={"amount": cash}))
        for symbol, qty in shares.items():
            grant = {"account_id": account["id"], "qty": qty}
            good(self.admin.post(f"/v1/admin/assets/{symbol}/grants", json=grant))
        return Person(http, user["id"], username, password, tokens["refresh_token"], account["id"])


def client(platform: Platform, token: str | None = None) -> httpx.Client:
    """A connection to the gateway; without a token, a stranger's."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=platform.gateway, headers=headers, timeout=20)


def log_in(platform: Platform, username: str, password: str) -> dict[str, Any]:
    """A new session's tokens."""
    with client(platform) as stranger:
        tokens: dict[str, Any] = good(
            stranger.post("/v1/auth/login", json={"username": username, "password": password})
        )
        return tokens


def good(answer: httpx.Response) -> Any:
    """The body of a 2xx answer; fails with the platform's own sentence otherwise."""
    assert answer.is_success, f"{answer.request.method} {answer.url}: {answer.text}"
    return answer.json() if answer.content else None


def eventually(ask: Callable[[], T | None], what: str, seconds: float = 30.0) -> T:
    """Ask until there is an answer: for what follows an order, such as market data."""
    until = time.monotonic() + seconds
    while (answer := ask()) is None:
        assert time.monotonic() < until, f"waited {seconds:.0f} seconds for {what}, in vain"
        time.sleep(0.05)
    return answer
