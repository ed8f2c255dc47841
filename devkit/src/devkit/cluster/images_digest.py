"""The tag of an image in development: a digest of what it is made from, so that what did not change
is neither built nor loaded again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from devkit.home import PlatformError

TAG_LENGTH = 12


def digest_of(root: Path, sources: Iterable[str], salts: Iterable[str]) -> str:
    """One digest over names, modes and contents of files and folders below `root`, and over `salts`.

    Left out is what `.dockerignore` leaves out, since no image can hold it.
    Raises PlatformError for a source that is not there.
    """
    total = hashlib.sha256()
    for salt in salts:
        total.update(salt.encode() + b"\0")
    for file in sorted(_files(root, sources)):
        mode = "x" if file.stat().st_mode & 0o100 else "-"
        total.update(f"{file.relative_to(root)}\0{mode}\0{file.stat().st_size}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()[:TAG_LENGTH]


def _files(root: Path, sources: Iterable[str]) -> Iterator[Path]:
    ignored = ignore_rules((root / ".dockerignore").read_text())
    for source in sources:
        start = root / source
        if not start.exists():
            raise PlatformError(f"{source} goes into an image and is not there")
        for file in [start] if start.is_file() else start.rglob("*"):
            if file.is_file() and not ignored.fullmatch(str(file.relative_to(root))):
                yield file


def ignore_rules(text: str) -> re.Pattern[str]:
    """What the excluding lines of a `.dockerignore` match: a path, or anything below it.

    The first line, a lone `*`, and the `!` lines that follow it are about what images may take at
    all; only the lines after them speak of files inside of that.
    """
    lines = [line.strip() for line in text.splitlines()]
    patterns = [line for line in lines if line and line != "*" and line[0] not in "#!"]
    return re.compile("|".join(f"(?:{_expression(pattern)})(?:/.*)?" for pattern in patterns))


def _expression(pattern: str) -> str:
    """A pattern of Docker's as a regular expression."""
    parts = re.split(r"(\*\*/|\*|\[[^\]]+\])", pattern)
    meant = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return "".join(
        meant.get(part) or (part if part.startswith("[") else re.escape(part)) for part in parts
    )
