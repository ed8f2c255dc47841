"""The route table: everything the platform answers, and by which rules. What is not in it is 404.

Read it as the table of contents. A row is one path template with the methods that share its rules; the
policies (`gateway.policies`) are composed for every row when the process starts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Upstream(StrEnum):
    """The services behind the gateway, by the name that they have as token audience."""

    AUTH = "auth"
    TRADING = "trading"
    MARKET_DATA = "market-data"
    AUDIT_LOG = "audit-log"


Auth = Literal["public", "unverified", "optional", "user"]
"""`public`: no credentials are looked at, and none are passed on. `unverified`: a bearer token passes as it is,
for auth to judge. `optional`: credentials are verified where there are any. `user`: a signed-in user or an API key."""

RateClass = Literal["api", "admin", "sign_in", "public"]
"""Whose bucket a request draws from: `api` and `admin` per user, `sign_in` and `public` per client address.

On an `optional` route who gives no credentials draws from the `public` bucket of their address.
"""

Retry = Literal["safe", "unsent"]
"""`safe`: try again whatever went wrong. `unsent`: only when not one byte can have reached the upstream."""

FirstFrame = Literal["none", "market_data", "trading"]
"""Whose protocol the first frame on a websocket follows, where Alpaca's clients send their key."""

BreakerClass = Literal["reads", "orders", "cancels", "writes"]
"""What fails together. Cancels stand alone: they reduce risk, and failing placements must not shut them out."""

SAFE_METHODS = frozenset({"GET", "HEAD"})
READ_DEADLINE_S = 5.0
WRITE_DEADLINE_S = 8.0
"""Shorter than the 10 s that a shutdown leaves to requests under way, so that no write is ever cut off by one."""
SMALL_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One row. In `path`, `{name}` stands for one segment, `*` for one or more.

    A row is equal only to itself, so that looking things up by it costs nothing.
    """

    path: str
    methods: frozenset[str]
    upstream: Upstream
    auth: Auth
    scopes: frozenset[str]
    rate: RateClass
    deadline_s: float
    retry: Retry
    breaker: BreakerClass
    body_limit_bytes: int
    cookies: frozenset[str] = frozenset()
    """Names of the cookies that pass upstream; all others end at the gateway."""

    @property
    def is_safe(self) -> bool:
        """Whether the row only reads, so that doing it twice or giving it up does no harm."""
        return self.methods <= SAFE_METHODS

    @property
    def may_set_cookies(self) -> bool:
        """Whether `Set-Cookie` passes back: only who signs people in has a reason to."""
        return self.upstream is Upstream.AUTH


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """One row of the websockets. Its path means nothing to a plain request, and the other way round."""

    path: str
    upstream: Upstream
    auth: Literal["optional", "user"]
    """`optional`: whoever gives no credentials is let in, and counts for their address. `user`: credentials come
    with the handshake or, where the row has such a protocol, in the first frame."""
    scopes: frozenset[str]
    first_frame: FirstFrame


def _read(
    path: str,
    upstream: Upstream,
    *scopes: str,
    auth: Auth = "user",
    rate: RateClass = "api",
) -> Route:
    return Route(
        path,
        SAFE_METHODS,
        upstream,
        auth,
        frozenset(scopes),
        rate,
        READ_DEADLINE_S,
        "safe",
        "reads",
        SMALL_BODY_BYTES,
    )


def _write(
    method: str,
    path: str,
    upstream: Upstream,
    *scopes: str,
    auth: Auth = "user",
    rate: RateClass = "api",
    breaker: BreakerClass = "writes",
    cookies: frozenset[str] = frozenset(),
) -> Route:
    return Route(
        path,
        frozenset({method}),
        upstream,
        auth,
        frozenset(scopes),
        rate,
        WRITE_DEADLINE_S,
        "unsent",
        breaker,
        SMALL_BODY_BYTES,
        cookies,
    )


_AUTH, _TRADING = Upstream.AUTH, Upstream.TRADING
_MARKET, _AUDIT = Upstream.MARKET_DATA, Upstream.AUDIT_LOG

BETWEEN_SERVICES = frozenset(
    {"/v1/auth/api-keys/exchange", "/v1/auth/stream-tickets/exchange", "/v1/events"}
)
"""Paths of the upstreams that are nobody's business outside; they stay 404 even where a row would match them."""

