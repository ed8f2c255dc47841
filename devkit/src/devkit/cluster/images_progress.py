"""What a build shows: moving lines in a terminal, one plain line for each event elsewhere."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Step:
    """One image on its way."""

    def __init__(self, now: Callable[[str], None]) -> None:
        self.now = now
        """Says what is being done, where that can be seen."""
        self.size = ""

    def weighs(self, compressed: int | None) -> None:
        """Tells its size, when it is known."""
        self.size = "" if compressed is None else f", {megabytes(compressed)} compressed"


class Progress:
    """The lines of one run, safe to be used by several threads.

    `say` takes plain lines; without it they go to standard output, or are drawn in a terminal.
    """

    def __init__(self, say: Callable[[str], None] | None) -> None:
        self._say = say or (lambda line: print(line, flush=True))
        live = say is None and sys.stdout.isatty() and not os.environ.get("CI")
        self._bars = (
            Bars(
                SpinnerColumn(finished_text="✓"),
                TextColumn("{task.description}"),
                TimeElapsedColumn(),
                console=Console(),
            )
            if live
            else None
        )
        self._lock = threading.Lock()

    def __enter__(self) -> Progress:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._bars is not None:
            self._bars.stop()

    def note(self, text: str) -> None:
        """What whoever waits should know."""
        self._line(f"  {text}")

    def unchanged(self, name: str, reference: str) -> None:
        """An image that needs nothing."""
        self._line(f"  {name}: unchanged ({reference})")

    @contextmanager
    def step(self, name: str, reference: str) -> Iterator[Step]:
        """An image that is being built; its line ends with the seconds that took."""
        started = time.monotonic()
        task: TaskID | None = None
        bars = self._bars
        if bars is not None:
            task = bars.add_task(name, total=1)

        def now(what: str) -> None:
            if bars is not None and task is not None:
                bars.update(task, description=f"{name}: {what}")

        step = Step(now)
        if bars is None:
            self._line(f"  {name} ...")
        yield step
        text = f"{name}: {reference}{step.size}"
        if bars is not None and task is not None:
            bars.update(task, description=text, completed=1)
        else:
            self._line(f"  {text} ({time.monotonic() - started:.0f} s)")

    def _line(self, text: str) -> None:
        with self._lock:
            if self._bars is not None:
                self._bars.console.print(text, highlight=False)
            else:
                self._say(text)


def megabytes(size: int) -> str:
    """A size as people read it: 1 MB is a million bytes, as registries count."""
    return f"{size / 1e6:.1f} MB"
