"""Bases of images where no Docker engine can fetch the official ones: Debian's packages and this
machine's toolchains (tests/cluster/bases)."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devkit.home import PlatformError

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True)
class Context:
    """A folder of this machine that a base copies from, and what tells one state of it from another."""

    folder: Path
    version: str


def context(name: str, scratch: Path) -> Context:
    """The folder behind a name that a base's Dockerfile copies from.

    Raises PlatformError when what it stands for is not installed.
    """
    if name == "go":
        go = _program("go") or _program("/usr/local/go/bin/go")
        if go is None:
            raise PlatformError("An image of the engine needs Go: see the README")
        goroot, version = _told(go, "env", "GOROOT"), _told(go, "version")
        return Context(Path(goroot), version)
    if name == "node":
        node = _program("node")
        if node is None:
            raise PlatformError("An image of the UI needs Node.js: see the README")
        path, version = _told(node, "-p", "process.execPath + ' ' + process.version").split(" ")
        return Context(Path(path).parent.parent, version)
    if name == "certificates":
        return _certificates(scratch)
    raise PlatformError(f"no folder is called {name!r}")


def _certificates(scratch: Path) -> Context:
    """The authorities that this machine trusts, its own too, in a folder with nothing else."""
    trusted = Path(os.environ.get("SSL_CERT_FILE", CERTIFICATES)).read_bytes()
    folder = scratch / "certificates"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "ca-certificates.crt"
    if not file.is_file() or file.read_bytes() != trusted:
        file.write_bytes(trusted)
    return Context(folder, hashlib.sha256(trusted).hexdigest())


def _program(name: str) -> str | None:
    return shutil.which(name)


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
