"""What a failed attempt means to the client.

A read that failed may be asked again: 502, 503 or 504 say so. A write that was sent and not answered may have had
its effect: that is 503 `outcome_unknown`, never 504, since clients re-send a 504 blindly. A write that was not
sent is 503 `unavailable`: nothing was done.
"""

from typing import Any

import msgspec

from chassis.errors import BadGateway, OutcomeUnknown, Problem, Unavailable
from gateway.metrics import OUTCOME_UNKNOWN
from gateway.request_context import Answer, Failure, Handler, RequestContext, UpstreamFailed
from gateway.routes import Route, Upstream


class UpstreamTimeout(Problem):
    status, type, code = 504, "upstream_timeout", 50410000


class _OrderIds(msgspec.Struct):
    client_order_id: str | None = None


_order_ids = msgspec.json.Decoder(_OrderIds)


class Outcomes:
    """Turns `UpstreamFailed`, and answers that make no sense, into problems."""

    def around(self, route: Route, proceed: Handler) -> Handler:
        async def judge(context: RequestContext) -> Answer:
            try:
                answer = await proceed(context)
            except UpstreamFailed as failed:
                raise problem_of(route, context, failed) from None
            if 300 <= answer.status < 400 and answer.status != 304:
                raise BadGateway(
                    f"{route.upstream} answered with a redirect, which is never followed"
                )
            if answer.status == 504 and not route.is_safe:
                raise problem_of(route, context, UpstreamFailed(Failure.TIMEOUT, sent=True))
            return answer

        return judge


def problem_of(route: Route, context: RequestContext, failed: UpstreamFailed) -> Problem:
    """The refusal that tells the client exactly as much as is known."""
    if not failed.sent:
        return Unavailable(
            f"{route.upstream} cannot be reached; nothing was done", headers={"Retry-After": "1"}
        )
    if route.is_safe:
        if failed.failure is Failure.TIMEOUT:
            return UpstreamTimeout(f"{route.upstream} did not answer in time")
        return BadGateway(f"{route.upstream} did not complete its answer")
    OUTCOME_UNKNOWN.labels(route.upstream).inc()
    return OutcomeUnknown(
        f"{route.upstream} was sent this request and did not answer; it may have taken effect",
        **_how_to_find_out(route, context),
    )


def _how_to_find_out(route: Route, context: RequestContext) -> dict[str, Any]:
    if route.upstream is not Upstream.TRADING or route.path != "/v2/orders":
        return {}
    if context.method != "POST":
        return {"look_up": "/v2/orders"}
    # Without a client_order_id trading takes the request id for one.
    client_order_id = _client_order_id(context.body) or context.request_id
    return {
        "client_order_id": client_order_id,
        "look_up": "/v2/orders:by_client_order_id",
    }


def _client_order_id(body: bytes | None) -> str | None:
    try:
        return _order_ids.decode(body or b"").client_order_id
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
