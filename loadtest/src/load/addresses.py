"""Whom load may be sent to: this machine, or a cluster's own network. Everybody else has to be asked first."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

NODE_NETWORK = ipaddress.ip_network("198.18.0.0/15")
"""Where the node of tests/cluster has its addresses: a network for benchmarks, which is routed nowhere (RFC 2544)."""

Resolve = Callable[[str], set[str]]


class AddressRefused(ValueError):
    """An address that is not ours to load."""


def resolved(host: str) -> set[str]:
    """Every address of a name. Raises OSError."""
    return {str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}


def check_address(
    url: str,
    *,
    anywhere: bool = False,
    resolve: Resolve = resolved,
    environment: Mapping[str, str] = os.environ,
) -> str:
    """The address without a slash at its end. Raises AddressRefused.

    Inside a cluster the names of its services are let through too, while they lead to private addresses.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise AddressRefused(f"{url} is no address such as http://127.0.0.1:8080")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise AddressRefused(f"{url} has a path: the plans need the gateway's own address")
    try:
        found = {ipaddress.ip_address(one.split("%")[0]) for one in resolve(parts.hostname)}
    except OSError as error:
        raise AddressRefused(f"{parts.hostname} is not known: {error}") from None
    in_cluster = "KUBERNETES_SERVICE_HOST" in environment and _is_service(parts.hostname)
    for one in found:
        ours = one.is_loopback or (one.version == 4 and one in NODE_NETWORK)
        if not (anywhere or ours or (in_cluster and one.is_private)):
            raise AddressRefused(
                f"{parts.hostname} is {one}, neither this machine nor a cluster's own network. Load is sent to"
                " others only with their leave: --anywhere (make: ANYWHERE=yes) says that you have it"
            )
    return url.rstrip("/")


def _is_service(host: str) -> bool:
    """`gateway`, `gateway.day-trading.svc` or `gateway.day-trading.svc.cluster.local`."""
    return "." not in host or host.endswith((".svc", ".svc.cluster.local"))
