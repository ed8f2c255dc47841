"""nginx in the UI's image says with the files what the gateway says when it serves them itself."""

from __future__ import annotations

import json
import re

from chassis.errors import NotFound
from devkit.bootstrap import REPOSITORY
from gateway import ui

NGINX = REPOSITORY / "frontend" / "nginx"


def test_every_answer_carries_the_gateways_security_headers() -> None:
    said = dict(
        re.findall(r'^add_header (\S+) "(.*)" always;$', read("headers.conf"), re.MULTILINE)
    )
    assert said == ui._HEADERS


def test_the_page_has_the_gateways_content_security_policy() -> None:
    policy = re.search(r'Content-Security-Policy "(.*)" always;', read("page.conf"))
    assert policy is not None
    sockets = " ws://desk.example:8443 wss://desk.example:8443"
    told = policy[1].replace("$own_sockets", sockets)
    assert told == ui.content_security_policy("desk.example:8443")
    assert policy[1].replace("$own_sockets", "") == ui.content_security_policy("not a host")


def test_the_same_hosts_are_named_for_websockets() -> None:
    pattern = re.search(r'"~\^(.*)\$" " ws://\$http_host wss://\$http_host";', read("nginx.conf"))
    assert pattern is not None
    for host in ("a.example", "127.0.0.1:8080", "[::1]:80", "", "a b", "a:123456", "x;y", "a:"):
        assert bool(re.fullmatch(pattern[1], host)) == bool(ui._HOST.fullmatch(host)), host


def test_files_are_kept_as_long() -> None:
    text = read("nginx.conf")
    assets = text[text.index("location /assets/") :]
    assert f'add_header Cache-Control "{ui._FOR_EVER}";' in assets[: assets.index("}")]
    assert f'Cache-Control "{ui._ASK_EACH_TIME}" always;' in read("page.conf")


def test_a_location_with_a_header_of_its_own_includes_the_others() -> None:
    for block in re.findall(r"location [^{]+\{([^}]*)\}", read("nginx.conf")):
        if "add_header" in block:
            assert "include headers.conf;" in block
    assert "include headers.conf;" in read("page.conf")


def test_what_is_not_there_is_told_in_the_same_document() -> None:
    document = re.search(r"return 404 '(.*)';", read("nginx.conf"))
    assert document is not None
    assert json.loads(document[1]) == NotFound("there is nothing at this path").document()


def test_the_gateways_paths_are_no_page() -> None:
    refused = re.search(r"location ~ \^/\(\?:(v1\|[a-z0-9|]+)\)\(\?:/\|\$\)", read("nginx.conf"))
    assert refused is not None
    assert set(refused[1].split("|")) | {"healthz"} == ui._NOT_OURS


def read(name: str) -> str:
    return (NGINX / name).read_text()
