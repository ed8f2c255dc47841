"""The UI's own journeys in a browser, through the ingress: the pages come from nginx, all else from the gateway."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from cluster_figures import Figures
from loopback import on_loopback

from devkit.bootstrap import FRONTEND
from devkit.cluster.deployment import Deployment
from devkit.cluster.kube import run_bounded

JOURNEYS = ("keyboard.spec.ts", "session.spec.ts", "security.spec.ts")
"""From registering to a filled and closed position; sessions and their cookie; what the pages' policy forbids."""
BROWSER_S = 600


def test_a_newcomer_registers_deposits_buys_and_sees_the_fill(
    deployed: Deployment, figures: Figures, say: Callable[[str], None], tmp_path: Path
) -> None:
    username, password = deployed.admin()
    file = tmp_path / "access.json"
    file.touch(mode=0o600)
    with figures.phase("browser"), on_loopback(deployed.url) as url:
        admin = {"username": username, "password": password}
        file.write_text(json.dumps({"gateway": url, "admin": admin}))
        said = run_bounded(
            ["npm", "run", "--silent", "e2e", "--", "--reporter=line", *JOURNEYS],
            BROWSER_S,
            environment={**os.environ, "E2E_ROOT": str(tmp_path)},
            folder=FRONTEND,
        )
    say(said.strip().splitlines()[-1])
