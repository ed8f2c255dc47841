"""Who the simulator's users are: the same ones on the same data."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest

from replay.platform import PlatformMissing
from simulator.access import Access
from simulator.instruments import KNOWN, UnknownSymbol, instruments


def access_in(folder: Path) -> Access:
    folder.mkdir(exist_ok=True)
    file = folder / "access.json"
    admin = {"username": "admin", "password": "of this run"}
    file.write_text(json.dumps({"gateway": "http://127.0.0.1:1", "admin": admin}))
    return Access.read(file)


def test_users_are_the_same_after_a_restart_and_others_on_other_data(tmp_path: Path) -> None:
    first, again = access_in(tmp_path / "a"), access_in(tmp_path / "a")
    other = access_in(tmp_path / "b")
    assert first.username("maker-1") == again.username("maker-1") != other.username("maker-1")
    assert first.password("maker-1") == again.password("maker-1") != other.password("maker-1")
    assert first.password("maker-1") != first.password("maker-2")


def test_the_secret_is_for_its_owner_only(tmp_path: Path) -> None:
    access_in(tmp_path)
    assert (tmp_path / "secrets" / "simulator").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_first_together_have_one_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second makes its own between the first's look for one and the first's own."""
    between: list[Access] = []
    make = secrets.token_urlsafe

    def late(size: int) -> str:
        monkeypatch.setattr(secrets, "token_urlsafe", make)
        between.append(access_in(tmp_path))
        return make(size)

    monkeypatch.setattr(secrets, "token_urlsafe", late)
    first = access_in(tmp_path)
    assert [first.secret] == [other.secret for other in between]
    assert access_in(tmp_path).secret == first.secret
    assert [file.name for file in (tmp_path / "secrets").iterdir()] == ["simulator"]


def test_a_crash_while_the_secret_is_made_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_size: int) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing:
        crashing.setattr(secrets, "token_urlsafe", crash)
        with pytest.raises(KeyboardInterrupt):
            access_in(tmp_path)
    assert access_in(tmp_path).secret == access_in(tmp_path).secret


def test_a_platform_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(PlatformMissing):
        Access.read(tmp_path / "access.json")
    (tmp_path / "access.json").write_text("{")
    with pytest.raises(PlatformMissing, match="not complete"):
        Access.read(tmp_path / "access.json")


def test_symbols_are_named_once_and_known() -> None:
    assert instruments(" acme,NOVA,ACME ") == [KNOWN["ACME"], KNOWN["NOVA"]]
    for bad in ("ACME,GOLD", "", ","):
        with pytest.raises(UnknownSymbol):
            instruments(bad)


def test_prices_and_quantities_are_exact_both_ways() -> None:
    bitcoin = KNOWN["BTCUSD"]
    assert bitcoin.price(128_503) == "64251.5"
    assert bitcoin.ticks("64251.5") == 128_503
    assert bitcoin.quantity(123) == "0.0123"
    assert bitcoin.lots("0.0123") == 123
