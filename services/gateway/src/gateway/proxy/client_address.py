"""Whose request it is before anybody signed in: the peer's address, or what trusted proxies say of it."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address

Networks = tuple[IPv4Network | IPv6Network, ...]


def client_address(peer: str, forwarded_for: str | None, trusted: Networks) -> str:
    """The last address in `X-Forwarded-For` that no trusted proxy owns; the peer itself where it is a stranger.

    Entries further left were written by someone nobody vouches for: a client could invent them.
    """
    if not trusted or forwarded_for is None or not _is_trusted(peer, trusted):
        return peer
    address = peer
    for entry in reversed(forwarded_for.split(",")):
        candidate = entry.strip()
        if not _is_address(candidate):
            break
        address = candidate
        if not _is_trusted(candidate, trusted):
            break
    return address


@lru_cache(4096)
def _is_trusted(text: str, trusted: Networks) -> bool:
    if not _is_address(text):
        return False
    address = ip_address(text)
    return any(address in network for network in trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
