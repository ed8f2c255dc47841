"""Every outcome that a command can have: kinds of event with their reasons, refusals, repeats.

A comparison that never made one of them has proved nothing about it.
"""

from __future__ import annotations

from oracle.comparison import Tally

OF_NEW_ORDERS = (
    "unknown_symbol",
    "duplicate_order_id",
    "symbol_halted",
    "already_expired",
    "too_many_open_orders",
    "too_many_open_orders_of_account",
    "no_reference_price",
    "stop_out_of_range",
    "too_many_trailing_stops",
    "would_trade",
)
REASONS: dict[str, tuple[str, ...]] = {
    "symbol_listed": ("",),
    "symbol_rejected": (
        "already_listed",
        "too_many_symbols",
        "unknown_symbol",
        "already_halted",
        "not_halted",
    ),
    "phase_changed": ("",),
    "order_accepted": ("",),
    "order_rejected": OF_NEW_ORDERS,
    "order_repriced": ("",),
    "trade": ("",),
    "order_cancelled": (
        "requested",
        "immediate_or_cancel",
        "fill_or_kill",
        "collar",
        "minimum_quantity",
        "self_trade",
        "oco",
        "too_many_levels",
        "too_many_trades",
    ),
    "order_reduced": ("self_trade", "oco"),
    "order_triggered": ("",),
    "cancel_rejected": ("order_not_open", "not_owner"),
    "order_replaced": ("",),
    "replace_rejected": (
        "order_not_open",
        "not_owner",
        "duplicate_order_id",
        "symbol_halted",
        "not_applicable",
        "stop_out_of_range",
        "quantity_filled",
        "display_too_small",
        "oco_quantity",
        "would_trade",
    ),
    "all_cancelled": ("",),
    "order_expired": ("",),
    "session_ended": ("",),
    "limits_changed": ("",),
    "tick": ("",),
    "refused": ("expired", "expiry_too_far"),
    "repeated": ("",),
}


def missing(tally: Tally) -> list[tuple[str, str]]:
    """The outcomes that never came. Raises ValueError for one that is not in the contract."""
    known = {(kind, reason) for kind, reasons in REASONS.items() for reason in reasons}
    if unknown := tally.outcomes.keys() - known:
        raise ValueError(f"outcomes that the contract does not know: {sorted(unknown)}")
    return sorted(known - tally.outcomes.keys())
