"""`python -m smoke`: log in, place, match, read, through the gateway alone; run by `helm test`.

Environment: GATEWAY_URL, ADMIN_USERNAME, ADMIN_PASSWORD.
Exit code 0: all of it works; 1: a sentence says what does not.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping

from replay.gateway import Gateway, Lost, PatienceExhausted, Refused
from smoke.journey import Surprise, walk

VARIABLES = ("GATEWAY_URL", "ADMIN_USERNAME", "ADMIN_PASSWORD")


async def smoke(gateway_url: str, username: str, password: str) -> int:
    """Take every step and say so; the exit code."""
    async with Gateway(gateway_url, connections=4) as gateway:
        try:
            await walk(gateway, username, password, say=lambda step: print(step, flush=True))
        except Surprise as surprise:
            return _failed(str(surprise))
        except (Lost, Refused, PatienceExhausted) as error:
            return _failed(f"a step was not answered as it should be: {error}")
    print("everything works")
    return 0


def main(environment: Mapping[str, str]) -> int:
    missing = [name for name in VARIABLES if not environment.get(name)]
    if missing:
        return _failed(f"set {', '.join(missing)}")
    url, username, password = (environment[name] for name in VARIABLES)
    return asyncio.run(smoke(url, username, password))


def _failed(sentence: str) -> int:
    print(f"FAILED: {sentence}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    # As a container's first process it has no default for this signal.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(os.environ))
