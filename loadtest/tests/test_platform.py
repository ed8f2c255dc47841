"""What the replay reads from the platform's own verification."""

from typing import Any

from replay.platform import Verdict


def check(title: str, holds: bool) -> dict[str, Any]:
    return {"title": title, "holds": holds, "seconds": 0.25, "said": f"{title} spoke"}


def test_each_failed_check_is_one_violation() -> None:
    verdict = Verdict.of([check("auth", True), check("trading", False), check("audit-log", False)])
    assert verdict.violations == 2
    assert verdict.holding == {"auth"}
    assert "trading: FAILED (0.2 s)\ntrading spoke" in verdict.output


def test_no_violation_when_every_check_holds() -> None:
    verdict = Verdict.of([check("auth", True)])
    assert (verdict.violations, verdict.holding) == (0, {"auth"})
