"""One call to the engine at a time, with everything that waited during the last one: order is kept, batches form."""

import asyncio
from dataclasses import dataclass

import structlog
from prometheus_client import Counter, Histogram

from chassis.clock import Clock
from trading.batching import Batcher
from trading.engine.client import Answer, EngineClient, Malformed, Refused, Unknown
from trading.engine.journal_clock import JournalClock
from trading.failpoints import Failpoints

log = structlog.get_logger(__name__)

BREAKER_S = 0.5
BATCH_SIZE = Histogram(
    "trading_engine_batch_commands",
    "Commands in one call to the engine.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
)
CALLS = Counter("trading_engine_calls_total", "Calls to the engine.", ["outcome"])


@dataclass(slots=True)
class _Waiting:
    payload: bytes
    outcome: "asyncio.Future[int]"


class CommandSender:
    """`send` answers with the sequence number after which a command's effect is settled."""

    def __init__(
        self,
        client: EngineClient,
        journal_clock: JournalClock,
        clock: Clock,
        failpoints: Failpoints,
        batch: int,
    ) -> None:
        self._client = client
        self._journal_clock = journal_clock
        self._clock = clock
        self._failpoints = failpoints
        self._batcher = Batcher(self._send, batch)
        self._unreachable_until = float("-inf")

    @property
    def open(self) -> bool:
        """The breaker: whether the engine was not found away, or silent, a moment ago."""
        return self._clock.monotonic() >= self._unreachable_until

    @property
    def backlog(self) -> int:
        """Commands that wait for a call."""
        return len(self._batcher)

    def send(self, payload: bytes) -> "asyncio.Future[int]":
        """Queue a command. The future fails with `Refused` (certain) or `Unknown` (the log will tell)."""
        outcome: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        # Nobody may be left to look at it, and then the log tells all the same.
        outcome.add_done_callback(lambda future: future.cancelled() or future.exception())
        self._batcher.add(_Waiting(payload, outcome))
        return outcome

    async def run(self) -> None:
        await self._batcher.run()

    async def _send(self, batch: list[_Waiting]) -> None:
        BATCH_SIZE.observe(len(batch))
        try:
            await self._failpoints.reach("before_send")
            answer = await self._client.send([each.payload for each in batch])
            await self._failpoints.reach("after_send")
        except Malformed as error:
            CALLS.labels("malformed").inc()
            log.error("a command is malformed", commands=len(batch), error=str(error))
            if len(batch) == 1:
                _fail(batch, error)
            else:
                # Its neighbours must not be refused for it: found by halves, it costs few calls, not one for each.
                half = len(batch) // 2
                await self._send(batch[:half])
                await self._send(batch[half:])
        except Refused as error:
            CALLS.labels("refused").inc()
            log.warning("commands refused", commands=len(batch), error=str(error))
            self._unreachable_until = self._clock.monotonic() + BREAKER_S
            _fail(batch, error)
        except Unknown as error:
            CALLS.labels("unknown").inc()
            log.warning("commands with unknown outcome", commands=len(batch), error=str(error))
            self._unreachable_until = self._clock.monotonic() + BREAKER_S
            _fail(batch, error)
        else:
            CALLS.labels("answered").inc()
            self._journal_clock.report(answer.journal_time_ns)
            _answer(batch, answer)


def _answer(batch: list[_Waiting], answer: Answer) -> None:
    for each, result in zip(batch, answer.results, strict=True):
        if each.outcome.done():
            continue
        if result.outcome == "journalled":
            each.outcome.set_result(result.last_sequence)
        else:
            each.outcome.set_exception(Refused(f"the matching engine refused: {result.reason}"))


def _fail(batch: list[_Waiting], error: Exception) -> None:
    for each in batch:
        if not each.outcome.done():
            each.outcome.set_exception(error)
