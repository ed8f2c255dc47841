"""A check's verdict is its exit code, and its words are kept and shown."""

import json
import sys
from pathlib import Path

import pytest

from devkit import verify as module
from devkit.home import Home
from devkit.verify import Check, run, verify


def check(title: str, code: int) -> Check:
    script = f"import sys; print('out'); print('err', file=sys.stderr); sys.exit({code})"
    return Check(title, (sys.executable, "-c", script), {})


def test_a_check_holds_when_it_exits_with_0(capfd: pytest.CaptureFixture[str]) -> None:
    holding, failed = run(check("good", 0), show=True), run(check("bad", 3), show=False)
    assert (holding.holds, failed.holds) == (True, False)
    assert sorted(failed.said.splitlines()) == ["err", "out"]
    shown = capfd.readouterr().out
    assert "good: holds" in shown
    assert "err" in shown
    assert "bad" not in shown


def test_a_program_reads_one_document(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home.at(tmp_path)
    home.access_file.write_text("{}")
    monkeypatch.setattr(module, "checks", lambda _: [check("good", 0), check("bad", 1)])
    held = home.lock()  # as a running platform holds it
    assert held is not None
    with held:
        assert verify(home, as_json=True) == 1
    told = json.loads(capfd.readouterr().out)["checks"]
    assert [(one["title"], one["holds"]) for one in told] == [("good", True), ("bad", False)]
    assert all(one["seconds"] > 0 for one in told)
