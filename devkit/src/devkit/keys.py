"""Service keys and passwords of one data folder: made once, kept with mode 600, never printed."""

from __future__ import annotations

import json
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

SCOPES: Mapping[str, tuple[str, ...]] = {
    "trading": ("engine:command", "engine:read"),
    "market-data": ("engine:read", "events:read"),
    "audit-log": ("engine:read", "events:read"),
    "gateway": ("keys:exchange",),
    "verify": ("engine:read", "events:read"),
}
"""What each caller's key may be used for (contracts/README.md, Identity)."""


def key_id(service: str) -> str:
    return f"{service}-1"


def ensure_service_keys(folder: Path, scopes: Mapping[str, tuple[str, ...]] = SCOPES) -> Path:
    """A private key per service in `folder`, and the set of public ones, whose path is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    public = []
    for service, allowed in scopes.items():
        file = private_key_file(folder, service)
        if not file.is_file():
            fresh = Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
            write_private(file, fresh.decode())
        public.append(public_key(load_private_key(file), service, allowed))
    key_set = folder / "service-keys.json"
    write_private(key_set, json.dumps({"keys": public}, indent=2))
    return key_set


def private_key_file(folder: Path, service: str) -> Path:
    return folder / f"{service}.pem"


def load_private_key(file: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey), f"{file.name} is not an Ed25519 key"
    return key


def public_key(key: Ed25519PrivateKey, service: str, scopes: tuple[str, ...]) -> dict[str, object]:
    """One member of the key set: a JWK with the service that owns it and what it may be used for."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": urlsafe_b64encode(raw).rstrip(b"=").decode(),
        "kid": key_id(service),
        "use": "sig",
        "alg": "EdDSA",
        "service": service,
        "scopes": list(scopes),
    }


def ensure_secret(folder: Path, name: str) -> str:
    """A random secret that is made at the first call and the same ever after."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    file = folder / name
    if not file.is_file():
        write_private(file, secrets.token_urlsafe(24))
    return file.read_text()


def write_private(file: Path, text: str) -> None:
    """Write a file that only we may read, whole or not at all."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    fresh.replace(file)
