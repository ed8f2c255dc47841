"""The rule of refresh tokens against a plainer telling of it, over arbitrary histories."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from auth.sessions.queries import PresentedToken
from auth.sessions.refresh import RefreshVerdict, judge

GRACE = timedelta(seconds=10)
START = datetime(2026, 11, 22, tzinfo=UTC)
LIFETIME = timedelta(days=30)


class PlainSession:
    """Remembers every token that it handed out, and what became of each."""

    def __init__(self) -> None:
        self.now = START
        self.ended = False
        self.generation_of = {0: 1}
        self.first_use: dict[int, datetime] = {}
        self.siblings_used: set[int] = set()

    def expected(self, token: int) -> RefreshVerdict:
        if self.ended:
            return RefreshVerdict.REFUSE
        generation = self.generation_of[token]
        if generation not in self.siblings_used:
            return RefreshVerdict.ROTATE
        successor_was_used = generation + 1 in self.siblings_used
        since = self.now - self.first_use[generation]
        if not successor_was_used and since <= GRACE:
            return RefreshVerdict.AGAIN
        return RefreshVerdict.REUSED


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 14)), max_size=40))
def test_every_history_is_judged_as_the_plain_session_does(steps: list[tuple[int, int]]) -> None:
    plain = PlainSession()
    current, rotated_at, ended_at = 1, START, None
    for choice, seconds in steps:
        plain.now += timedelta(seconds=seconds)
        token = choice % len(plain.generation_of)
        generation = plain.generation_of[token]
        presented = PresentedToken(
            UUID(int=1), UUID(int=2), generation, START + LIFETIME, current, rotated_at, ended_at
        )
        verdict = judge(presented, plain.now, GRACE)
        assert verdict is plain.expected(token)
        if verdict is RefreshVerdict.ROTATE:
            current, rotated_at = current + 1, plain.now
            plain.siblings_used.add(generation)
            plain.first_use[generation] = plain.now
        if verdict in (RefreshVerdict.ROTATE, RefreshVerdict.AGAIN):
            plain.generation_of[len(plain.generation_of)] = generation + 1
        if verdict is RefreshVerdict.REUSED:
            ended_at, plain.ended = plain.now, True
