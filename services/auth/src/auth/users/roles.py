"""Roles, the scopes that they open, and tiers (contracts/README.md, Identity)."""

from collections.abc import Iterable
from typing import Literal

Role = Literal["trader", "admin", "auditor"]
Tier = Literal["normal", "load"]
Scope = Literal["trading:read", "trading:write", "admin", "audit"]

ALL_ROLES: tuple[Role, ...] = ("trader", "admin", "auditor")
NEW_USER_ROLES: tuple[Role, ...] = ("trader",)

_SCOPES: dict[str, tuple[Scope, ...]] = {
    "trader": ("trading:read", "trading:write"),
    "admin": ("admin", "audit"),
    "auditor": ("audit",),
}


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """Every scope that one of `roles` opens."""
    return frozenset(scope for role in roles for scope in _SCOPES[role])
