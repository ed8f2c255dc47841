"""What the cluster test measured is told by program, and whole or beside the last whole run's."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import disturbing
import pytest
from cluster_figures import NEEDED, Figures, PodUse, by_program


def test_a_partial_run_leaves_the_figures_of_the_last_whole_one(tmp_path: Path) -> None:
    whole, partial = tmp_path / "cluster.json", tmp_path / "cluster-partial.json"
    whole.write_text('{"of": "the last whole run"}')
    figures = Figures(tmp_path)
    first, *others = sorted(NEEDED)
    for name in others:
        figures.set(name, 1)
    figures.took("install", 1.23)
    assert json.loads(whole.read_text()) == {"of": "the last whole run"}
    assert json.loads(partial.read_text())["phases_s"] == {"install": 1.2}
    figures.set(first, 1)
    figures.took("verify", 2)
    written = json.loads(whole.read_text())
    assert written.keys() >= NEEDED
    assert written["phases_s"] == {"install": 1.2, "verify": 2}
    assert not partial.exists()


def test_a_program_used_what_its_largest_pod_did() -> None:
    pods = {
        "auth-1": PodUse("auth", 10.0, 3.0),
        "auth-2": PodUse("auth", 20.0, 2.0),
        "redis-0": PodUse("redis", 5.0, 1.0),
    }
    assert by_program(pods) == {
        "auth": PodUse("auth", 20.0, 3.0),
        "redis": PodUse("redis", 5.0, 1.0),
    }


@pytest.mark.parametrize("back", [("first", 1, True), ("second", 0, True)])
def test_an_engine_is_back_in_its_pod_or_in_another_one(
    monkeypatch: pytest.MonkeyPatch, back: tuple[str, int, bool]
) -> None:
    seen = [("first", 0, True), ("first", 0, True), ("", 0, False), (back[0], back[1], False), back]
    states = iter(seen)
    monkeypatch.setattr(disturbing, "state_of", lambda kube: next(states))
    monkeypatch.setattr(disturbing, "POLL_S", 0)
    killed: list[str] = []
    target: Any = SimpleNamespace(kill=lambda kube, pod: killed.append(pod))
    deployment: Any = SimpleNamespace(kube=None)
    disturbing.Disturber(deployment, target, disturbing.Traffic(), print).crash_engine()
    assert killed == ["matching-engine-0"]
    assert list(states) == []
