"""The command line of a service."""

import sys

import pytest

from chassis import cli


def test_a_commands_parameters_are_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    async def later(before: str) -> None:
        """Told later."""
        seen.append(before)

    def plain() -> None:
        seen.append("plain")

    def run(*arguments: str) -> None:
        monkeypatch.setattr(sys, "argv", ["service", *arguments])
        cli.run("service", {"later": later, "plain": plain})

    run("later", "--before", "90")
    run("plain")
    assert seen == ["90", "plain"]
    for wrong in (["later"], ["plain", "--before", "1"], []):
        with pytest.raises(SystemExit):
            run(*wrong)
    assert seen == ["90", "plain"]
