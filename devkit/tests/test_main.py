"""What a command of devkit leaves behind when it fails: a sentence and an exit code."""

from __future__ import annotations

import argparse
import subprocess

import pytest

from devkit import __main__ as devkit
from devkit.bootstrap import BootstrapError


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (BootstrapError("no apt-get here"), 1, "no apt-get here\n"),
        (subprocess.TimeoutExpired(["docker", "info"], 30.0), 1, "docker info was not done after 30 s\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_one_sentence(
    error: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(_: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr(devkit, "run_status", fails)
    monkeypatch.setattr("sys.argv", ["devkit", "status"])
    monkeypatch.setattr("signal.signal", lambda *_: None)  # pytest keeps its own
    assert devkit.main() == code
    assert capsys.readouterr().err == said
