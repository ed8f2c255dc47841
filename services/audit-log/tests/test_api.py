"""Reading the record: what each filter finds, who sees what, and the proof."""

import json

import pytest
from sqlalchemy import text

from audit_log.verify import proof as proof_module
from audit_log.verify.standing import MAX_REST_S, REST_S, StandingProof

ENGINE, AUTH, TRADING = "engine.events", "auth.events", "trading.events"
ALICE, BOB = "user-alice", "user-bob"


@pytest.fixture
async def trade(record):
    """Alice and Bob have accounts, orders and one trade with each other; Carol only looks."""
    await record.tell(AUTH, "user_registered", user_id=ALICE, username="alice")
    await record.tell(TRADING, "account_opened", account_id="acc-a", user_id=ALICE)
    await record.tell(TRADING, "account_opened", account_id="acc-b", user_id=BOB)
    await record.tell(ENGINE, "symbol_listed", symbol="BTCUSD")
    for owner in "ab":
        await record.tell(
            ENGINE,
            "order_accepted",
            account_id=f"acc-{owner}",
            order_id=f"order-{owner}",
            symbol="BTCUSD",
        )
    await record.tell(
        ENGINE,
        "trade",
        symbol="BTCUSD",
        price_ticks=2345,
        quantity_lots=10,
        taker_side="buy",
        taker_order_id="order-b",
        taker_account_id="acc-b",
        taker_remaining_lots=77001,
        maker_order_id="order-a",
        maker_account_id="acc-a",
        maker_remaining_lots=77002,
    )


async def test_an_auditor_reads_everything_in_order(reading, trade):
    page = await reading.audit()
    assert [e["position"] for e in page["entries"]] == list(range(1, 8))
    assert page["next_after"] is None
    last = page["entries"][-1]
    assert last["data"]["maker_account_id"] == "acc-a"
    assert last["redacted"] == []
    assert last["previous_hash"] == page["entries"][-2]["hash"]


@pytest.mark.parametrize(
    ("query", "positions"),
    [
        ({"kind": "account_opened"}, [2, 3]),
        ({"order_id": "order-a"}, [5, 7]),
        ({"order_id": "order-b"}, [6, 7]),
        ({"account_id": "acc-a"}, [2, 5, 7]),
        ({"account_id": "acc-a", "order_id": "order-a"}, [5, 7]),
        ({"account_id": "acc-a", "order_id": "order-b"}, []),
        ({"symbol": "BTCUSD"}, [4, 5, 6, 7]),
        ({"source": AUTH}, [1]),
        ({"source": ENGINE, "kind": "trade"}, [7]),
        ({"after": 5}, [6, 7]),
        ({"from": "2023-11-14T22:13:20Z"}, [1, 2, 3, 4, 5, 6, 7]),
        ({"to": "2023-11-14T22:13:20Z"}, []),
        ({"from": "2023-11-14T22:13:20.000001Z"}, []),
        ({"kind": "nothing"}, []),
    ],
)
async def test_filters_find_what_fits_all_of_them(reading, trade, query, positions):
    found = await reading.audit(**query)
    assert [e["position"] for e in found["entries"]] == positions


async def test_pages_follow_each_other(reading, trade):
    seen, after = [], 0
    while after is not None:
        page = await reading.audit(after=after, limit=3)
        seen += [e["position"] for e in page["entries"]]
        after = page["next_after"]
    assert seen == list(range(1, 8))


async def test_a_trader_reads_their_own_entries_and_no_others(reading, trade):
    assert [e["position"] for e in await reading.trader(ALICE)] == [1, 2, 5, 7]
    assert [e["position"] for e in await reading.trader(BOB)] == [3, 6, 7]
    assert await reading.trader("user-carol") == []


async def test_a_trader_does_not_learn_of_the_other_side_of_a_trade(reading, trade):
    [alices] = await reading.trader(ALICE, kind="trade")
    [bobs] = await reading.trader(BOB, kind="trade")
    for secret in ("acc-b", "order-b", "77001"):
        assert secret not in json.dumps(alices)
    for secret in ("acc-a", "order-a", "77002"):
        assert secret not in json.dumps(bobs)
    assert alices["maker_order_id"] == alices["data"]["maker_order_id"] == "order-a"
    assert bobs["data"]["taker_remaining_lots"] == 77001
    assert alices["data"]["price_ticks"] == bobs["data"]["price_ticks"] == 2345
    assert "data.taker_account_id" in alices["redacted"]


