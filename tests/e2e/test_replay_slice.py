"""Recorded real order flow makes the recorded trades on the real platform, and everything adds up."""

from __future__ import annotations

import pytest

from devkit.home import Home
from replay.capture import Capture, load
from replay.download import capture_folder
from replay.drive import Drive
from replay.plan import Plan, head, whole
from replay.platform import Platform
from replay.run import Options, replay, verify_audit
from tests.verify.__main__ import main as compare_services
from tests.verify.settings import CompareSettings


@pytest.fixture(scope="module")
def capture() -> Capture:
    return load(capture_folder())


async def replays_as_recorded(platform: Platform, plan: Plan) -> None:
    """Replay a plan; nothing may be refused, missing, added, or left inconsistent, not even on the way."""
    record, verdicts = Drive(), list[int]()

    async def compare_meanwhile() -> None:
        assert platform.root is not None
        access = Home(platform.root).access()
        compared = CompareSettings(
            engine_url=access["services"]["matching-engine"],
            service_key_file=access["verify_key_file"],
            **{f"{name}_database_url": url for name, url in access["databases"].items()},
        )
        while record.sent < len(plan.commands) and len(verdicts) < 10:
            verdicts.append(await compare_services(compared))

    done = await replay(
        plan,
        platform.gateway,
        platform.admin,
        Options(accounts=8, in_flight=64),
        hooks={len(plan.commands) // 10: compare_meanwhile},
        record=record,
    )
    assert verdicts, "the comparison never ran while orders were placed"
    assert set(verdicts) == {0}, "see what was printed"
    assert done.record.refused() == []
    assert list(done.comparison.differences) == []
    assert done.comparison.matching == len(plan.trades)
    assert len(done.record.acknowledged()) == len(plan.commands)
    verdict = platform.verify()
    assert verdict.violations == 0, verdict.output
    audit = await verify_audit(platform.gateway, platform.admin, verdict)
    assert audit.intact, audit.sentence


async def test_a_slice_of_the_recording_makes_its_trades(
    platform: Platform, capture: Capture
) -> None:
    plan = head(capture, 2_000)
    assert len(plan.trades) == 21
    await replays_as_recorded(platform, plan)


@pytest.mark.slow
@pytest.mark.timeout(3600)  # 105,070 commands, many of which wait for the answer to another
async def test_the_whole_recording_makes_all_284_trades(
    platform: Platform, capture: Capture
) -> None:
    plan = whole(capture)
    assert len(plan.trades) == 284
    await replays_as_recorded(platform, plan)
