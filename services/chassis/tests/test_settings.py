"""Settings come from the environment, and a wrong one stops the start with a sentence."""

from pathlib import Path

import pytest

from chassis.settings import DatabaseSettings, load_settings

GOOD = {
    "PORT": "8101",
    "SERVICE_KEYS_FILE": "/keys.json",
    "DATABASE_URL": "postgresql://auth:very-secret@127.0.0.1/auth",
}


@pytest.fixture(autouse=True)
def good_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_a_variable_is_the_settings_name_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_POOL_SIZE", "3")
    settings = load_settings(DatabaseSettings)
    assert settings.port == 8101
    assert settings.service_keys_file == Path("/keys.json")
    assert settings.database_pool_size == 3
    assert settings.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "http"),
        ("PORT", None),
        ("DATABASE_URL", None),
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
        load_settings(DatabaseSettings)
    sentence = str(stopped.value.code)
    assert f"  {name}: " in sentence
    assert "very-secret" not in sentence


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("TRACE_SAMPLE_RATIO", "x")
    with pytest.raises(SystemExit) as stopped:
        load_settings(DatabaseSettings)
    assert str(stopped.value.code).count("\n  ") == 2