TABLE: tuple[Route, ...] = (
    # Signing in
    _write("POST", "/v1/auth/register", _AUTH, auth="public", rate="sign_in"),
    _write("POST", "/v1/auth/login", _AUTH, auth="public", rate="sign_in"),
    _write(
        "POST",
        "/v1/auth/refresh",
        _AUTH,
        auth="public",
        rate="sign_in",
        cookies=frozenset({"refresh_token"}),
    ),
    # Who has a refresh token in the body may log out whatever else is sent along, an old access token too.
    _write("POST", "/v1/auth/logout", _AUTH, auth="unverified", rate="sign_in"),
    _read("/v1/jwks", _AUTH, auth="public", rate="public"),
    # One's own user, and API keys
    _read("/v1/auth/me", _AUTH),
    _read("/v1/auth/api-keys", _AUTH),
    _write("POST", "/v1/auth/api-keys", _AUTH),
    _write("DELETE", "/v1/auth/api-keys/{id}", _AUTH),
    _write("POST", "/v1/auth/stream-tickets", _AUTH),
    # Orders
    _read("/v2/orders", _TRADING, "trading:read"),
    _write("POST", "/v2/orders", _TRADING, "trading:write", breaker="orders"),
    _write("DELETE", "/v2/orders", _TRADING, "trading:write", breaker="cancels"),
    _read("/v2/orders/{id}", _TRADING, "trading:read"),
    _write("DELETE", "/v2/orders/{id}", _TRADING, "trading:write", breaker="cancels"),
    _write("PATCH", "/v2/orders/{id}", _TRADING, "trading:write", breaker="orders"),
    _read("/v2/orders:by_client_order_id", _TRADING, "trading:read"),
    _write("POST", "/v1/orders", _TRADING, "trading:write", breaker="orders"),
    _write("PATCH", "/v1/orders/{id}", _TRADING, "trading:write", breaker="orders"),
    # The account (symbols may hold a slash, as BTC/USD does, which clients send as it is)
    _read("/v2/account", _TRADING, "trading:read"),
    _read("/v1/account/trade-updates", _TRADING, "trading:read"),
    _read("/v2/account/portfolio/history", _TRADING, "trading:read"),
    _read("/v1/account/statements", _TRADING, "trading:read"),
    _read("/v1/account/statements/{date}", _TRADING, "trading:read"),
    _read("/v2/account/configurations", _TRADING, "trading:read"),
    _write("PATCH", "/v2/account/configurations", _TRADING, "trading:write"),
    _read("/v2/account/activities", _TRADING, "trading:read"),
    _read("/v2/account/activities/{type}", _TRADING, "trading:read"),
    _read("/v2/positions", _TRADING, "trading:read"),
    _read("/v2/positions/*", _TRADING, "trading:read"),
    _write("DELETE", "/v2/positions", _TRADING, "trading:write", breaker="orders"),
    _write("DELETE", "/v2/positions/*", _TRADING, "trading:write", breaker="orders"),
    _write("POST", "/v1/funding/deposits", _TRADING, "trading:write"),
    _write("POST", "/v1/funding/withdrawals", _TRADING, "trading:write"),
    # What can be traded, and when
    _read("/v2/assets", _TRADING, "trading:read"),
    _read("/v2/assets/*", _TRADING, "trading:read"),
    _read("/v2/clock", _TRADING, "trading:read"),
    _read("/v2/calendar", _TRADING, "trading:read"),
    # Watchlists
    _read("/v2/watchlists", _TRADING, "trading:read"),
    _write("POST", "/v2/watchlists", _TRADING, "trading:write"),
    _read("/v2/watchlists/{id}", _TRADING, "trading:read"),
    _write("PUT", "/v2/watchlists/{id}", _TRADING, "trading:write"),
    _write("POST", "/v2/watchlists/{id}", _TRADING, "trading:write"),
    _write("DELETE", "/v2/watchlists/{id}", _TRADING, "trading:write"),
    _write("DELETE", "/v2/watchlists/{id}/*", _TRADING, "trading:write"),
    _read("/v2/watchlists:by_name", _TRADING, "trading:read"),
    _write("PUT", "/v2/watchlists:by_name", _TRADING, "trading:write"),
    _write("POST", "/v2/watchlists:by_name", _TRADING, "trading:write"),
    _write("DELETE", "/v2/watchlists:by_name", _TRADING, "trading:write"),
    # Market data, which needs no account
    _read("/v2/stocks/*", _MARKET, auth="optional"),
    _read("/v1/market/*", _MARKET, auth="optional"),
    # The record of everything; the audit log itself shows traders only their own entries
    _read("/v1/audit/*", _AUDIT),
    # Administration
    _read("/v1/admin/users", _AUTH, "admin", rate="admin"),
    _write("PATCH", "/v1/admin/users/{id}", _AUTH, "admin", rate="admin"),
    _write("POST", "/v1/admin/assets", _TRADING, "admin", rate="admin"),
    _write("POST", "/v1/admin/assets/*/grants", _TRADING, "admin", rate="admin"),
    _write("POST", "/v1/admin/assets/*/halt", _TRADING, "admin", rate="admin"),
    _write("POST", "/v1/admin/assets/*/resume", _TRADING, "admin", rate="admin"),
    _write("PATCH", "/v1/admin/assets/*", _TRADING, "admin", rate="admin"),
    _read("/v1/admin/halts", _TRADING, "admin", rate="admin"),
    _write("PUT", "/v1/admin/halts/all", _TRADING, "admin", rate="admin"),
    _write("DELETE", "/v1/admin/halts/all", _TRADING, "admin", rate="admin"),
    _write("PUT", "/v1/admin/halts/accounts/*", _TRADING, "admin", rate="admin"),
    _write("DELETE", "/v1/admin/halts/accounts/*", _TRADING, "admin", rate="admin"),
    _write("PUT", "/v1/admin/halts/symbols/*", _TRADING, "admin", rate="admin"),
    _write("DELETE", "/v1/admin/halts/symbols/*", _TRADING, "admin", rate="admin"),
    _read("/v1/admin/accounts/{id}/risk", _TRADING, "admin", rate="admin"),
    _write("PUT", "/v1/admin/accounts/{id}/risk", _TRADING, "admin", rate="admin"),
    _write("POST", "/v1/admin/corrections", _TRADING, "admin", rate="admin"),
    _read("/v1/admin/fee-tiers", _TRADING, "admin", rate="admin"),
    _write("PUT", "/v1/admin/fee-tiers/{name}", _TRADING, "admin", rate="admin"),
    _write("PUT", "/v1/admin/accounts/{id}/fee-tier", _TRADING, "admin", rate="admin"),
)

