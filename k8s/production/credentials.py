"""Prints the credentials of the backing servers as Secrets, random, for operators and platform alike.

    python3 k8s/production/credentials.py | kubectl --namespace day-trading create --filename -

`create` refuses to replace one that is there. Nothing is written to a disk, and nothing but the standard library is
needed. A vault's operator may make the same Secrets instead: names and keys are all that the values know.
"""

from __future__ import annotations

import json
import secrets

DATABASES = {"auth": "auth", "trading": "trading", "market-data": "market_data", "audit": "audit"}
"""The end of the Secret's name, and the database's name, which is also its owner's."""
BROKER_USER = "day-trading"


def password() -> str:
    """192 random bits, in letters that mean the same in an address and in a configuration file."""
    return secrets.token_hex(24)


def database(name: str, role: str) -> dict[str, object]:
    """A role of CloudNativePG's: its operator wants username and password, the platform reads the uri."""
    word = password()
    address = f"postgresql://{role}:{word}@day-trading-db-rw:5432/{role}?sslmode=require"
    # The label makes the operator take a changed password into use.
    return secret(
        f"day-trading-db-{name}",
        {"username": role, "password": word, "uri": address},
        kind="kubernetes.io/basic-auth",
        labels={"cnpg.io/reload": "true"},
    )


def broker() -> dict[str, object]:
    """The platform's user of RabbitMQ, which the topology operator makes from this."""
    word = password()
    address = f"amqp://{BROKER_USER}:{word}@day-trading-broker:5672/day-trading"
    return secret(
        "day-trading-broker-user",
        {"username": BROKER_USER, "password": word, "uri": address},
        labels={"rabbitmq.com/topology-operator": "true"},
    )


def redis() -> dict[str, object]:
    """The one password of Redis, its replicas and Sentinels."""
    word = password()
    return secret(
        "day-trading-redis",
        {"password": word, "uri": f"redis://:{word}@day-trading-redis-master:6379/0"},
    )


def secret(
    name: str,
    values: dict[str, str],
    *,
    kind: str = "Opaque",
    labels: dict[str, str] | None = None,
) -> dict[str, object]:
    """One object, as the Kubernetes API takes it."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "labels": {"app.kubernetes.io/part-of": "day-trading-backing", **(labels or {})},
        },
        "type": kind,
        "stringData": values,
    }


def everything() -> dict[str, object]:
    items = [*(database(name, role) for name, role in DATABASES.items()), broker(), redis()]
    return {"apiVersion": "v1", "kind": "List", "items": items}


if __name__ == "__main__":
    print(json.dumps(everything(), indent=2))
