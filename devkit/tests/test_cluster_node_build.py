"""What tests/cluster/node/build makes again when something changed, with a Go that only notes what it is asked."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from devkit.bootstrap import REPOSITORY

NODE = REPOSITORY / "tests" / "cluster" / "node"
GO = r"""#!/bin/sh
case $1 in
  env) echo amd64 ;;
  build) while [ "$1" != -o ]; do shift; done; echo program >"$2"; echo "${2##*/}" >>"$NOTES" ;;
  install) echo program >"$GOBIN/coredns"; for last; do :; done; echo "$last" >>"$NOTES" ;;
esac
"""

pytestmark = pytest.mark.skipif(shutil.which("jq") is None, reason="the node's packages have jq")


def test_only_what_changed_is_built_again(tmp_path: Path) -> None:
    node = tmp_path / "node"
    shutil.copytree(NODE, node)
    notes, go = tmp_path / "notes", tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(GO)
    go.chmod(0o755)

    def built() -> list[str]:
        notes.write_text("")
        environment = {
            **os.environ,
            "PATH": f"{go.parent}:{os.environ['PATH']}",
            "PYTHON": "true",  # nothing is installed
            "NOTES": str(notes),
            "CLUSTER_CACHE": str(tmp_path / "cache"),
        }
        done = subprocess.run(
            [str(node / "build")], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return notes.read_text().split()

    def change(file: Path, old: str, new: str) -> None:
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    first = built()
    assert [name.partition("@")[0] for name in first] == [
        "kubernetes.new", "pause", "github.com/coredns/coredns",
    ]  # fmt: skip
    assert built() == []

    change(node / "settings", "dns=1.", "dns=9.")
    assert built() == ["kubernetes.new", first[2].replace("@v1.", "@v9.")]

    change(node / "node" / "pause" / "main.go", "package main", "package main // changed")
    assert built() == ["kubernetes.new", "pause"]

    (tmp_path / "cache" / "images" / "coredns.tar").unlink()
    change(node / "settings", "# Sourced", "#  Sourced")
    assert [name.partition("@")[0] for name in built()][1:] == ["github.com/coredns/coredns"]
