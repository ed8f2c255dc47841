"""Whoever changes the chart sees what that does to every way of using it: `make chart-goldens`, then read the diff."""

from __future__ import annotations

import pytest
from chart_goldens import GOLDENS, golden, golden_file
from chart_matrix import BY_NAME, CHART, ROWS, run_helm

from devkit.bootstrap import KUBERNETES


@pytest.mark.parametrize("name", BY_NAME)
def test_what_is_rendered_is_what_was_written_down(name: str) -> None:
    expected = golden_file(name).read_text()
    assert golden(name) == expected, "make chart-goldens writes it; read the difference first"


def test_nothing_is_written_down_that_is_not_rendered() -> None:
    assert set(GOLDENS.iterdir()) == {golden_file(row.name) for row in ROWS}


@pytest.mark.parametrize("profile", ["", "kind", "dev", "production"])
def test_helm_itself_finds_nothing_wrong(profile: str) -> None:
    values = ["--values", str(CHART / f"values-{profile}.yaml")] if profile else []
    done = run_helm("lint", "--strict", "--kube-version", KUBERNETES, str(CHART), *values)
    assert done.returncode == 0, done.stdout
    assert "[WARNING]" not in done.stdout, done.stdout