async def test_a_filter_does_not_tell_what_redaction_hides(reading, trade):
    assert await reading.trader(ALICE, order_id="order-b") == []
    assert await reading.trader(ALICE, account_id="acc-b") == []
    assert [e["position"] for e in await reading.trader(ALICE, order_id="order-a")] == [5, 7]
    assert [e["position"] for e in await reading.trader(BOB, account_id="acc-b")] == [3, 6, 7]


async def test_one_entry_is_there_for_those_who_may_see_it(reading, trade):
    path = "/v1/audit/entries/5"
    assert (await reading.audit(path))["order_id"] == "order-a"
    assert (await reading.get(path, ALICE, "trading:read")).json()["order_id"] == "order-a"
    hidden = await reading.get(path, BOB, "trading:read")
    missing = await reading.get("/v1/audit/entries/99", BOB, "trading:read")
    assert hidden.status_code == missing.status_code == 404
    seven = (await reading.get("/v1/audit/entries/7", BOB, "trading:read")).json()
    assert seven["maker_account_id"] is None


async def test_the_proof_says_what_it_walked(reading, trade):
    proof = await reading.audit("/v1/audit/verify")
    last = (await reading.audit(after=6))["entries"][0]
    assert proof["verified"] is True
    assert (proof["entries"], proof["from_position"], proof["to_position"]) == (7, 1, 7)
    assert proof["head"] == last["hash"] == proof["day_heads"][-1]["head"]
    assert proof["source_positions"] == {AUTH: 1, TRADING: 2, ENGINE: 4}
    alone = await reading.audit("/v1/audit/verify", day=proof["day_heads"][0]["day"])
    assert alone["head"] == proof["head"]


async def test_an_empty_record_is_proved_too(reading):
    proof = await reading.audit("/v1/audit/verify")
    assert (proof["verified"], proof["entries"], proof["head"]) == (True, 0, "00" * 32)


async def test_a_broken_record_is_an_answer_and_not_an_error(reading, record, trade):
    async with record.database.write() as connection:
        await connection.execute(text("ALTER TABLE entries DISABLE TRIGGER USER"))
        await connection.execute(text("UPDATE entries SET symbol = 'ETHUSD' WHERE position = 4"))
    proof = await reading.audit("/v1/audit/verify", full=True)
    assert (proof["verified"], proof["broken_at"]) == (False, 4)
    assert "not what its hash was made of" in proof["reason"]


async def test_a_caller_who_no_longer_waits_ends_a_full_walk(reading, trade):
    headers = reading.keys.headers("auditor", "audit") | {"X-Deadline-Ms": "0"}
    path = "/v1/audit/verify?full=true"
    answer = await reading.client.get(path, headers=headers)
    assert answer.status_code == 503
    assert "ask again" in answer.json()["detail"]
    assert (await reading.audit("/v1/audit/verify", full=True))["verified"]


async def test_the_standing_proof_goes_on_where_it_was(reading, record, trade):
    first = await reading.audit("/v1/audit/verify")
    await record.tell(AUTH, "user_logged_in", user_id=ALICE)
    second = await reading.audit("/v1/audit/verify")
    assert (first["entries"], second["entries"], second["from_position"]) == (7, 8, 1)
    assert second == await reading.audit("/v1/audit/verify", full=True)


async def test_an_interrupted_walk_goes_on_from_where_it_was_stopped(record, trade, monkeypatch):
    class Enough(Exception):
        pass

    calls = iter(range(3))

    def check() -> None:
        if next(calls) == 2:
            raise Enough

    monkeypatch.setattr(proof_module, "FETCH", 2)
    standing = StandingProof(record.database, record.clock)
    with pytest.raises(Enough):
        await standing.up_to_now(check)
    assert standing.position == 4
    done = await standing.up_to_now(lambda: None)
    assert (done.verified, done.entries, done.from_position) == (True, 7, 1)
    assert done == await proof_module.prove(record.database)


async def test_the_standing_proof_finds_a_chain_that_was_rewritten_under_it(reading, record, trade):
    assert (await reading.audit("/v1/audit/verify"))["verified"]
    async with record.database.write() as connection:
        await connection.execute(text("ALTER TABLE entries DISABLE TRIGGER USER"))
        await connection.execute(text("UPDATE entries SET hash = previous_hash WHERE position = 7"))
    proof = await reading.audit("/v1/audit/verify")
    assert (proof["verified"], proof["broken_at"]) == (False, 7)
    assert not (await reading.audit("/v1/audit/verify"))["verified"]  # and again, from the start


