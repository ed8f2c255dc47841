"""How long a request may take: the clock starts here, and what is left goes upstream as `X-Deadline-Ms`.

The transport ends an attempt when the time is over. A client that goes away ends nothing: an order that was
sent is left to finish.
"""

from chassis.clock import Clock
from gateway.request_context import Answer, Handler, RequestContext
from gateway.routes import Route


class Deadlines:
    """Sets the moment by which the request must be answered."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def around(self, route: Route, proceed: Handler) -> Handler:
        clock, deadline_s = self._clock, route.deadline_s

        async def begin(context: RequestContext) -> Answer:
            context.deadline_at = clock.monotonic() + deadline_s
            return await proceed(context)

        return begin
