"""A TCP proxy that can be made to misbehave: between a service and what it calls."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Literal

from devkit.processes import free_port

Mode = Literal["pass", "refuse", "slow", "late", "cut"]
CHUNK = 65_536


class Proxy:
    """Forwards `port` to `target`. Modes, each until another is set:

    `refuse`: nothing listens, and open connections are cut. `slow`: each chunk waits `delay_s` on its way there.
    `late`: the request arrives, its answer is held back for `delay_s`. `cut`: the request arrives, and instead of
    the answer the connection ends.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = free_port()
        self.delay_s = 0.0
        self._mode: Mode = "pass"
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, reuse_address=True
        )

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._cut_all()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def become(self, mode: Mode, delay_s: float = 0.0) -> None:
        """From now on, for connections that are open already, too."""
        self._mode, self.delay_s = mode, delay_s
        if mode == "refuse":
            await self.stop()
        elif self._server is None:
            await self.start()

    def _cut_all(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, there_writer}
        ways = [
            asyncio.create_task(self._pump(reader, there_writer, answering=False)),
            asyncio.create_task(self._pump(there_reader, writer, answering=True)),
        ]
        self._tasks |= set(ways)
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._tasks -= set(ways)
            for each in (writer, there_writer):
                self._open.discard(each)
                each.transport.abort()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answering: bool
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await source.read(CHUNK):
                if answering and self._mode == "cut":
                    return
                if self._mode == ("late" if answering else "slow"):
                    await asyncio.sleep(self.delay_s)
                sink.write(chunk)
                await sink.drain()
            # Half of a connection that ended properly: let the rest pass.
            if sink.can_write_eof():
                sink.write_eof()
