"""What the chart made once it finds again (`lookup`), and what it must not make twice it refuses to.

Helm asks a server that knows as much of a cluster's API as it needs for that.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from typing import Any

import pytest
import yaml
from chart_matrix import CHART, Object, run_helm
from chart_objects import of_kind

AUTH = {"signing-key-secret": "s" * 48, "admin-username": "admin", "admin-password": "p" * 32}
RULES = "configmaps/day-trading-matching-rules"
SECRET = "secrets/day-trading-auth"


@dataclass
class Cluster:
    """Objects of the namespace by `<resource>/<name>`."""

    kubeconfig: Path
    objects: dict[str, Object] = field(default_factory=dict)

    def has(self, path: str, data: dict[str, str]) -> None:
        encoded = {key: b64encode(value.encode()).decode() for key, value in data.items()}
        kind = {"secrets": "Secret", "configmaps": "ConfigMap"}[path.partition("/")[0]]
        name = path.partition("/")[2]
        self.objects[path] = {
            "apiVersion": "v1", "kind": kind, "metadata": {"name": name}, "data": encoded,
        }  # fmt: skip

    def upgraded(self) -> CompletedProcess[str]:
        return run_helm(
            "template", "day-trading", str(CHART), "--namespace", "day-trading", "--is-upgrade",
            "--dry-run=server", "--kubeconfig", str(self.kubeconfig),
        )  # fmt: skip


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setenv("KUBECACHEDIR", str(tmp_path / "cache"))  # else in the home, for ever
    made = Cluster(tmp_path / "kubeconfig")

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, answer = 200, known(self.path.partition("?")[0], made.objects)
            if answer is None:
                status, answer = 404, {"kind": "Status", "apiVersion": "v1", "status": "Failure",
                                       "reason": "NotFound", "code": 404}  # fmt: skip
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    made.kubeconfig.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "it",
        "clusters": [{"name": "it", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "users": [{"name": "it", "user": {}}],
    }))  # fmt: skip
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def known(path: str, objects: dict[str, Object]) -> Object | None:
    """What the API answers; None: not found."""
    resources = [
        {"name": name, "kind": kind, "namespaced": True, "verbs": ["get"], "singularName": ""}
        for name, kind in (("secrets", "Secret"), ("configmaps", "ConfigMap"))
    ]
    fixed: dict[str, Object] = {
        "/version": {"major": "1", "minor": "33", "gitVersion": "v1.33.0"},
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
        "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": resources},
    }
    return fixed.get(path) or objects.get(path.removeprefix("/api/v1/namespaces/day-trading/"))


def secrets_of(done: CompletedProcess[str]) -> dict[str, dict[str, str]]:
    assert done.returncode == 0, done.stderr
    objects = [one for one in yaml.load_all(done.stdout, yaml.CSafeLoader) if one]
    return {one["metadata"]["name"]: one["data"] for one in of_kind(objects, "Secret")}


def test_what_was_made_once_is_found_again(cluster: Cluster) -> None:
    first = secrets_of(cluster.upgraded())
    cluster.has(RULES, {})
    cluster.has(SECRET, AUTH)
    for name, data in first.items():
        cluster.objects.setdefault(f"secrets/{name}", {"apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": name}, "data": data})  # fmt: skip
    again = secrets_of(cluster.upgraded())
    assert again["day-trading-auth"] == cluster.objects[SECRET]["data"]
    for name in ("day-trading-service-keys", "day-trading-key-set"):
        assert again[name] == first[name]


@pytest.mark.parametrize("left", [None, {"admin-username": "admin", "admin-password": "p" * 32}])
def test_the_secret_of_the_sign_in_keys_is_never_made_a_second_time(
    left: dict[str, str] | None, cluster: Cluster
) -> None:
    cluster.has(RULES, {})
    if left is not None:
        cluster.has(SECRET, left)
    done = cluster.upgraded()
    assert done.returncode != 0
    assert "the Secret day-trading-auth is gone, or its key signing-key-secret" in done.stderr


def test_a_first_install_that_failed_before_it_had_secrets_begins_anew(cluster: Cluster) -> None:
    assert set(secrets_of(cluster.upgraded())["day-trading-auth"]) == set(AUTH)
