"""The request's body: its limit, and whether it is waited for or streamed. Bodies are never looked into."""

from chassis.clock import Clock
from gateway.exchange import Answer, Exchange, Handler
from gateway.proxy.bodies import read_body
from gateway.routes import Route


class Bodies:
    """Takes the body in, after the request is known to be welcome: `100 Continue` is sent at this point."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def around(self, route: Route, proceed: Handler) -> Handler:
        clock, limit_bytes = self._clock, route.body_limit_bytes

        async def take_in(exchange: Exchange) -> Answer:
            if exchange.headers.has_body:
                within_s = max(0.0, exchange.deadline_at - clock.monotonic())
                body = await read_body(
                    exchange.receive, exchange.headers.content_length, limit_bytes, within_s
                )
                if isinstance(body, bytes):
                    exchange.body = body
                else:
                    exchange.body_stream = body
            return await proceed(exchange)

        return take_in
