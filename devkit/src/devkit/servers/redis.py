"""A Redis of our own."""

from __future__ import annotations

import functools
from pathlib import Path

import redis

from devkit.processes import Process, base_environment


def prepare(folder: Path, port: int, password: str, *, durable: bool = True) -> Process:
    """Write the configuration below `folder`; returns the server process."""
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "redis.conf"
    configuration.touch(mode=0o600)
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{folder}"',
        "databases 64",
        # Redis holds nothing that is not elsewhere; a snapshot only saves warming up after a start.
        "save 300 1" if durable else 'save ""',
        "appendonly no",
        "maxmemory 256mb",
        "maxmemory-policy allkeys-lru" if durable else "maxmemory-policy noeviction",
    ]
    configuration.write_text("\n".join(lines) + "\n")
    return Process(
        name="redis",
        command=("redis-server", str(configuration)),
        environment=base_environment(),
        is_ready=functools.partial(answers, url(port, password)),
    )


def url(port: int, password: str, database: int = 0) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/{database}"


def answers(server_url: str) -> bool:
    """Whether the server answers a ping."""
    client = redis.Redis.from_url(server_url, socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
