"""Sessions follow each other without a gap: each ends when the next one starts, at the same time every day (UTC)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sessions:
    """A session carries the date on which it ends, or the day before when it ends at midnight."""

    ends_at: time

    @property
    def shift(self) -> timedelta:
        """How long before its date's midnight a session starts."""
        if self.ends_at == time(0, 0):
            return timedelta(0)
        return DAY - timedelta(hours=self.ends_at.hour, minutes=self.ends_at.minute)

    def of(self, moment: datetime) -> date:
        """The session that runs at `moment`."""
        return (moment.astimezone(UTC) + self.shift).date()

    def start(self, session: date) -> datetime:
        return datetime.combine(session, time(0, 0), UTC) - self.shift

    def end(self, session: date) -> datetime:
        """When it is over: the first moment of the next one."""
        return self.start(session) + DAY
