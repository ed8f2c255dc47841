"""The chain finds every change: of a byte, of an order, of a number of entries."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_log.chain import (
    GENESIS,
    BrokenChain,
    Entry,
    NotCanonical,
    Walk,
    canonical,
    canonical_json,
    day_of,
    link,
)

# Each example walks a chain; thirty find what a thousand do, since one changed bit is like another.
settings.register_profile("chains", max_examples=30, deadline=None)
settings.load_profile("chains")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(texts, json_values, max_size=4)
Row = tuple[Entry, bytes, bytes]


def chain_of(datas: list[dict[str, Any]], day_ns: int = 10**18) -> list[Row]:
    """A whole chain of one source, some of whose entries are a day apart."""
    rows: list[Row] = []
    head = GENESIS
    for place, data in enumerate(datas, 1):
        entry = Entry(
            account_id="account-1",
            data=msgspec.Raw(canonical_json(data)),
            kind="thing",
            log_id="log-1",
            maker_account_id=None,
            maker_order_id=None,
            order_id=None,
            position=place,
            recorded_ns=day_ns + (place // 3) * 86_400 * 10**9,
            sequence=place * 2,
            source="engine.events",
            symbol="BTCUSD",
            time_ns=day_ns + place,
            user_id=None,
        )
        sealed = link(head, entry)
        rows.append((entry, head, sealed))
        head = sealed
    return rows


def walked(rows: list[Row]) -> Walk:
    walk = Walk()
    for row in rows:
        walk.step(*row)
    return walk


chains = st.lists(documents, min_size=2, max_size=6).map(chain_of)


@given(documents)
def test_canonical_json_is_what_a_plainer_writer_makes(data: dict[str, Any]):
    plain = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical_json(data) == plain.encode()


@given(documents)
def test_the_order_of_keys_does_not_matter(data: dict[str, Any]):
    assert canonical_json(dict(reversed(data.items()))) == canonical_json(data)


@pytest.mark.parametrize("value", [1.0, 0.1, float("nan"), float("inf")])
def test_a_float_has_no_canonical_form_however_deep_it_lies(value: float):
    with pytest.raises(NotCanonical):
        canonical_json({"a": [{"b": [1, "2", {"c": value}]}]})


def test_a_document_of_any_depth_is_no_reason_to_fall():
    deep: Any = 1.5
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(NotCanonical):
        canonical_json({"deep": deep})


def test_an_entry_is_written_as_the_standard_library_would():
    (entry, _, _), *_ = chain_of([{"b": 1, "a": "ü\n\x01\u2028"}])
    plain = msgspec.to_builtins(entry, builtin_types=[msgspec.Raw])
    plain["data"] = json.loads(bytes(entry.data))
    expected = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(entry) == expected.encode()


@given(chains)
def test_an_untouched_chain_is_proved_and_says_where_it_ends(rows: list[Row]):
    walk = walked(rows)
    assert (walk.position, walk.head, walk.entries) == (len(rows), rows[-1][2], len(rows))
    assert walk.source_positions == {"engine.events": 2 * len(rows)}
    assert [day.first_position for day in walk.days] == [
        1,
        *(each.last_position + 1 for each in walk.days[:-1]),
    ]
    assert walk.days[-1].head == walk.head
    assert walk.days[-1].last_position == walk.position


@given(chains, st.data())
def test_any_changed_byte_of_an_entry_is_found(rows: list[Row], data: st.DataObject):
    index = data.draw(st.integers(0, len(rows) - 1))
    entry, previous, stored = rows[index]
    raw = bytearray(bytes(entry.data))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    changed = msgspec.structs.replace(entry, data=msgspec.Raw(bytes(raw)))
    with pytest.raises(BrokenChain) as broken:
        walked([*rows[:index], (changed, previous, stored), *rows[index + 1 :]])
    assert broken.value.position == index + 1


@given(chains, st.data())
def test_any_changed_field_of_an_entry_is_found(rows: list[Row], data: st.DataObject):
    index = data.draw(st.integers(0, len(rows) - 1))
    entry, previous, stored = rows[index]
    name = data.draw(st.sampled_from([f for f in Entry.__struct_fields__ if f != "data"]))
    value = getattr(entry, name)
    other = value + data.draw(st.sampled_from([-1, 1])) if isinstance(value, int) else f"{value}x"
    changed = msgspec.structs.replace(entry, **{name: other})
    with pytest.raises(BrokenChain) as broken:
        walked([*rows[:index], (changed, previous, stored), *rows[index + 1 :]])
    assert broken.value.position == index + 1


@given(chains, st.data())
def test_any_changed_byte_of_a_hash_is_found(rows: list[Row], data: st.DataObject):
    index = data.draw(st.integers(0, len(rows) - 1))
    row = list(rows[index])
    which = data.draw(st.sampled_from([1, 2]))
    changed = bytearray(row[which])
    changed[data.draw(st.integers(0, 31))] ^= data.draw(st.integers(1, 255))
    row[which] = bytes(changed)
    with pytest.raises(BrokenChain) as broken:
        walked([*rows[:index], tuple(row), *rows[index + 1 :]])
    assert broken.value.position == index + 1


@given(chains, st.data())
def test_a_removed_entry_is_found(rows: list[Row], data: st.DataObject):
    index = data.draw(st.integers(0, len(rows) - 2))  # what a cut tail needs is a head outside
    with pytest.raises(BrokenChain) as broken:
        walked([*rows[:index], *rows[index + 1 :]])
    assert broken.value.position == index + 1


@given(chains, st.data())
def test_a_removed_entry_is_found_although_the_rest_is_numbered_anew(
    rows: list[Row], data: st.DataObject
):
    index = data.draw(st.integers(0, len(rows) - 2))
    left = [*rows[:index], *rows[index + 1 :]]
    renumbered = [
        (msgspec.structs.replace(entry, position=place), previous, stored)
        for place, (entry, previous, stored) in enumerate(left, 1)
    ]
    with pytest.raises(BrokenChain):
        walked(renumbered)


@given(chains, st.data())
def test_a_repeated_or_inserted_entry_is_found(rows: list[Row], data: st.DataObject):
    index = data.draw(st.integers(0, len(rows) - 1))
    with pytest.raises(BrokenChain):
        walked([*rows[: index + 1], rows[index], *rows[index + 1 :]])


@given(chains, st.data())
def test_any_other_order_is_found(rows: list[Row], data: st.DataObject):
    shuffled = data.draw(st.permutations(rows))
    if shuffled != rows:
        with pytest.raises(BrokenChain):
            walked(shuffled)


@given(chains, documents, st.data())
def test_a_chain_forged_from_one_entry_on_has_another_head(
    rows: list[Row], other: dict[str, Any], data: st.DataObject
):
    index = data.draw(st.integers(0, len(rows) - 1))
    datas = [msgspec.json.decode(bytes(entry.data)) for entry, _, _ in rows]
    if datas[index] != other:
        forged = chain_of([*datas[:index], other, *datas[index + 1 :]])
        assert walked(forged).head != rows[-1][2]


def test_an_event_recorded_twice_is_found_although_the_hashes_fit():
    rows = chain_of([{}, {}])
    first = rows[0][0]
    twice = msgspec.structs.replace(first, position=2)
    head = rows[0][2]
    with pytest.raises(BrokenChain, match=r"repeats engine\.events 2"):
        walked([rows[0], (twice, head, link(head, twice))])


def test_a_restored_log_may_begin_anew():
    rows = chain_of([{}, {}])
    head = rows[1][2]
    anew = msgspec.structs.replace(rows[1][0], position=3, log_id="log-2", sequence=1)
    assert walked([*rows, (anew, head, link(head, anew))]).source_positions == {"engine.events": 1}


def test_a_day_alone_is_walked_from_the_head_before_it():
    rows = chain_of([{"n": n} for n in range(6)])
    whole = walked(rows)
    second = whole.days[1]
    alone = Walk(position=second.first_position - 1, head=second.previous_hash)
    for row in rows[second.first_position - 1 : second.last_position]:
        alone.step(*row)
    assert alone.days == [replace(second)]


def test_days_are_of_utc():
    assert day_of(86_400 * 10**9 - 1) == date(1970, 1, 1)
    assert day_of(86_400 * 10**9) == date(1970, 1, 2)
