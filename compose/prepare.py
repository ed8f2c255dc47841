"""Runs once before the services of compose.yaml: makes the service keys and hands new volumes over.

A new volume belongs to root and the services run as a user of their own. Run again it changes
nothing: keys that are there are kept. `keys.py` beside it is devkit's.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from keys import ensure_service_keys


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--owner", type=int, required=True, help="user and group of the services")
    parser.add_argument("--keys", type=Path, required=True, help="volume of the service keys")
    parser.add_argument("--data", type=Path, required=True, help="volume of the engine's journal")
    arguments = parser.parse_args()
    ensure_service_keys(arguments.keys)
    for path in (arguments.keys, *arguments.keys.iterdir(), arguments.data):
        os.chown(path, arguments.owner, arguments.owner)
    print("The service keys are there, and the volumes belong to the services.")


if __name__ == "__main__":
    main()
