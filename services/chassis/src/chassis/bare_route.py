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


def answer_bare(app: FastAPI, router: APIRouter, *endpoints: Endpoint) -> None:
    """Answer these endpoints of `router` without FastAPI's machinery."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.endpoint in endpoints:
            bare = BareRoute(route.path, route.endpoint, methods=sorted(route.methods or ()))
            app.router.routes.insert(0, bare)
