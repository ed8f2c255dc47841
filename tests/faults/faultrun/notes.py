"""What the clients were told, in a file of their own: a line is on disk before the client goes on."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any


class Notes:
    """Append with `add`. Notes that come while one fsync runs share the next."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[dict[str, Any]] = []
        self._file = path.open("ab", buffering=0)
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def add(self, **note: Any) -> None:
        """Returns when the note is on disk."""
        self.lines.append(note)
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((json.dumps(note).encode() + b"\n", written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await written

    async def _write(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            await asyncio.to_thread(self._sync, b"".join(line for line, _ in waiting))
            for _, written in waiting:
                if not written.done():
                    written.set_result(None)

    def _sync(self, lines: bytes) -> None:
        self._file.write(lines)
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read_notes(path: Path) -> list[dict[str, Any]]:
    """Every note of a file; a torn last line was never told to anybody."""
    lines = path.read_bytes().split(b"\n")
    return [json.loads(line) for line in lines[:-1]]
