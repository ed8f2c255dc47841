"""Rows of `commands`: what is to be sent to the engine, kept until its log has decided it."""

from uuid import UUID

INSERT_COMMANDS = """
INSERT INTO commands (id, kind, order_id, payload, expires_at_ns, attempts)
SELECT id, kind, order_id, payload, expires_at_ns, attempts FROM json_to_recordset($1::json) AS new
    (id uuid, kind text, order_id uuid, payload text, expires_at_ns bigint, attempts int)
"""


def command_row(
    kind: str,
    command_id: UUID,
    order_id: UUID | None,
    payload: bytes,
    attempts: int,
    expires_at_ns: int | None = None,
) -> dict[str, object]:
    """With no attempts yet the settler sends it; with one the gate does, right after its commit."""
    return {
        "id": command_id,
        "kind": kind,
        "order_id": order_id,
        "payload": payload.decode(),
        "expires_at_ns": expires_at_ns,
        "attempts": attempts,
    }
