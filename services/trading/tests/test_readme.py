"""The README is of the service as it is: every endpoint, setting and table is in it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from trading.settings import TradingSettings

SERVICE = Path(__file__).parents[1]
README = (SERVICE / "README.md").read_text()
OPENAPI = json.loads((SERVICE.parents[1] / "contracts/openapi/trading.json").read_text())
MIGRATIONS = SERVICE / "src/trading/migrations/versions"
IN_CODE = " ".join(re.findall(r"`([^`\n]+)`", README))


def shape(path: str) -> str:
    """Whatever a parameter is called."""
    return re.sub(r"\{[^}]*\}", "{}", path).removesuffix(".csv")


def written() -> Iterator[str]:
    """Every path of the README; `{all, accounts/{id}}` is written for each of its alternatives."""
    for span in re.findall(r"`([^`\n]+)`", README):
        alternatives = re.search(r"\{(\w[^{}]*(?:\{\w+\}[^{}]*)*,[^\n]*)\}$", span)
        spans = (
            [span[: alternatives.start()] + one.strip() for one in alternatives[1].split(",")]
            if alternatives
            else [span]
        )
        for one in spans:
            yield from (shape(path) for path in re.findall(r"/(?:\{[^}]*\}|[^\s?])+", one))


PATHS = set(written())


@pytest.mark.parametrize("path", OPENAPI["paths"])
def test_an_endpoint_is_in_the_readme(path: str) -> None:
    if path.startswith("/v2/watchlists/{watchlist_id}/"):
        path = "/v2/watchlists"  # "every call of Alpaca's"
    assert shape(path) in PATHS


@pytest.mark.parametrize("name", TradingSettings.model_fields)
def test_a_setting_is_in_the_readme(name: str) -> None:
    assert re.search(rf"\b{name.upper()}\b", IN_CODE)


def test_every_table_is_in_the_readme() -> None:
    statements = "".join(file.read_text() for file in sorted(MIGRATIONS.glob("*.py")))
    tables = set(re.findall(r"CREATE TABLE (\w+)", statements))
    assert len(tables) > 20
    assert {name for name in tables if not re.search(rf"\b{name}\b", IN_CODE)} == set()
