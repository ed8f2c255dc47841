"""Routes for the hottest doors: Starlette's plain form, which costs half of what FastAPI's does.

The same endpoint stays declared with FastAPI, which documents it; this route, found first, answers it. So such an
endpoint takes the request and nothing else.
"""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.routing import Match, Route
from starlette.types import Scope

Endpoint = Callable[[Request], Awaitable[Response]]


class BareRoute(Route):
    """A plain route that tells, as FastAPI's do, which one matched: metrics and spans are named for it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child_scope = super().matches(scope)
        child_scope["route"] = self
        return match, child_scope


def answer_bare(
    app: FastAPI,
    router: APIRouter,
    *endpoints: Endpoint,
    around_writes: Callable[[Endpoint], Endpoint] = lambda endpoint: endpoint,
) -> None:
    """Answer these endpoints of `router` without FastAPI's machinery; `around_writes` wraps those that write."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.endpoint in endpoints:
            methods = sorted(route.methods or ())
            writes = not {"GET", "HEAD"}.issuperset(methods)
            endpoint = around_writes(route.endpoint) if writes else route.endpoint
            bare = BareRoute(route.path, endpoint, methods=methods)
            app.router.routes.insert(0, bare)
