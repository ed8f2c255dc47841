"""Trading dies at each of its named places in turn, as by kill -9, with an order under way.

Whoever placed the order saw a connection break. After the restart the order must have a fate that can be
found by its client order id: accepted once, or certainly absent, and then the id is free.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import jsonschema
import pytest
from lone_trading import LoneTrading, lone_trading

from devkit.testing_support.databases import Databases
from devkit.testing_support.keys import ServiceKeys

_SCHEMA_FILE = Path(__file__).parents[2] / "contracts" / "trading" / "events.schema.json"
SCHEMA = jsonschema.Draft202012Validator(json.loads(_SCHEMA_FILE.read_text()))


@pytest.fixture(scope="module")
def trading(
    databases: Databases, engine_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LoneTrading]:
    folder = tmp_path_factory.mktemp("lone-trading")
    keys = ServiceKeys.generate(folder / "keys")
    with lone_trading(databases, engine_binary, keys, folder) as running:
        yield running


@pytest.fixture(autouse=True)
def stopped_afterwards(trading: LoneTrading) -> Iterator[None]:
    yield
    trading.stop()


def place_and_die(trading: LoneTrading, client_order_id: str) -> None:
    """The client may see an answer only where settlement was committed already."""
    answer = None
    with contextlib.suppress(httpx.TransportError):
        answer = trading.place(client_order_id)
    trading.died()
    assert answer is None or (answer.status_code, answer.json()["status"]) == (200, "new")


@pytest.mark.parametrize(
    "point",
    ["commit_answer", "after_commit", "before_send", "after_send", "before_settle", "after_settle"],
)
def test_an_order_that_was_committed_is_accepted_once(trading: LoneTrading, point: str) -> None:
    trading.start(FAILPOINTS=f"{point}=exit")
    before = Decimal(trading.buying_power())

    place_and_die(trading, point)

    trading.start()
    order = trading.reaches(point, "new")
    assert Decimal(trading.buying_power()) == before - 1
    repeat = trading.place(point)
    assert repeat.status_code == 422
    assert repeat.json()["existing_order_id"] == order["id"]
    assert trading.accepted()[point] == 1
    assert trading.updates(order["id"]) == ["new"]
    trading.verify()


def test_an_order_that_was_not_committed_never_was_and_its_id_is_free(trading: LoneTrading) -> None:
    trading.start(FAILPOINTS="before_commit=exit")
    before = Decimal(trading.buying_power())

    place_and_die(trading, "before_commit")

    trading.start()
    assert trading.find("before_commit") is None
    assert Decimal(trading.buying_power()) == before
    assert trading.accepted()["before_commit"] == 0
    assert trading.place("before_commit").json()["status"] == "new"
    assert Decimal(trading.buying_power()) == before - 1
    assert trading.accepted()["before_commit"] == 1
    trading.verify()


def test_an_order_whose_time_passed_while_trading_was_dead_is_rejected(
    trading: LoneTrading,
) -> None:
    """Committed, never sent, and nobody there to send it until it expired."""
    trading.start(FAILPOINTS="after_commit=exit", COMMAND_TTL_S="0.05")
    before = Decimal(trading.buying_power())

    place_and_die(trading, "too-late")

    trading.start()
    order = trading.reaches("too-late", "rejected")
    assert order["reject_reason"] == "expired"
    assert Decimal(trading.buying_power()) == before
    assert trading.accepted()["too-late"] == 0
    assert trading.updates(order["id"]) == ["rejected"]
    trading.verify()
    told = trading.told(order["id"])
    SCHEMA.validate(told)
    assert (told["kind"], told["data"]["reason"]) == ("order_rejected", "expired")
