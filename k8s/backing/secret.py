"""Prints the Secret `day-trading-backing`: random passwords, and the addresses that hold them.

Made once; `create` refuses to replace the one that is there, so this may be repeated:

    python3 k8s/backing/secret.py | kubectl --namespace day-trading create --filename -

Nothing but the standard library is needed, and nothing is written to a disk.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets

DATABASES = {"auth": "auth", "trading": "trading", "market-data": "market_data", "audit": "audit"}
"""The prefix of a database's keys, and its name, which is also its owner's."""
BROKER_USER = "platform"
VIRTUAL_HOST = "day-trading"


def password() -> str:
    """192 random bits, in letters that mean the same in an address, in SQL and in a shell."""
    return secrets.token_hex(24)


def values() -> dict[str, str]:
    """What the Secret holds, by key."""
    redis, rabbitmq = password(), password()
    made = {
        "postgres-password": password(),
        "redis-password": redis,
        "redis-url": f"redis://:{redis}@redis:6379/0",
        "redis-users.acl": redis_users(redis),
        "rabbitmq-password": rabbitmq,
        "rabbitmq-url": f"amqp://{BROKER_USER}:{rabbitmq}@rabbitmq:5672/{VIRTUAL_HOST}",
        "rabbitmq-users.json": rabbitmq_users(rabbitmq, secrets.token_bytes(4)),
    }
    for prefix, database in DATABASES.items():
        owner = password()
        made[f"{prefix}-database-password"] = owner
        made[f"{prefix}-database-url"] = (
            f"postgresql://{database}:{owner}@postgresql:5432/{database}"
        )
    return made


def redis_users(secret: str) -> str:
    """Redis' access list, with a hash of the password.

    Clients may read, write and run scripts, but neither reconfigure the server nor empty it. The
    kubelet's probes may say PING and no more, and need no password for it.
    """
    digest = hashlib.sha256(secret.encode()).hexdigest()
    return (
        f"user default on #{digest} ~* &* +@all -@admin -@dangerous +info\n"
        "user probe on nopass resetkeys resetchannels -@all +ping\n"
    )


def rabbitmq_users(secret: str, salt: bytes) -> str:
    """RabbitMQ's definitions of the one user: base64(salt + SHA-256(salt + password))."""
    digest = hashlib.sha256(salt + secret.encode()).digest()
    definitions = {
        "users": [
            {
                "name": BROKER_USER,
                "password_hash": base64.b64encode(salt + digest).decode(),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": [],
            }
        ],
        "permissions": [
            {
                "user": BROKER_USER,
                "vhost": VIRTUAL_HOST,
                "configure": ".*",
                "write": ".*",
                "read": ".*",
            }
        ],
    }
    return json.dumps(definitions)


def secret() -> dict[str, object]:
    """The object, as the Kubernetes API takes it."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "day-trading-backing",
            "labels": {"app.kubernetes.io/part-of": "day-trading"},
        },
        "type": "Opaque",
        "stringData": values(),
    }


if __name__ == "__main__":
    print(json.dumps(secret(), indent=2))
