"""Access tokens: what a signed-in user carries to every other service (contracts/README.md, Identity)."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from auth.signing_keys.keyring import KeyRing
from auth.users.queries import StoredUser
from chassis.clock import Clock
from chassis.identity.tokens import USER_AUDIENCE, USER_ISSUER


class TokenIssuer:
    """Signs access tokens; `lifetime_s` is how long they are good for, whatever happens to the user."""

    def __init__(self, keys: KeyRing, clock: Clock, lifetime_s: int) -> None:
        self._keys = keys
        self._clock = clock
        self.lifetime_s = lifetime_s

    def for_session(self, user: StoredUser, scopes: Iterable[str], session_id: UUID) -> str:
        return self._issue(user, scopes, {"sid": str(session_id)})

    def for_api_key(self, user: StoredUser, scopes: Iterable[str], key_id: str) -> str:
        return self._issue(user, scopes, {"key_id": key_id})

    def _issue(self, user: StoredUser, scopes: Iterable[str], proof: dict[str, str]) -> str:
        now_s = self._clock.time_ns() // 1_000_000_000
        claims = {
            "iss": USER_ISSUER,
            "aud": USER_AUDIENCE,
            "sub": str(user.id),
            "username": user.username,
            "roles": user.roles,
            "scope": " ".join(sorted(scopes)),
            "tier": user.tier,
            "iat": now_s,
            "exp": now_s + self.lifetime_s,
            "jti": str(uuid4()),
        }
        return self._keys.sign(claims | proof)
