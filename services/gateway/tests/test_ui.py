"""The UI at the gateway's origin: the right file with the right headers, and nothing from beside its folder."""

import gzip
import json
import os
import re
from pathlib import Path

import httpx
import pytest
from gateway_scene import FakeAuth, FakeUpstream, Gateway, OpenGateway

from devkit.testing_support.keys import ServiceKeys
from gateway.settings import GatewaySettings
from gateway.ui import content_security_policy

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGE = b"<!doctype html><title>one</title>"
SCRIPT = b"export const answer = 42;" * 50
SECRET = b"nobody may read this"
AS_IS = {"Accept-Encoding": "identity"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A build, and secrets wherever a wrong path could lead."""
    root = tmp_path / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_bytes(PAGE)
    (root / "favicon.svg").write_bytes(b"<svg/>")
    (root / "assets" / "app-3f9a.js").write_bytes(SCRIPT)
    (root / "assets" / "app-3f9a.js.gz").write_bytes(gzip.compress(SCRIPT))
    (root / "assets" / "app-3f9a.js.br").write_bytes(b"brotli, says its name")
    (root / "assets" / "font-77.woff2").write_bytes(b"font")
    (root / "config.json").write_bytes(SECRET)
    (root / ".env").write_bytes(SECRET)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_bytes(SECRET)
    (tmp_path / "secret.txt").write_bytes(SECRET)
    (tmp_path / "dist-of-another").mkdir()
    (tmp_path / "dist-of-another" / "secret.txt").write_bytes(SECRET)
    (root / "assets" / "link.txt").symlink_to(tmp_path / "secret.txt")
    return root


@pytest.fixture
async def ui(open_gateway: OpenGateway, root: Path) -> httpx.AsyncClient:
    return (await open_gateway(ui_root=root)).client


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/trade/ACME", "/trade/BTC%2FUSD", "/account/", "/a.b", "/?x=1"]
)
async def test_the_page_is_at_every_path_that_only_the_page_knows(
    ui: httpx.AsyncClient, path: str
) -> None:
    answer = await ui.get(path, headers=HTML)
    assert (answer.status_code, answer.content) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert "x-request-id" in answer.headers


async def test_the_page_may_load_and_call_only_what_is_its_own(ui: httpx.AsyncClient) -> None:
    headers = (await ui.get("/", headers=HTML)).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    host = ui.base_url.netloc.decode()
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "connect-src": f"'self' ws://{host} wss://{host}",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "require-trusted-types-for": "'script'",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "host", ["", "a; script-src *", "a b", "a'", "*", "a/b", "a:x", "ex\u00e4"]
)
def test_a_host_that_is_none_adds_nothing_to_the_policy(host: str) -> None:
    assert "connect-src 'self';" in content_security_policy(host)


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1:8080", "[::1]:8080", "a-b.c"])
def test_the_policy_names_the_host_for_websockets(host: str) -> None:
    assert f"connect-src 'self' ws://{host} wss://{host};" in content_security_policy(host)


async def test_a_page_is_asked_for_each_time_and_sent_only_when_it_changed(
    ui: httpx.AsyncClient, root: Path
) -> None:
    first = await ui.get("/", headers=HTML)
    known = HTML | {"If-None-Match": first.headers["etag"]}
    again = await ui.get("/trade/ACME", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    # Another build, of the same size and age, as reproducible builds make them.
    before = (root / "index.html").stat()
    (root / "index.html").write_bytes(PAGE.replace(b"one", b"two"))
    os.utime(root / "index.html", ns=(before.st_atime_ns, before.st_mtime_ns))
    changed = await ui.get("/", headers=known)
    assert (changed.status_code, b"two" in changed.content) == (200, True)


async def test_assets_are_kept_for_ever_and_other_files_are_asked_for(
    ui: httpx.AsyncClient,
) -> None:
    for path, media_type, kept in [
        ("/assets/app-3f9a.js", r"(text|application)/javascript.*", True),
        ("/assets/font-77.woff2", "font/woff2", True),
        ("/favicon.svg", r"image/svg\+xml", False),
    ]:
        answer = await ui.get(path)
        assert answer.status_code == 200
        assert re.fullmatch(media_type, answer.headers["content-type"])
        forever = "public, max-age=31536000, immutable"
        assert answer.headers["cache-control"] == (forever if kept else "no-cache")
        assert answer.headers["x-content-type-options"] == "nosniff"
        known = {"If-None-Match": answer.headers["etag"]}
        assert (await ui.get(path, headers=known)).status_code == 304


@pytest.mark.parametrize(
    ("takes", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.000, gzip; q=0", None),
        ("identity", None),
        ("", None),
        ("*", None),
        (";;q=0,,", None),
    ],
)
async def test_what_was_compressed_beforehand_is_sent_to_who_takes_it(
    ui: httpx.AsyncClient, takes: str, coding: str | None
) -> None:
    request = ui.build_request("GET", "/assets/app-3f9a.js", headers={"Accept-Encoding": takes})
    answer = await ui.send(request, stream=True)
    content = b"".join([chunk async for chunk in answer.aiter_raw()])
    await answer.aclose()
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "javascript" in answer.headers["content-type"]
    assert int(answer.headers["content-length"]) == len(content)
    if coding == "gzip":
        content = gzip.decompress(content)
    assert content == (b"brotli, says its name" if coding == "br" else SCRIPT)


async def test_head_is_get_without_the_body(ui: httpx.AsyncClient) -> None:
    for path, size in (("/", len(PAGE)), ("/assets/app-3f9a.js", len(SCRIPT))):
        answer = await ui.head(path, headers=HTML | AS_IS)
        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["content-length"]) == size


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
async def test_a_missing_asset_is_404_and_never_the_page(
    ui: httpx.AsyncClient, accept: str
) -> None:
    for path in ("/assets/gone-1.js", "/assets/", "/assets", "/assets/app-3f9a.js/x"):
        if path == "/assets" and accept == "text/html":
            continue  # a place like any other: the page says that there is none
        answer = await ui.get(path, headers={"Accept": accept})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await ui.get("/trade/ACME", headers={"Accept": "application/json"})).status_code == 404


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/..\\..\\secret.txt",
        "/assets/%5c..%5c..%5csecret.txt",
        "/..%2fdist-of-another/secret.txt",
        "/../dist-of-another/secret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/assets//etc/passwd",
        "/assets/link.txt",
        "/.env",
        "/%2eenv",
        "/.git/config",
        "/assets/%00",
        "/assets/app-3f9a.js%00.txt",
        "/" + "a" * 300,
        "/assets/" + "a/" * 2000 + "b",
        "/%ff",
        "/%",
    ],
)
@pytest.mark.parametrize("accept", [b"text/html", b"*/*"])
async def test_no_path_leads_out_of_the_folder_or_to_what_is_hidden(
    open_gateway: OpenGateway, root: Path, target: str, accept: bytes
) -> None:
    gateway = await open_gateway(ui_root=root)
    answer = await gateway.raw(
        b"GET " + target.encode() + b" HTTP/1.1\r\nHost: x\r\nAccept: " + accept
        + b"\r\nConnection: close\r\n\r\n"
    )  # fmt: skip
    head, _, content = answer.partition(b"\r\n\r\n")
    assert SECRET not in content
    assert b"root:" not in content
    if b" 200 " in head.splitlines()[0]:
        assert content == PAGE
    else:
        assert re.match(rb"HTTP/1.1 40[04] ", head)


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/nothing", "/v2/orders/", "/v2/nothing", "/stream", "/stream/x", "/%761/x"]
)
async def test_paths_of_the_api_stay_the_apis(
    ui: httpx.AsyncClient, trading: FakeUpstream, auth: FakeAuth, path: str
) -> None:
    before = len(auth.received)
    answer = await ui.get(path, headers=HTML | auth.headers())
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert (trading.received, len(auth.received)) == ([], before)


async def test_the_ui_is_only_read(ui: httpx.AsyncClient, trader: dict[str, str]) -> None:
    assert (await ui.post("/", headers=HTML)).status_code == 404
    assert (await ui.put("/assets/app-3f9a.js", content=b"x")).status_code == 404
    assert (await ui.get("/v2/account", headers=trader)).status_code == 200
    assert (await ui.get("/healthz")).json() == {"status": "ok"}


async def test_the_page_is_told_its_configuration_at_run_time(
    open_gateway: OpenGateway, root: Path
) -> None:
    for given in ({"ui_root": root, "ui_name": "Paper Street"}, {"ui_name": "Paper Street"}):
        client = (await open_gateway(**given)).client
        answer = await client.get("/config.json")
        assert answer.json() == {"name": "Paper Street", "api": "", "streams": ""}
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_without_a_build_there_is_no_page(gateway: Gateway) -> None:
    for path in ("/", "/trade/ACME", "/assets/app-3f9a.js"):
        assert (await gateway.client.get(path, headers=HTML)).status_code == 404


async def test_a_build_that_is_just_being_replaced_is_503(
    ui: httpx.AsyncClient, root: Path
) -> None:
    (root / "index.html").unlink()
    answer = await ui.get("/", headers=HTML)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


async def test_files_cost_nobody_a_request_to_trade_with_and_are_bounded_by_address(
    open_gateway: OpenGateway, root: Path, trader: dict[str, str]
) -> None:
    gateway = await open_gateway(
        ui_root=root, rate_ui_per_minute=3, rate_normal_per_minute=2, rate_public_per_minute=2
    )
    statuses = [
        (await gateway.client.get("/assets/app-3f9a.js", headers=trader)).status_code
        for _ in range(5)
    ]
    assert statuses == [200, 200, 200, 429, 429]
    answer = await gateway.client.get("/v2/account", headers=trader)
    assert answer.headers["x-ratelimit-remaining"] == "1"
    answer = await gateway.client.get("/v1/market/ACME/book")
    assert answer.headers["x-ratelimit-remaining"] == "1"


async def test_the_ui_counts_as_one_route(ui: httpx.AsyncClient) -> None:
    await ui.get("/trade/ACME", headers=HTML)
    text = (await ui.get("/metrics")).text
    assert 'http_server_requests_total{method="GET",route="/ui",status="200"}' in text
    assert "ACME" not in json.dumps(text)


def test_a_folder_without_a_build_ends_the_start_with_a_sentence(
    service_keys: ServiceKeys, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="no built UI in"):
        GatewaySettings(
            service_keys_file=service_keys.key_set,
            service_key_file=service_keys.private_key("gateway"),
            ui_root=tmp_path,
        )
