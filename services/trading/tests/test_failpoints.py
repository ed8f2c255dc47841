"""The places of faults: what arms them, at which arrival they act, and that they are inert otherwise."""

from pathlib import Path

import pytest

from chassis.clock import ManualClock
from trading.engine.client import Refused, Unknown
from trading.failpoints import Failpoints


def swap(file: Path, text: str) -> None:
    """As a test does it in the middle of a run: never half a file."""
    fresh = file.with_name(f"{file.name}.fresh")
    fresh.write_text(text)
    fresh.rename(file)


async def test_a_place_acts_once_at_the_arrival_that_is_named() -> None:
    failpoints = Failpoints("before_send=unknown@2, after_send=refused")
    await failpoints.reach("before_send")
    with pytest.raises(Unknown):
        await failpoints.reach("before_send")
    await failpoints.reach("before_send")
    with pytest.raises(Refused):
        await failpoints.reach("after_send")
    assert failpoints.reached == {"before_send", "after_send"}


@pytest.mark.parametrize(
    "wrong", ["before_send", "nowhere=exit", "before_send=explode", "before_send=exit@0", "x@1"]
)
def test_a_wrong_setting_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError):
        Failpoints(wrong)


async def test_a_file_arms_a_process_that_runs_and_is_told_what_acted(tmp_path: Path) -> None:
    file = tmp_path / "failpoints"
    failpoints = Failpoints(file=file)
    await failpoints.reach("before_commit")
    swap(file, "before_commit=lost,after_commit=lost")
    with pytest.raises(ConnectionResetError):
        await failpoints.reach("before_commit")
    # Another file takes the rules of the last one back.
    swap(file, "before_send=lost")
    await failpoints.reach("after_commit")
    with pytest.raises(ConnectionResetError):
        await failpoints.reach("before_send")
    told = [line.split()[1:] for line in (tmp_path / "failpoints.acted").read_text().splitlines()]
    assert told == [["before_commit", "lost"], ["before_send", "lost"]]


def test_a_wall_clock_jumps_and_the_monotonic_one_does_not(tmp_path: Path) -> None:
    true = ManualClock()
    assert Failpoints().clock(true) is true
    clock = Failpoints(file=tmp_path / "failpoints").clock(true)
    assert clock.time_ns() == true.time_ns()
    swap(tmp_path / "failpoints", "wall_clock=shift:-7200")
    assert clock.time_ns() == true.time_ns() - 7200 * 10**9
    assert clock.monotonic() == true.monotonic()
