"""Make, list and delete API keys; and exchange one for a token, which only the gateway may ask."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response
from prometheus_client import Counter

from auth.api_keys import queries
from auth.api_keys.queries import StoredApiKey
from auth.api_keys.schemas import AccessToken, ApiKey, ApiKeyWithSecret, KeyPair, NewApiKey
from auth.api_keys.secrets import is_key_id, matches, new_key_id, new_secret, secret_hash
from auth.events import EventKind, record
from auth.users import queries as users
from auth.users.roles import scopes_of
from auth.wiring import InPerson, Issuer, TheClock
from chassis.clock import utc_now
from chassis.database import Reading, Writing
from chassis.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    MalformedRequest,
    NotFound,
    Unauthorized,
    problem_responses,
)
from chassis.identity.guards import service
from chassis.identity.principal import Principal

router = APIRouter(tags=["API keys"])

MAX_KEYS_PER_USER = 20
EXCHANGES = Counter("auth_api_key_exchanges_total", "API keys presented.", ["outcome"])


class TooManyApiKeys(Conflict):
    """The user has as many keys as anybody may have; delete one first."""

    type, code = "too_many_api_keys", 40910003


class WrongApiKey(Unauthorized):
    """Key id or secret is wrong, the key was deleted, or its user is disabled."""

    type, code = "wrong_api_key", 40110003


@router.get("/v1/auth/api-keys", responses=problem_responses(Unauthorized, Forbidden))
async def list_keys(user_id: InPerson, connection: Reading) -> list[ApiKey]:
    """The user's keys, oldest first, without their secrets."""
    found = await queries.of_user(connection, user_id)
    return [ApiKey.model_validate(key, from_attributes=True) for key in found]


@router.post(
    "/v1/auth/api-keys",
    status_code=201,
    responses=problem_responses(
        MalformedRequest, Unauthorized, Forbidden, TooManyApiKeys, InvalidInput
    ),
)
async def create_key(
    body: NewApiKey, user_id: InPerson, response: Response, connection: Writing, clock: TheClock
) -> ApiKeyWithSecret:
    """Make a key. Its secret is in this answer and never again."""
    # The lock makes the count below hold until the key is in.
    user = await users.locked(connection, user_id)
    if user is None or user.disabled:
        raise Unauthorized("the user of this token does not exist or is disabled")
    scopes = sorted(set(body.scopes))
    if missing := set(scopes) - scopes_of(user.roles):
        raise Forbidden(f"the user does not have the scope {', '.join(sorted(missing))}")
    if await queries.count_of(connection, user_id) >= MAX_KEYS_PER_USER:
        raise TooManyApiKeys(f"a user may have {MAX_KEYS_PER_USER} API keys; delete one first")
    secret = new_secret()
    key = StoredApiKey(
        id=uuid4(),
        user_id=user_id,
        key_id=new_key_id(),
        secret_hash=secret_hash(secret),
        name=body.name,
        scopes=list(scopes),
        created_at=utc_now(clock),
        last_used_at=None,
    )
    await queries.add(connection, key)
    await record(
        connection,
        clock,
        EventKind.API_KEY_CREATED,
        user_id=user_id,
        actor_id=user_id,
        username=user.username,
        key_id=key.key_id,
        name=key.name,
        scopes=key.scopes,
    )
    response.headers["Cache-Control"] = "no-store"
    shown = ApiKey.model_validate(key, from_attributes=True)
    return ApiKeyWithSecret(**shown.model_dump(), secret=secret)


@router.delete(
    "/v1/auth/api-keys/{api_key_id}",
    status_code=204,
    responses=problem_responses(Unauthorized, Forbidden, NotFound, InvalidInput),
)
async def delete_key(
    api_key_id: UUID, user_id: InPerson, connection: Writing, clock: TheClock
) -> None:
    """Delete a key. Tokens already made from it are good until they expire."""
    removed = await queries.remove(connection, user_id, api_key_id)
    if removed is None:
        raise NotFound(f"you have no API key {api_key_id}")
    key_id, name = removed
    user = await users.by_id(connection, user_id)
    assert user is not None, "users are never deleted"
    await record(
        connection,
        clock,
        EventKind.API_KEY_DELETED,
        user_id=user_id,
        actor_id=user_id,
        username=user.username,
        key_id=key_id,
        name=name,
    )


@router.post(
    "/v1/auth/api-keys/exchange",
    responses=problem_responses(
        MalformedRequest, WrongApiKey, Unauthorized, Forbidden, InvalidInput
    ),
)
async def exchange_key(
    body: KeyPair,
    _: Annotated[Principal, Depends(service("keys:exchange"))],
    response: Response,
    connection: Writing,
    issuer: Issuer,
    clock: TheClock,
) -> AccessToken:
    """A user's access token for their API key: what the gateway asks when a program calls with one."""
    key = await queries.by_key_id(connection, body.key_id) if is_key_id(body.key_id) else None
    right = matches(body.secret, None if key is None else key.secret_hash)
    user = None if key is None else await users.by_id(connection, key.user_id)
    if key is None or user is None or not right or user.disabled:
        EXCHANGES.labels("refused").inc()
        raise WrongApiKey("the API key or its secret is wrong")
    await queries.mark_used(connection, key.id, utc_now(clock))
    EXCHANGES.labels("success").inc()
    response.headers["Cache-Control"] = "no-store"
    # A key opens no more than its user may open today.
    scopes = scopes_of(user.roles) & set(key.scopes)
    return AccessToken(
        access_token=issuer.for_api_key(user, scopes, key.key_id), expires_in=issuer.lifetime_s
    )
