"""How an engine's commands are run and ended, and what of its images goes."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from devkit.cluster import images_engine
from devkit.cluster.images_engine import UNUSED_S, unused
from devkit.home import PlatformError

NEVER_ENDS = ["sh", "-c", "trap '' TERM; sh -c 'echo child $$; exec sleep 300'; sleep 300"]


def ended(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return not status.is_file() or "State:\tZ" in status.read_text()


def child_of(log: Path) -> int:
    """The id that the command's own child wrote, once it did."""
    waited = threading.Event()
    for _ in range(500):
        for line in log.read_text().splitlines() if log.is_file() else ():
            if line.startswith("child "):
                return int(line.split()[1])
        waited.wait(0.02)
    raise AssertionError("the command did not start")


def test_a_command_that_takes_too_long_ends_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images_engine, "COMMAND_S", 0.5)
    monkeypatch.setattr(images_engine, "ENDING_S", 0.2)
    log = tmp_path / "log"
    with pytest.raises(PlatformError, match=r"sh -c was not done after 0 s"):
        images_engine.run(NEVER_ENDS, log)
    assert ended(child_of(log))


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_nothing_running(sent: signal.Signals, tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = f"""
import signal, sys
from pathlib import Path
# Whoever runs the tests in a shell's background has them ignore it, and all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
from devkit import __main__
from devkit.cluster import images, images_command, images_engine

class Slow:
    name, registry = "docker", ""
    def has(self, reference): return False
    def build(self, build, log): images_engine.run({NEVER_ENDS!r}, Path({str(log)!r}))

images.FOLDER = images.CACHE = Path({str(tmp_path)!r})
images.choose = lambda wanted, storage: Slow()
images_engine.ENDING_S = 0.2
sys.argv = ["devkit", "images", "--only", "auth"]
sys.exit(__main__.main())
"""
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as building:  # fmt: skip
        try:
            child = child_of(log)
            building.send_signal(sent)
            _, said = building.communicate(timeout=30)
        finally:
            building.kill()
    assert building.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[sent]
    assert said == ""
    assert ended(child)


def test_the_newest_two_of_a_name_stay_and_layers_until_nobody_used_them_for_a_week() -> None:
    now = 1_000_000_000
    old = now - UNUSED_S - 10

    def image(name: str, created: int) -> dict[str, object]:
        tagged = ":" in name
        return {"id": name, "names": [f"localhost/{name}"] if tagged else None, "created": created}

    listed = [
        image("auth:a", now - 30), image("auth:b", now - 20), image("auth:c", now - 10),
        image("ui:a", old), image("layer", now - 40), image("parent", old - 1), image("child", old),
    ]  # fmt: skip
    assert unused(listed, now) == ["localhost/auth:a", "child", "parent"]
