"""Settings come from the environment, and a wrong one stops the start with a sentence."""

from pathlib import Path

import pytest

from chassis.settings import BrokerUrl, DatabaseSettings, KeyFile, RedisUrl, load_settings


class EverySetting(DatabaseSettings):
    """Has a setting of each kind."""

    service_key_file: KeyFile
    broker_url: BrokerUrl
    redis_url: RedisUrl


@pytest.fixture(autouse=True)
def good_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A whole environment; the folder in which its files lie."""
    for name in ("keys.json", "own.pem"):
        (tmp_path / name).touch()
    good = {
        "PORT": "8101",
        "SERVICE_KEYS_FILE": str(tmp_path / "keys.json"),
        "SERVICE_KEY_FILE": str(tmp_path / "own.pem"),
        "DATABASE_URL": "postgresql://auth:very-secret@127.0.0.1/auth",
        "BROKER_URL": "amqp://auth:very-secret@127.0.0.1:5672/",
        "REDIS_URL": "redis://:very-secret@127.0.0.1:6379/0",
    }
    for name, value in good.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def test_a_variable_is_the_settings_name_in_capitals(
    monkeypatch: pytest.MonkeyPatch, good_environment: Path
) -> None:
    monkeypatch.setenv("DATABASE_POOL_SIZE", "3")
    monkeypatch.setenv("LOG_LEVEL", "warn")
    settings = load_settings(EverySetting)
    assert settings.port == 8101
    assert settings.service_keys_file == good_environment / "keys.json"
    assert settings.database_pool_size == 3
    assert settings.host == "127.0.0.1"
    assert settings.log_level == "WARN"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "http"),
        ("PORT", None),
        ("LOG_LEVEL", "LOUD"),
        ("SERVICE_KEYS_FILE", "/nowhere/keys.json"),
        ("SERVICE_KEYS_FILE", "/"),
        ("SERVICE_KEY_FILE", "/nowhere/own.pem"),
        ("DATABASE_URL", None),
        ("DATABASE_URL", "auth:very-secret@127.0.0.1/auth"),
        ("DATABASE_URL", "mysql://auth:very-secret@127.0.0.1/auth"),
        ("DATABASE_URL", "postgresql://auth:very-secret/@127.0.0.1/auth"),
        ("DATABASE_URL", "postgresql://"),
        ("BROKER_URL", "http://auth:very-secret@127.0.0.1/"),
        ("BROKER_URL", "amqp://auth:very-secret@127.0.0.1:port/"),
        ("BROKER_URL", "amqps://auth:very-secret@127.0.0.1/?cacertfile=/nowhere/ca.pem"),
        ("BROKER_URL", f"amqps://auth:very-secret@127.0.0.1/?cacertfile={__file__}"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("DATABASE_POOL_SIZE", "101"),
        ("TRACE_SAMPLE_RATIO", "1.5"),
    ],
)
def test_a_wrong_or_missing_value_ends_the_process_and_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        load_settings(EverySetting)
    sentence = str(stopped.value.code)
    assert f"  {name}: " in sentence
    assert sentence.count("\n  ") == 1
    assert "very-secret" not in sentence


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("TRACE_SAMPLE_RATIO", "x")
    with pytest.raises(SystemExit) as stopped:
        load_settings(EverySetting)
    assert str(stopped.value.code).count("\n  ") == 2
