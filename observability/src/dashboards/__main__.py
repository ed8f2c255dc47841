"""`python -m dashboards [FOLDER]`: write every dashboard as JSON, as Grafana's provisioning reads it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.overview import overview

FOLDER = Path(__file__).parents[2] / "dashboards"
DASHBOARDS = {"overview.json": overview}


def text_of(name: str) -> str:
    """The dashboard as text, the same for the same code: keys are sorted."""
    return json.dumps(DASHBOARDS[name](), cls=JSONEncoder, indent=2, sort_keys=True) + "\n"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for name in DASHBOARDS:
        (folder / name).write_text(text_of(name))


if __name__ == "__main__":
    main()
