"""An administrator halts and resumes while the engine is away: the last word given is the last one done."""

import pytest
from trading_platform import Platform, until

from devkit.testing_support.engine import Engine
from trading.assets import administration

WORDS = ["halt", "resume"]
_SENT = """
SELECT kind, attempts, sent_at FROM commands WHERE kind IN ('halt_symbol', 'resume_symbol') ORDER BY place
"""


@pytest.fixture
async def impatient(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A platform whose administrators do not wait for an engine that is away."""
    monkeypatch.setattr(administration, "PHASE_WAIT_S", 0.1)
    return platform


async def _tell(platform: Platform, word: str) -> bool:
    told = await platform.admin.post(f"/v1/admin/assets/ACME/{word}", None)
    return bool(told["halted"])


async def _halted(platform: Platform) -> bool:
    return bool((await platform.admin.get("/v2/assets/ACME"))["halted"])


async def _commands(platform: Platform) -> list[tuple[str, int, object]]:
    async with platform.app.state.database.raw() as connection:
        return [tuple(row) for row in await connection.fetch(_SENT)]


@pytest.mark.parametrize("last", WORDS)
async def test_the_last_word_holds_when_the_first_was_not_done_yet(
    impatient: Platform, engine: Engine, last: str
) -> None:
    first = WORDS[1 - WORDS.index(last)]
    if last == "halt":
        await _tell(impatient, "halt")
        await until(lambda: _halted(impatient))
    engine.stop()
    await _tell(impatient, first)

    async def first_was_tried() -> bool:
        return (await _commands(impatient))[0][1] > 0

    await until(first_was_tried)
    await _tell(impatient, last)

    async def both_were_tried() -> bool:
        return all(attempts for _, attempts, _ in await _commands(impatient))

    await until(both_were_tried)
    (kind, _, sent_at), *rest = await _commands(impatient)
    assert kind == f"{first}_symbol"
    assert [(kind, at) for kind, _, at in rest] == [(f"{last}_symbol", sent_at)], "sent apart"

    engine.start()

    async def decided() -> bool:
        return await _commands(impatient) == []

    await until(decided)
    assert await _halted(impatient) == (last == "halt")


async def test_what_is_asked_for_already_is_not_asked_again(
    impatient: Platform, engine: Engine
) -> None:
    engine.stop()
    assert not await _tell(impatient, "resume")
    assert await _commands(impatient) == []
    for _ in range(2):
        assert not await _tell(impatient, "halt")
    assert [kind for kind, *_ in await _commands(impatient)] == ["halt_symbol"]
