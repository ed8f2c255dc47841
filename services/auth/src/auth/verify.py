"""What must always be true of this service's data, checked in one snapshot while it runs."""

from collections.abc import Sequence

from sqlalchemy import text

from auth.signing_keys import queries as signing_keys
from auth.signing_keys.encryption import KeyCipher, WrongSecret
from auth.signing_keys.keyring import thumbprint
from chassis.database import Database, ReadConnection, WriteConnection

# Each query counts what breaks the rule that its sentence states.
_RULES: Sequence[tuple[str, str]] = (
    (
        "{n} places are missing in the event log: sequences must be 1, 2, 3, ...",
        "SELECT coalesce(max(sequence), 0) - count(sequence) FROM outbox",
    ),
    (
        "{n} events have a sequence below 1",
        "SELECT count(*) FROM outbox WHERE sequence < 1",
    ),
    (
        "{n} event logs claim to have published more than they hold",
        "SELECT count(*) FROM event_log"
        " WHERE published_sequence > (SELECT coalesce(max(sequence), 0) FROM outbox)",
    ),
    (
        "{n} users were never announced by a user_registered event",
        "SELECT count(*) FROM users AS u WHERE NOT EXISTS (SELECT FROM outbox AS e"
        " WHERE e.kind = 'user_registered' AND e.data->>'user_id' = u.id::text)",
    ),
    (
        "{n} API keys were never announced by an api_key_created event, or were deleted by one",
        "SELECT count(*) FROM api_keys AS k WHERE NOT EXISTS (SELECT FROM outbox AS e"
        " WHERE e.kind = 'api_key_created' AND e.data->>'key_id' = k.key_id)"
        " OR EXISTS (SELECT FROM outbox AS e"
        " WHERE e.kind = 'api_key_deleted' AND e.data->>'key_id' = k.key_id)",
    ),
    (
        "{n} sessions were never announced by a user_logged_in event",
        "SELECT count(*) FROM sessions AS s WHERE NOT EXISTS (SELECT FROM outbox AS e"
        " WHERE e.kind = 'user_logged_in' AND e.data->>'session_id' = s.id::text)",
    ),
    (
        "{n} sessions ended for a reused refresh token without an event that says so",
        "SELECT count(*) FROM sessions AS s WHERE s.ended_reason = 'refresh_token_reused'"
        " AND NOT EXISTS (SELECT FROM outbox AS e"
        " WHERE e.kind = 'refresh_token_reused' AND e.data->>'session_id' = s.id::text)",
    ),
    (
        "{n} refresh tokens are of a generation that their session has not reached",
        "SELECT count(*) FROM refresh_tokens AS t JOIN sessions AS s ON s.id = t.session_id"
        " WHERE t.generation > s.generation",
    ),
    (
        "{n} open sessions have no refresh token of their current generation",
        "SELECT count(*) FROM sessions AS s WHERE s.ended_at IS NULL AND s.expires_at > now()"
        " AND NOT EXISTS (SELECT FROM refresh_tokens AS t"
        " WHERE t.session_id = s.id AND t.generation = s.generation)",
    ),
    (
        "{n} disabled users still have open sessions",
        "SELECT count(*) FROM users AS u WHERE u.disabled AND EXISTS (SELECT FROM sessions AS s"
        " WHERE s.user_id = u.id AND s.ended_at IS NULL)",
    ),
    (
        "{n} users share their name with another, but for its case",
        "SELECT count(*) - count(DISTINCT lower(username)) FROM users",
    ),
)


async def broken(database: Database, signing_key_secret: str) -> list[str]:
    """A sentence for each invariant that does not hold."""
    async with database.read() as connection:
        return await broken_in(connection, signing_key_secret)


async def broken_in(
    connection: ReadConnection | WriteConnection, signing_key_secret: str
) -> list[str]:
    """`broken`, as the transaction of `connection` sees the data."""
    rules = await _broken_rules(connection)
    return rules + await _broken_keys(connection, KeyCipher(signing_key_secret))


async def _broken_rules(connection: ReadConnection | WriteConnection) -> list[str]:
    found = []
    for sentence, query in _RULES:
        count = (await connection.execute(text(query))).scalar_one()
        if count:
            found.append(sentence.format(n=count))
    return found


async def _broken_keys(
    connection: ReadConnection | WriteConnection, cipher: KeyCipher
) -> list[str]:
    keys = await signing_keys.all_keys(connection)
    found = []
    active = [key for key in keys if key.state == "active"]
    if keys and len(active) != 1:
        found.append(f"{len(active)} signing keys are active; exactly one must be")
    for key in keys:
        if key.kid != thumbprint(key.public_key):
            found.append(f"signing key {key.kid} is not named by its own thumbprint")
        try:
            private = cipher.decrypt(key.private_key_encrypted, key.kid)
        except WrongSecret as error:
            found.append(str(error))
            continue
        if private.public_key().public_bytes_raw() != key.public_key:
            found.append(f"the private and public halves of signing key {key.kid} differ")
    return found
