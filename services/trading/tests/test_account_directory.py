"""User to account: the same pair for ever, remembered within bounds."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from chassis.clock import SystemClock
from chassis.database import Database
from chassis.identity.principal import Principal
from trading.accounts.directory import AccountDirectory


def _user() -> Principal:
    return Principal("user", str(uuid4()), frozenset(), 0)


async def test_what_was_forgotten_for_room_is_found_again(
    migrated_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(migrated_database("trading"), pool_size=2)
    try:
        directory = AccountDirectory(database, SystemClock(), kept=2)
        users = [_user() for _ in range(3)]
        accounts = [await directory.account_of(each) for each in users]
        assert len(set(accounts)) == 3
        assert [await directory.account_of(each) for each in users] == accounts
        # The two that were asked for last need no database.
        monkeypatch.setattr(directory, "_database", None)
        assert [await directory.account_of(each) for each in users[1:]] == accounts[1:]
        with pytest.raises(AttributeError):
            await directory.account_of(users[0])
    finally:
        await database.close()
