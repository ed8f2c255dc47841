"""The fixtures that every other test leans on."""

import json
from collections.abc import Callable

import asyncpg
import jwt
import pika
import pytest
import redis

from devkit.keys import load_private_key
from devkit.testing_support.databases import Databases
from devkit.testing_support.keys import ServiceKeys


async def test_a_database_is_empty_and_of_the_tests_own(
    database_url: str, databases: Databases
) -> None:
    with databases.fresh() as other_url:
        for url in (database_url, other_url):
            connection = await asyncpg.connect(url)
            await connection.execute("CREATE TABLE thing (id int)")
            assert await connection.fetchval("SELECT count(*) FROM thing") == 0
            await connection.close()


async def test_a_database_can_be_dropped_while_somebody_is_connected(databases: Databases) -> None:
    with databases.fresh() as url:
        connection = await asyncpg.connect(url)
    with pytest.raises((asyncpg.PostgresError, ConnectionError, asyncpg.InterfaceError)):
        await connection.fetchval("SELECT 1")


@pytest.mark.parametrize("turn", [1, 2])
def test_redis_is_empty_each_time(redis_url: str, turn: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", turn)


@pytest.mark.parametrize("turn", [1, 2])
def test_the_broker_has_a_place_where_names_are_free_each_time(broker_url: str, turn: int) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(broker_url))
    channel = connection.channel()
    channel.queue_declare("engine.events", durable=True)
    channel.basic_publish("", "engine.events", str(turn).encode())
    connection.close()
    connection = pika.BlockingConnection(pika.URLParameters(broker_url))
    _, _, body = connection.channel().basic_get("engine.events", auto_ack=True)
    assert body == str(turn).encode()
    connection.close()


def test_a_service_token_verifies_against_the_mounted_key_set(service_keys: ServiceKeys) -> None:
    token = service_keys.token("trading", "matching-engine", exp=4_000_000_000)
    key_id = jwt.get_unverified_header(token)["kid"]
    keys = {key["kid"]: key for key in json.loads(service_keys.key_set.read_text())["keys"]}
    claims = jwt.decode(
        token, jwt.PyJWK(keys[key_id]), algorithms=["EdDSA"], audience="matching-engine"
    )
    assert claims["iss"] == keys[key_id]["service"] == "trading"
    assert claims["scope"].split() == keys[key_id]["scopes"]


def test_private_keys_can_be_read_by_their_owner_only(service_keys: ServiceKeys) -> None:
    file = service_keys.private_key("gateway")
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_private_key(file)


def test_migrated_databases_need_a_package_with_migrations(
    migrated_database: Callable[[str], str],
) -> None:
    with pytest.raises(Exception, match=r"script_location|migrations"):
        migrated_database("devkit")
