"""Which failures take a process out of service, which hold back a new one, and which are only told."""

from typing import Any

import httpx
from fastapi import FastAPI

from chassis.clock import ManualClock
from chassis.health import Check, Readiness, health_router


class Scene:
    """One process's readiness, asked over HTTP."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.readiness = Readiness(self.clock)
        self.trouble: dict[str, str] = {}

    def check(self, name: str) -> Check:
        async def check() -> str | None:
            return self.trouble.get(name)

        return check

    async def ask(self) -> tuple[int, Any]:
        app = FastAPI()
        app.include_router(health_router(self.readiness))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            answer = await client.get("/readyz")
            return answer.status_code, answer.json()


async def test_what_every_request_needs_takes_out_of_service_whenever_it_fails() -> None:
    scene = Scene()
    scene.readiness.add("database", scene.check("database"))
    assert await scene.ask() == (200, {"status": "ready"})
    scene.clock.advance(3600)
    scene.trouble["database"] = "it is away"
    assert await scene.ask() == (
        503,
        {"status": "not ready", "failures": {"database": "it is away"}},
    )
    scene.trouble.clear()
    assert await scene.ask() == (200, {"status": "ready"})


async def test_what_degrades_is_told_and_takes_nothing_away() -> None:
    scene = Scene()
    scene.readiness.add("settlement", scene.check("settlement"), degrades_after_s=0)
    scene.trouble["settlement"] = "it stands"
    assert await scene.ask() == (200, {"status": "ready", "degraded": {"settlement": "it stands"}})


async def test_a_new_process_is_held_back_until_the_check_passed_once() -> None:
    scene = Scene()
    scene.readiness.add("gate", scene.check("gate"), degrades_after_s=30)
    scene.trouble["gate"] = "starting"
    scene.clock.advance(29)
    assert await scene.ask() == (503, {"status": "not ready", "failures": {"gate": "starting"}})
    scene.trouble.clear()
    assert await scene.ask() == (200, {"status": "ready"})
    scene.trouble["gate"] = "halted"
    assert await scene.ask() == (200, {"status": "ready", "degraded": {"gate": "halted"}})


async def test_a_new_process_is_let_go_when_its_time_is_over() -> None:
    scene = Scene()
    scene.readiness.add("gate", scene.check("gate"), degrades_after_s=30)
    scene.trouble["gate"] = "starting"
    assert (await scene.ask())[0] == 503
    scene.clock.advance(30)
    assert await scene.ask() == (200, {"status": "ready", "degraded": {"gate": "starting"}})


async def test_a_failure_tells_what_degrades_as_well() -> None:
    scene = Scene()
    scene.readiness.add("database", scene.check("database"))
    scene.readiness.add("settlement", scene.check("settlement"), degrades_after_s=0)
    scene.trouble = {"database": "it is away", "settlement": "it stands"}
    status, told = await scene.ask()
    assert status == 503
    assert told["failures"] == {"database": "it is away"}
    assert told["degraded"] == {"settlement": "it stands"}


async def test_a_check_that_breaks_is_a_failure_with_its_words() -> None:
    async def breaks() -> str | None:
        raise ConnectionError("no route")

    scene = Scene()
    scene.readiness.add("database", breaks)
    assert (await scene.ask())[1]["failures"] == {"database": "ConnectionError: no route"}
