"""Where the platform is, who administers it, and the simulator's own secret: all beside `access.json`."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from replay.paths import ACCESS_FILE
from replay.platform import Platform, PlatformMissing

DEFAULT = ACCESS_FILE
_SECRET_BYTES = 24


@dataclass(frozen=True, slots=True)
class Access:
    """A platform and the secret that the simulator's users there are made from."""

    platform: Platform
    secret: str

    @classmethod
    def read(cls, file: Path, gateway: str | None = None) -> Access:
        """Raises PlatformMissing while no platform is ready there."""
        try:
            platform = Platform.from_access(file, gateway)
        except ValueError as error:
            raise PlatformMissing(f"{file} is not complete: {error}") from None
        return cls(platform, _kept_secret(file.parent / "secrets" / "simulator"))

    def username(self, role: str) -> str:
        """The same in every run on the same data, and another one on other data."""
        return f"sim-{self._derived('name')[:6]}-{role}"

    def password(self, role: str) -> str:
        return self._derived(f"password of {role}")[:40]

    def _derived(self, what: str) -> str:
        return hmac.new(self.secret.encode(), what.encode(), hashlib.sha256).hexdigest()


def _kept_secret(file: Path) -> str:
    """Made once, readable by its owner only; whichever of several processes is first, all have the same one."""
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        # Under its name only when it is whole: `mkstemp` makes it for its owner, `link` replaces nobody's.
        descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
        try:
            with os.fdopen(descriptor, "w") as writing:
                writing.write(json.dumps(secrets.token_urlsafe(_SECRET_BYTES)))
            with suppress(FileExistsError):
                os.link(draft, file)
        finally:
            Path(draft).unlink()
    secret: str = json.loads(file.read_text())
    return secret
