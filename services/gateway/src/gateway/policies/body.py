"""The request's body: its limit, and whether it is waited for or streamed. Bodies are never looked into."""

from chassis.clock import Clock
from gateway.proxy.bodies import read_body
from gateway.request_context import Answer, Handler, RequestContext
from gateway.routes import Route


class Bodies:
    """Takes the body in, after the request is known to be welcome: `100 Continue` is sent at this point."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def around(self, route: Route, proceed: Handler) -> Handler:
        clock, limit_bytes = self._clock, route.body_limit_bytes

        async def take_in(context: RequestContext) -> Answer:
            if context.headers.has_body:
                within_s = max(0.0, context.deadline_at - clock.monotonic())
                body = await read_body(
                    context.receive, context.headers.content_length, limit_bytes, within_s
                )
                if isinstance(body, bytes):
                    context.body = body
                else:
                    context.body_stream = body
            return await proceed(context)

        return take_in
