"""Double entry: every change is a set of postings that sums to zero for each asset, or it does not happen.

A posting moves the two buckets of one balance, `available` and `held`. Setting money aside for an order is a
posting with both, opposite; a trade is one posting for each balance that it touches.
"""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from trading.domain.money import ZERO, round_down

# The other side of what customers own. Their balances alone may be negative.
DEPOSITS = UUID(int=1)
"""Where paper cash comes from and goes to."""
GRANTS = UUID(int=2)
"""Where granted shares come from."""
HOUSE = UUID(int=3)
"""What rounding leaves."""
FEES = UUID(int=4)
IN_TRANSIT = UUID(int=5)
"""Deposits that have been announced and are not yet the customer's to use."""
CORRECTIONS = UUID(int=6)
"""The other side of what administrators corrected."""
SYSTEM_ACCOUNTS = {
    DEPOSITS: "deposits",
    GRANTS: "grants",
    HOUSE: "house",
    FEES: "fees",
    IN_TRANSIT: "deposits in transit",
    CORRECTIONS: "corrections",
}

BalanceKey = tuple[UUID, str]
"""Account and asset (`USD` or a symbol)."""


class LedgerError(Exception):
    """A set of postings that may not be: it does not balance, or a customer's bucket would go below zero."""


@dataclass(slots=True)
class Balance:
    """`cost` is what the shares on hand were bought for (average cost), `realized` what sales of them brought in beyond
    theirs, over all time; both are zero for cash."""

    available: Decimal = ZERO
    held: Decimal = ZERO
    cost: Decimal = ZERO
    realized: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.available + self.held

    def cost_of(self, qty: Decimal) -> Decimal:
        """The average cost of `qty` of these shares, rounded down; all of it when nothing stays."""
        if qty >= self.total:
            return self.cost
        return round_down(self.cost * qty / self.total)


@dataclass(frozen=True, slots=True)
class Leg:
    """One balance's part in a change."""

    account_id: UUID
    asset: str
    available: Decimal = ZERO
    held: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Posting:
    leg: Leg
    cause: str
    """`hold`, `release`, `execution`, `deposit`, `deposit_in_transit`, `withdrawal`, `grant`, `correction`."""
    cause_id: UUID


class Ledger:
    """Balances in memory, and the postings made on them; the store loads the ones and writes both."""

    def __init__(self, balances: dict[BalanceKey, Balance]) -> None:
        self.balances = balances
        self.postings: list[Posting] = []
        self.changed: set[BalanceKey] = set()

    def balance(self, account_id: UUID, asset: str) -> Balance:
        """Raises `LedgerError` for one that was not loaded: an empty one in its place would overwrite it."""
        try:
            return self.balances[(account_id, asset)]
        except KeyError:
            raise LedgerError(
                f"the balance of {asset} of account {account_id} is not loaded"
            ) from None

    def post(self, cause: str, cause_id: UUID, legs: list[Leg]) -> None:
        """Apply one balanced set. Raises `LedgerError`, and then changes nothing."""
        sums: dict[str, Decimal] = {}
        after: dict[BalanceKey, tuple[Decimal, Decimal]] = {}
        for leg in legs:
            sums[leg.asset] = sums.get(leg.asset, ZERO) + leg.available + leg.held
            key = (leg.account_id, leg.asset)
            balance = self.balance(*key)
            available, held = after.get(key, (balance.available, balance.held))
            after[key] = (available + leg.available, held + leg.held)
        if any(total != ZERO for total in sums.values()):
            raise LedgerError(f"the postings of {cause} {cause_id} do not sum to zero: {sums}")
        for (account_id, asset), (available, held) in after.items():
            if account_id not in SYSTEM_ACCOUNTS and (available < ZERO or held < ZERO):
                raise LedgerError(
                    f"{cause} {cause_id} would leave account {account_id} with {available} {asset} available"
                    f" and {held} held"
                )
        for key, (available, held) in after.items():
            self.balances[key].available = available
            self.balances[key].held = held
            self.changed.add(key)
        self.postings.extend(Posting(leg, cause, cause_id) for leg in legs)
