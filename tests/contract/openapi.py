"""`python -m tests.contract.openapi`: write what each service answers to `contracts/openapi/`. Run by `make contracts`.

The documents come from the applications themselves, which are made here and never started; so no server is
needed, and the same sources always give the same bytes.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import audit_log.main
import audit_log.settings
import auth.main
import auth.settings
import market_data.main
import market_data.settings
import trading.main
import trading.settings
from devkit.keys import ensure_service_keys, private_key_file

FOLDER = Path(__file__).parents[2] / "contracts" / "openapi"


def documents() -> dict[str, str]:
    """The text of each service's document, by the service's name."""
    with tempfile.TemporaryDirectory() as keys:
        settings = {
            # Valid, and used by nobody: these applications serve no request.
            "port": 1,
            "database_url": "postgresql://nobody:nothing@127.0.0.1:1/none",
            "broker_url": "amqp://nobody:nothing@127.0.0.1:1/",
            "engine_url": "http://127.0.0.1:1",
            "redis_url": "redis://127.0.0.1:1/0",
            "signing_key_secret": "never used to encrypt a key",
            "service_keys_file": ensure_service_keys(Path(keys)),
            "service_key_file": private_key_file(Path(keys), "trading"),
        }

        def described(settings_class: Callable[..., Any], make: Callable[[Any], Any]) -> str:
            document = make(settings_class(**settings)).openapi()
            return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

        return {
            "auth": described(auth.settings.AuthSettings, auth.main.make_app),
            "trading": described(trading.settings.TradingSettings, trading.main.create_trading_app),
            "market-data": described(market_data.settings.ApiSettings, market_data.main.create_api),
            "audit-log": described(audit_log.settings.ApiSettings, audit_log.main.create_api),
        }


def file_of(service: str) -> Path:
    return FOLDER / f"{service}.json"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in documents().items():
        file_of(name).write_text(text)
        print(f"contracts/openapi/{file_of(name).name}")
