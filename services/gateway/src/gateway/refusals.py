"""What a refusal carries besides its problem: the state of the caller's bucket, and what to do about it."""

from chassis.errors import Problem, TooManyRequests, Unauthorized, Unavailable
from gateway.policies.limits import Limits, quota_headers
from gateway.request_context import RequestContext


async def completed(
    problem: Problem, context: RequestContext | None, address: str, limits: Limits
) -> Problem:
    """`problem` with its headers; or the 429 of an address that has been refused too often."""
    quota = context.quota if context is not None else None
    if quota is None and not isinstance(problem, TooManyRequests):
        # Nobody was identified, so the address pays: floods of bad paths and bad credentials end in 429.
        try:
            quota = await limits.draw_for_stranger(address)
        except TooManyRequests as refusal:
            problem = refusal
    headers = dict(problem.headers or {})
    if quota is not None:
        headers |= quota_headers(quota)
    if isinstance(problem, Unauthorized):
        headers.setdefault("WWW-Authenticate", "Bearer")
    elif isinstance(problem, Unavailable):
        headers.setdefault("Retry-After", "1")
    problem.headers = headers
    return problem
