"""Routes for the hottest doors: answered in front of FastAPI, whose machinery costs more than most of them do.

The same endpoint stays declared with FastAPI, which documents it; the front (`chassis.front`) answers it first. So
such an endpoint takes the request and nothing else.
"""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.routing import APIRoute

from chassis.front import Endpoint, ServiceApp


def answer_bare(
    app: ServiceApp,
    router: APIRouter,
    *endpoints: Endpoint,
    around_writes: Callable[[Endpoint], Endpoint] = lambda endpoint: endpoint,
) -> None:
    """Answer these endpoints of `router` without FastAPI's machinery; `around_writes` wraps those that write."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.endpoint in endpoints:
            for method in route.methods or ():
                writes = method not in ("GET", "HEAD")
                endpoint = around_writes(route.endpoint) if writes else route.endpoint
                app.bare.add(method, route.path, endpoint)
