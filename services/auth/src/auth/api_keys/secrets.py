"""Key ids and secrets: how they are made, stored and compared."""

import hashlib
import hmac
import re
import secrets
import string

_KEY_ID_ALPHABET = (
    string.ascii_uppercase + "234567"
)  # base32: nothing that looks like something else
_SECRET_ALPHABET = string.ascii_letters + string.digits
_KEY_ID = re.compile(r"PK[A-Z2-7]{18}", re.ASCII)
# Compared with when the key does not exist, so that the answer takes as long.
_NO_SECRET = bytes(32)


def new_key_id() -> str:
    return "PK" + "".join(secrets.choice(_KEY_ID_ALPHABET) for _ in range(18))


def new_secret() -> str:
    """40 characters, 238 random bits."""
    return "".join(secrets.choice(_SECRET_ALPHABET) for _ in range(40))


def is_key_id(text: str) -> bool:
    return _KEY_ID.fullmatch(text) is not None


def secret_hash(secret: str) -> bytes:
    """SHA-256 is enough: nobody can try 2^238 secrets, however fast each try is."""
    return hashlib.sha256(secret.encode()).digest()


def matches(secret: str, stored: bytes | None) -> bool:
    """Whether `secret` made `stored`, in the same time whatever the answer; none never matches."""
    equal = hmac.compare_digest(secret_hash(secret), stored or _NO_SECRET)
    return equal and stored is not None
