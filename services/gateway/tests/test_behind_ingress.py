"""Behind an ingress that ends TLS: the browser's origin is https, what reaches the gateway is plain HTTP."""

import ssl
from pathlib import Path

import httpx
import pytest
from gateway_scene import FakeUpstream, OpenGateway
from gateway_streams import StreamService
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from devkit.testing_support.tls import Certificates, tls_in_front_of

# As an ingress says it; the client wrote the first entry itself.
FORWARDED = {
    "X-Forwarded-For": "6.6.6.6, 9.9.9.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "elsewhere.example.com",
}


async def test_its_own_page_opens_streams_and_another_does_not(
    open_gateway: OpenGateway,
    stream_upstreams: dict[str, str],
    market_data: StreamService,
    tmp_path: Path,
) -> None:
    gateway = await open_gateway(**stream_upstreams, trusted_proxies="127.0.0.0/8")
    certificates = Certificates.made_in(tmp_path)
    trusting = ssl.create_default_context(cafile=certificates.authority)
    async with tls_in_front_of(gateway.port, certificates) as port:
        address = f"wss://127.0.0.1:{port}/v1/stream/market"
        own = f"https://127.0.0.1:{port}"
        async with connect(address, ssl=trusting, origin=own, additional_headers=FORWARDED) as page:
            await page.send("hello")
            assert await page.recv() == "hello"
        (handshake,) = market_data.handshakes
        assert handshake.headers["X-Forwarded-For"] == "9.9.9.9"
        # What a client may write itself, as X-Forwarded-Host, lets no page in.
        for origin in ("https://evil.example.com", "https://elsewhere.example.com"):
            with pytest.raises(InvalidStatus) as refused:
                await connect(address, ssl=trusting, origin=origin, additional_headers=FORWARDED)
            assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("trusted", "address"), [("127.0.0.0/8", "9.9.9.9"), ("10.0.0.0/8", "127.0.0.1")]
)
async def test_a_clients_address_is_the_one_that_a_trusted_ingress_saw(
    open_gateway: OpenGateway,
    trading: FakeUpstream,
    trader: dict[str, str],
    tmp_path: Path,
    trusted: str,
    address: str,
) -> None:
    gateway = await open_gateway(trusted_proxies=trusted)
    certificates = Certificates.made_in(tmp_path)
    trusting = ssl.create_default_context(cafile=certificates.authority)
    async with (
        tls_in_front_of(gateway.port, certificates) as port,
        httpx.AsyncClient(verify=trusting, timeout=10) as client,
    ):
        answer = await client.get(
            f"https://127.0.0.1:{port}/v2/orders/7", headers=trader | FORWARDED
        )
    assert answer.status_code == 200
    (received,) = trading.received
    assert received.header("X-Forwarded-For") == address
    for name in ("X-Forwarded-Proto", "X-Forwarded-Host"):
        assert received.header(name) is None
