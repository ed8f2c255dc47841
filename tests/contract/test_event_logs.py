"""Three logs, one contract: the engine's, auth's and trading's are read alike (contracts/README.md)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pika
import pytest
from people import Exchange, eventually, good

from devkit.home import Home
from devkit.keys import SCOPES
from devkit.testing_support.keys import ServiceKeys


@dataclass(frozen=True)
class Log:
    """One of the three, with what makes it grow."""

    service: str
    exchange: str
    scope: str
    http: httpx.Client
    broker: str
    keys: ServiceKeys
    grow: Callable[[], Any]

    def get(self, **query: Any) -> httpx.Response:
        headers = self.keys.headers("verify", self.service, self.scope)
        return self.http.get("/v1/events", params=query, headers=headers, timeout=40)

    def page(self, **query: Any) -> dict[str, Any]:
        page: dict[str, Any] = good(self.get(**query))
        return page


@pytest.fixture(scope="module", params=["matching-engine", "auth", "trading"])
def log(request: pytest.FixtureRequest, exchange: Exchange) -> Iterator[Log]:
    """A log with a few events in it."""
    assert exchange.platform.root is not None
    home = Home(exchange.platform.root)
    access, service = home.access(), request.param
    somebody = exchange.welcome()

    def trade() -> None:
        symbol = exchange.list_stock()
        seller, buyer = exchange.welcome(**{symbol: "1"}), exchange.welcome("10")
        seller.place(symbol=symbol, side="sell", qty="1", limit_price="10")
        buyer.place(symbol=symbol, side="buy", qty="1", limit_price="10")

    def deposit() -> None:
        good(somebody.http.post("/v1/funding/deposits", json={"amount": "1"}))

    grow = {"matching-engine": trade, "auth": exchange.welcome, "trading": deposit}[service]
    for _ in range(2):
        grow()
    with httpx.Client(base_url=access["services"][service]) as http:
        yield Log(
            service=service,
            exchange=f"{service.removeprefix('matching-')}.events",
            scope="engine:read" if service == "matching-engine" else "events:read",
            http=http,
            broker=access["broker"],
            keys=ServiceKeys(home.keys, home.key_set, SCOPES),
            grow=grow,
        )


def test_pages_are_in_order_without_a_gap_however_they_are_cut(log: Log) -> None:
    whole = log.page(limit=200)
    sequences = [event["sequence"] for event in whole["events"]]
    assert whole["first_sequence"] == 1
    assert len(sequences) >= 2
    assert sequences == list(range(1, len(sequences) + 1))
    for event in whole["events"]:
        # `trace` is there only when the request was sampled.
        assert set(event) - {"trace"} == {"sequence", "time_ns", "kind", "data"}
        assert event.get("trace", "absent") is not None
    cut: list[Any] = []
    while len(cut) < len(sequences):
        page = log.page(after=len(cut), limit=7)
        assert page["log_id"] == whole["log_id"]
        assert 1 <= len(page["events"]) <= 7
        cut += page["events"]
    # The same events, and not only the same numbers.
    assert cut[: len(sequences)] == whole["events"]


def test_the_end_is_answered_at_once_and_waited_at_when_asked_to(log: Log) -> None:
    last = eventually(lambda: _last(log), "the log to stand still")
    past = log.page(after=last + 1_000_000, wait_ms=30_000)
    assert past["events"] == []
    assert past["last_sequence"] < last + 1_000_000
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(log.page, after=last, wait_ms=30_000)
        log.grow()
        page = waiting.result(timeout=25)
    assert page["events"][0]["sequence"] == last + 1
    assert page["last_sequence"] >= last + 1


def test_what_no_reader_may_ask_is_refused_with_a_sentence(log: Log) -> None:
    for query in ({"after": -1}, {"after": "x"}, {"limit": 0}, {"limit": 10_001},
                  {"wait_ms": -1}, {"wait_ms": 30_001}):  # fmt: skip
        answer = log.get(**query)
        assert answer.status_code in (400, 422), (query, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert next(iter(query)) in answer.json()["message"]


def test_only_services_with_the_scope_may_read(log: Log, exchange: Exchange) -> None:
    keys, now = log.keys, int(time.time())
    refused = {
        "nobody": {},
        "a user": {"Authorization": f"Bearer {exchange.welcome().token}"},
        "a service for another": keys.headers("verify", "market-data", log.scope),
        "a service without the scope": keys.headers("gateway", log.service, "keys:exchange"),
        "a service that takes the scope": keys.headers("gateway", log.service, log.scope),
        "a service of yesterday": {
            "Authorization": "Bearer "
            + keys.token("verify", log.service, log.scope, iat=now - 9000, exp=now - 8900)
        },
    }
    for who, headers in refused.items():
        answer = log.http.get("/v1/events", headers=headers)
        assert answer.status_code in (401, 403), who
        assert answer.headers["content-type"] == "application/problem+json", who


def test_messages_say_what_the_log_says(log: Log) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(log.broker))
    try:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, log.exchange)
        before = log.page(after=0, limit=1)["last_sequence"]
        log.grow()
        expected = eventually(
            lambda: log.page(after=before)["events"] or None, "the log to have grown"
        )
        by_message: dict[int, Any] = {}

        def all_heard() -> bool | None:
            method, properties, body = channel.basic_get(queue, auto_ack=True)
            if method is not None and body is not None:
                message = json.loads(body)
                assert properties is not None
                assert properties.delivery_mode == 2, "messages outlive the broker"
                assert {"log_id", "last_sequence", "events"} <= set(message)
                by_message.update({event["sequence"]: event for event in message["events"]})
            return all(event["sequence"] in by_message for event in expected) or None

        eventually(all_heard, f"{len(expected)} events by message")
        assert [by_message[event["sequence"]] for event in expected] == expected
    finally:
        connection.close()


def _last(log: Log) -> int | None:
    """Where the log ends, once nothing was added between two looks; the engine's always ticks."""
    first, second = (log.page(limit=1)["last_sequence"] for _ in range(2))
    return second if first == second else None
