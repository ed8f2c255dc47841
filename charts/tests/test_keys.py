"""The keys that the templates make are keys: what the private half signs, the published half verifies."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import jwt
import pytest
import yaml
from chart_matrix import BY_NAME, Row, helm_template, rendered
from chart_objects import of_kind

from devkit.keys import SCOPES, load_private_key, public_key


def secrets_of(objects: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    return {
        one["metadata"]["name"]: {
            key: b64decode(value).decode() for key, value in one["data"].items()
        }
        for one in of_kind(objects, "Secret")
    }


@pytest.fixture
def made() -> dict[str, dict[str, str]]:
    return secrets_of(rendered("default"))


@pytest.fixture
def key_set(made: dict[str, dict[str, str]]) -> dict[str, dict[str, Any]]:
    keys = json.loads(made["day-trading-key-set"]["service-keys.json"])["keys"]
    return {key["service"]: key for key in keys}


@pytest.mark.parametrize("service", SCOPES)
def test_the_private_half_signs_what_the_public_half_verifies(
    service: str, made: dict[str, dict[str, str]], key_set: dict[str, dict[str, Any]]
) -> None:
    pem = made["day-trading-service-keys"][f"{service}.pem"]
    token = jwt.encode({"iss": service}, pem, algorithm="EdDSA")
    public = jwt.PyJWK(key_set[service])
    assert jwt.decode(token, public, algorithms=["EdDSA"]) == {"iss": service}
    other = next(key for name, key in key_set.items() if name != service)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, jwt.PyJWK(other), algorithms=["EdDSA"])


def test_the_key_set_is_the_one_that_the_platform_makes_without_a_cluster(
    made: dict[str, dict[str, str]], key_set: dict[str, dict[str, Any]], tmp_path: Any
) -> None:
    """Member by member, so that nothing private gets into it, and nothing is missing."""
    assert set(key_set) == set(SCOPES)
    for service, scopes in SCOPES.items():
        file = tmp_path / f"{service}.pem"
        file.write_text(made["day-trading-service-keys"][file.name])
        assert key_set[service] == public_key(load_private_key(file), service, scopes)


def test_the_values_name_the_scopes_of_the_platforms_own_table() -> None:
    declared = BY_NAME["default"].all_values()["serviceKeys"]
    assert {name: tuple(key["scopes"]) for name, key in declared.items()} == dict(SCOPES)


def test_no_two_secrets_are_the_same_and_none_is_short(made: dict[str, dict[str, str]]) -> None:
    auth = made["day-trading-auth"]
    assert auth["admin-username"] == "admin"
    assert len(auth["signing-key-secret"]) >= 32
    assert len(auth["admin-password"]) >= 24
    private = set(made["day-trading-service-keys"].values())
    assert len(private) == len(SCOPES)
    # At the first install all are random: another rendering has others.
    again = secrets_of(
        [one for one in yaml.safe_load_all(helm_template(Row("again")).stdout) if one]
    )
    for name in ("signing-key-secret", "admin-password"):
        assert again["day-trading-auth"][name] != auth[name]
    assert not set(again["day-trading-service-keys"].values()) & private


def test_secrets_outlive_the_release_as_the_data_does_that_they_open() -> None:
    for secret in of_kind(rendered("default"), "Secret"):
        assert secret["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


def test_with_secrets_of_ones_own_the_chart_makes_none() -> None:
    assert of_kind(rendered("existing-secrets"), "Secret") == []


def test_no_secret_is_anywhere_else() -> None:
    """Neither in a ConfigMap nor in an environment variable that is written out."""
    objects = rendered("default")
    values = {
        value
        for secret in secrets_of(objects).values()
        for key, value in secret.items()
        if key not in ("admin-username", "service-keys.json")
    }
    elsewhere = json.dumps([one for one in objects if one["kind"] != "Secret"])
    assert not [value for value in values if json.dumps(value)[1:-1] in elsewhere]
