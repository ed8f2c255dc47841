"""Tokens that mean nothing by themselves, for refreshing and for streams: 256 random bits, stored as a hash."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, as URL-safe text."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored. The bits are random, so a plain hash cannot be turned round by guessing."""
    return hashlib.sha256(token.encode()).digest()
