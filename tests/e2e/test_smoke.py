"""The first walk through a platform, as `helm test` takes it."""

from __future__ import annotations

import asyncio
import os
import sys

from replay.platform import Platform


async def walk(platform: Platform, password: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "smoke"),
        env={
            "PATH": os.environ["PATH"],
            "GATEWAY_URL": platform.gateway,
            "ADMIN_USERNAME": platform.admin.username,
            "ADMIN_PASSWORD": password,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode, out.decode(), errors.decode()


async def test_every_step_works_and_again_on_the_same_platform(platform: Platform) -> None:
    for _ in range(2):
        code, said, errors = await walk(platform, platform.admin.password)
        assert (code, errors) == (0, "")
        assert said.splitlines()[-1] == "everything works"


async def test_what_does_not_work_is_said(platform: Platform) -> None:
    code, _, errors = await walk(platform, "not the password")
    assert code == 1
    assert errors.startswith("FAILED: ")
    assert "401" in errors
