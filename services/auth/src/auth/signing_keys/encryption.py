"""Private signing keys at rest: AES-256-GCM under a key derived from the operator's secret.

A copy of the database alone signs nothing.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_PURPOSE = b"day-trading auth signing keys, version 1"


class WrongSecret(Exception):
    """The secret is not the one that the key was encrypted with, or the stored key was altered."""


class KeyCipher:
    """`secret` must be random: it is stretched by HKDF, which does nothing for a guessable one."""

    def __init__(self, secret: str) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret.encode())
        self._cipher = AESGCM(derived)

    def encrypt(self, key: Ed25519PrivateKey, kid: str) -> bytes:
        """Nonce and ciphertext; bound to `kid`, so that rows cannot be swapped."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key.private_bytes_raw(), kid.encode())

    def decrypt(self, sealed: bytes, kid: str) -> Ed25519PrivateKey:
        """Raises `WrongSecret`."""
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            raw = self._cipher.decrypt(nonce, ciphertext, kid.encode())
        except (InvalidTag, ValueError):
            raise WrongSecret(
                f"signing key {kid} cannot be decrypted: SIGNING_KEY_SECRET is not the one it was"
                " stored with"
            ) from None
        return Ed25519PrivateKey.from_private_bytes(raw)
