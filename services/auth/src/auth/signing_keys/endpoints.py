"""`GET /v1/jwks`: the public keys that verify user tokens."""

from typing import Any

from fastapi import APIRouter, Response

from auth.wiring import Keys

router = APIRouter(tags=["signing keys"])


@router.get("/v1/jwks")
async def jwks(keys: Keys, response: Response) -> dict[str, Any]:
    """Every key that a valid token may be signed with, as a JWK set. Public."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return keys.jwks()