STREAMS: tuple[Stream, ...] = (
    Stream("/v1/stream/market", _MARKET, "optional", frozenset(), "none"),
    Stream("/v2/{feed}", _MARKET, "user", frozenset(), "market_data"),
    Stream("/stream", _TRADING, "user", frozenset({"trading:read"}), "trading"),
)
"""The websockets, found by their own index: `/v2/{feed}` hides nothing of the table above."""


def faults(table: Iterable[Route]) -> list[str]:
    """What is wrong with a table, a sentence each; the gateway does not start with any."""
    found: list[str] = []
    seen: set[tuple[str, str]] = set()
    for route in table:
        where = f"{'/'.join(sorted(route.methods))} {route.path}"
        if route.path in BETWEEN_SERVICES:
            found.append(f"{where}: this path is between services")
        for method in route.methods:
            if (method, route.path) in seen:
                found.append(f"{where}: {method} stands in the table twice")
            seen.add((method, route.path))
        if not _is_well_formed(route.path):
            found.append(f"{where}: the path must begin with / and have no empty segment")
        if not route.methods:
            found.append(f"{where}: no method")
        if bool(route.methods & SAFE_METHODS) != route.is_safe:
            found.append(f"{where}: reads and writes need rows of their own")
        if route.retry == "safe" and not route.is_safe:
            found.append(f"{where}: only reads may be tried again blindly")
        if (route.breaker == "reads") != route.is_safe:
            found.append(f"{where}: reads, and only they, count in the class reads")
        if route.auth in ("public", "unverified") and (
            route.scopes or route.rate in ("api", "admin")
        ):
            found.append(f"{where}: a public route knows no user, so neither scopes nor tiers")
        if route.auth == "optional" and (route.scopes or route.rate != "api" or not route.is_safe):
            found.append(f"{where}: what anybody may do is to read, without scopes, as api")
        if route.cookies and route.upstream is not Upstream.AUTH:
            found.append(f"{where}: only auth gets cookies")
        if route.auth == "user" and route.rate in ("sign_in", "public"):
            found.append(f"{where}: a user's requests draw from the user's bucket")
        if not 0 < route.deadline_s < 10:
            found.append(f"{where}: the deadline must lie between 0 and the 10 s of a shutdown")
        if route.body_limit_bytes < 0:
            found.append(f"{where}: the body limit is negative")
    return found


def stream_faults(table: Iterable[Stream]) -> list[str]:
    """The same for the websockets' rows."""
    found: list[str] = []
    seen: set[str] = set()
    for stream in table:
        where = f"websocket {stream.path}"
        if stream.path in seen:
            found.append(f"{where}: stands in the table twice")
        seen.add(stream.path)
        if not _is_well_formed(stream.path):
            found.append(f"{where}: the path must begin with / and have no empty segment")
        if stream.auth == "optional" and (stream.scopes or stream.first_frame != "none"):
            found.append(f"{where}: who needs no credentials has no scopes and no first frame")
    return found


def _is_well_formed(path: str) -> bool:
    return path.startswith("/") and not path.endswith("/") and "//" not in path
