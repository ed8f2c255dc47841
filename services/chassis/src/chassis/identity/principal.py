"""The verified caller of a request."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Principal:
    """What a verified token says. `subject` is a user id, or a service's name."""

    kind: Literal["user", "service"]
    subject: str
    scopes: frozenset[str]
    expires_at: int
    """Unix seconds."""
    roles: frozenset[str] = frozenset()
    tier: str = "normal"
    username: str = ""
    session_id: str | None = None
    key_id: str | None = None