async def test_a_broken_chain_is_walked_ever_more_rarely(record, trade):
    class Enough(BaseException):
        pass

    rests: list[float] = []

    async def sleep(seconds: float) -> None:
        if seconds:  # and not a slice that ran out
            rests.append(seconds)
        if len(rests) == 12:
            raise Enough

    async with record.database.write() as connection:
        await connection.execute(text("ALTER TABLE entries DISABLE TRIGGER USER"))
        await connection.execute(text("UPDATE entries SET hash = previous_hash WHERE position = 7"))
    with pytest.raises(Enough):
        await StandingProof(record.database, record.clock, sleep).run()
    assert rests[:3] == [REST_S * 2, REST_S * 4, REST_S * 8]
    assert rests[-1] == MAX_REST_S


async def test_a_full_walk_finds_what_was_changed_behind_the_standing_proof(reading, record, trade):
    assert (await reading.audit("/v1/audit/verify"))["verified"]
    async with record.database.write() as connection:
        await connection.execute(text("ALTER TABLE entries DISABLE TRIGGER USER"))
        await connection.execute(text("UPDATE entries SET symbol = 'ETHUSD' WHERE position = 4"))
    proof = await reading.audit("/v1/audit/verify", full=True)
    assert (proof["verified"], proof["broken_at"]) == (False, 4)


@pytest.mark.parametrize(
    ("path", "scopes", "query", "status"),
    [
        ("/v1/audit/entries", (), {}, 403),
        ("/v1/audit/entries", ("trading:write",), {}, 403),
        ("/v1/audit/verify", ("trading:read", "admin"), {}, 403),
        ("/v1/audit/verify", ("audit",), {"day": "1999-01-01"}, 404),
        ("/v1/audit/verify", ("audit",), {"day": "yesterday"}, 422),
        ("/v1/audit/entries", ("audit",), {"limit": 501}, 422),
        ("/v1/audit/entries", ("audit",), {"limit": 0}, 422),
        ("/v1/audit/entries", ("audit",), {"after": -1}, 422),
        ("/v1/audit/entries", ("audit",), {"after": 2**63}, 422),
        ("/v1/audit/entries", ("audit",), {"source": "elsewhere"}, 422),
        ("/v1/audit/entries", ("audit",), {"from": "2023-11-14T22:13:20"}, 422),
        ("/v1/audit/entries", ("audit",), {"from": "9999999999999999"}, 422),
        ("/v1/audit/entries", ("audit",), {"kind": "\x00"}, 422),
        ("/v1/audit/entries", ("audit",), {"kind": "x" * 129}, 422),
        ("/v1/audit/entries", ("audit",), {"kid": "trade"}, 422),
        ("/v1/audit/entries/0", ("audit",), {}, 422),
        ("/v1/audit/entries/x", ("audit",), {}, 422),
        ("/v1/audit/entries/99", ("audit",), {}, 404),
    ],
)
async def test_what_may_not_or_cannot_be_is_a_problem(reading, path, scopes, query, status):
    answer = await reading.get(path, "somebody", *scopes, **query)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_nobody_reads_without_a_user_token(reading, service_keys):
    service = service_keys.headers("verify", "audit-log")
    for path in ("/v1/audit/entries", "/v1/audit/entries/1", "/v1/audit/verify"):
        assert (await reading.client.get(path)).status_code == 401
        assert (await reading.client.get(path, headers=service)).status_code == 403


async def test_every_filter_has_an_index_of_its_own(record, trade):
    filters = {
        "kind": "entries_by_kind",
        "source": "entries_by_source",
        "symbol": "entries_by_symbol",
        "user_id": "entries_by_user",
        "account_id": "entries_by_account",
        "order_id": "entries_by_order",
        "maker_account_id": "entries_by_maker_account",
        "maker_order_id": "entries_by_maker_order",
    }
    async with record.database.read() as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        await connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        for column, index in filters.items():
            plan = await connection.execute(
                text(
                    f"EXPLAIN SELECT position FROM entries WHERE {column} = 'x'"
                    " AND position > 5 ORDER BY position LIMIT 10"
                )
            )
            assert index in "\n".join(plan.scalars()), column
