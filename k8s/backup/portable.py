"""Reads objects as `kubectl get --output json` prints them, and prints what another cluster can be given.

What the old cluster knew of them (ids, versions, owners) is left out; labels and annotations stay, since by them Helm
knows the objects of its release again.

    kubectl get secret NAME... --output json | python3 k8s/backup/portable.py | age --recipient KEY > secrets.age
    age --decrypt --identity FILE secrets.age | kubectl create --filename -
"""

from __future__ import annotations

import json
import sys
from typing import Any

KEPT_OF_METADATA = ("name", "labels", "annotations")
LEFT_OUT = ("metadata", "status")
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def portable(item: dict[str, Any]) -> dict[str, Any]:
    """The object without anything that belongs to where it was."""
    metadata = {key: item["metadata"][key] for key in KEPT_OF_METADATA if key in item["metadata"]}
    # It repeats the whole object, and in a Secret its values.
    metadata.get("annotations", {}).pop(APPLIED, None)
    kept = {key: value for key, value in item.items() if key not in LEFT_OUT}
    return {**kept, "metadata": metadata}


def main() -> None:
    document = json.load(sys.stdin)
    items = document["items"] if document["kind"] == "List" else [document]
    listed = {"apiVersion": "v1", "kind": "List", "items": [portable(item) for item in items]}
    json.dump(listed, sys.stdout)


if __name__ == "__main__":
    main()
