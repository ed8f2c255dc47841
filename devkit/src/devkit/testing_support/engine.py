"""A real matching engine for a test: started, stopped, killed and started again on its journal."""

from __future__ import annotations

import functools
from pathlib import Path

import httpx

from devkit.plan import is_ready
from devkit.processes import Process, Running, base_environment, free_port
from devkit.testing_support.keys import ServiceKeys

SEGMENT_BYTES = str(1024 * 1024)
"""The engine takes its segments' room on disk in advance; a test of some hundred orders needs little of it."""


class Engine:
    """One matching engine with a port and a data folder of its own, kept over restarts."""

    def __init__(
        self, binary: Path, folder: Path, keys: ServiceKeys, broker_url: str | None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.data = folder / "data"
        self.log = folder / "log"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.keys = keys
        environment = {
            **base_environment(),
            "LISTEN_ADDRESS": f"127.0.0.1:{port}",
            "DATA_DIR": str(self.data),
            "SERVICE_KEYS_FILE": str(keys.key_set),
            "SEGMENT_BYTES": SEGMENT_BYTES,
        }
        if broker_url is not None:
            environment["BROKER_URL"] = broker_url
        self._process = Process(
            name="matching-engine",
            command=(str(binary),),
            environment=environment,
            is_ready=functools.partial(is_ready, self.url),
        )
        self._running: Running | None = None

    def start(self, *, listening_is_enough: bool = False, **environment: str) -> None:
        """Start it and wait until it is ready; `environment` is added for this start only.

        `listening_is_enough`: for faults that keep it from getting ready.
        """
        assert self._running is None, "the engine runs already"
        process = Process(
            name=self._process.name,
            command=self._process.command,
            environment={**self._process.environment, **environment},
            is_ready=self._listens if listening_is_enough else self._process.is_ready,
        )
        self._running = Running(process, self.log)
        self._running.start()

    def _listens(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).is_success
        except httpx.HTTPError:
            return False

    @property
    def pid(self) -> int:
        assert self._running is not None, "the engine does not run"
        return self._running.pid

    def stop(self) -> None:
        """SIGTERM, and wait for its end; nothing to do when it does not run."""
        if self._running is not None:
            self._running.stop()
            self._running = None

    def kill(self) -> None:
        """kill -9."""
        if self._running is not None:
            self._running.kill()
            self._running = None

    def headers(self, service: str = "trading") -> dict[str, str]:
        """An `Authorization` header that lets this service in."""
        return self.keys.headers(service, "matching-engine")
