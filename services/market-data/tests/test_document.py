"""The OpenAPI document says what every endpoint answers."""

import re

import msgspec
from market_data_scene import Stage


async def test_every_answer_is_described_and_every_reference_leads_somewhere(stage: Stage) -> None:
    async with stage.serving() as (app, _):
        document = app.openapi()
    for path, operations in document["paths"].items():
        assert operations["get"]["responses"]["200"]["content"]["application/json"]["schema"], path
    references = set(re.findall(rb"#/components/schemas/(\w+)", msgspec.json.encode(document)))
    assert {name.decode() for name in references} <= document["components"]["schemas"].keys()
    bar = document["components"]["schemas"]["Bar"]["properties"]
    assert (bar["o"], bar["n"]) == ({"type": "number"}, {"type": "integer"})
