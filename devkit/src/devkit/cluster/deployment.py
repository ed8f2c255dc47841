"""A platform that is in a cluster: spoken to, upgraded, rolled back, proved."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from secrets import token_hex
from typing import Any

from devkit.bootstrap import LOCAL, REPOSITORY
from devkit.cluster.kube import ClusterError, Kube
from devkit.cluster.targets import Target

CHART = REPOSITORY / "charts" / "day-trading"
VALUES = CHART / "values-kind.yaml"
READY_S = 600
"""How long servers, and after them the release, may take until every pod is ready."""


@dataclass(frozen=True)
class Deployment:
    """A platform in a cluster: what is needed to speak to it and to change it."""

    kube: Kube
    """At its namespace."""
    release: str
    target: Target
    values: Mapping[str, Any] = field(default_factory=dict)
    """What `deploy` gave Helm besides values-kind.yaml: which images, above all."""

    @cached_property
    def url(self) -> str:
        """Where its ingress answers. Raises ClusterError where it has none."""
        if not self.has_ingress():
            raise ClusterError(f"the release {self.release} has no Ingress (ingress.enabled)")
        return self.target.ingress_url(self.kube)

    def has_ingress(self) -> bool:
        return bool(self.kube.items("ingress", f"app.kubernetes.io/instance={self.release}"))

    def upgrade(self, values: Mapping[str, Any] | None = None, *, seconds: int = READY_S) -> str:
        """`helm upgrade --install`, with further values; returns once every pod is ready.

        Raises ClusterError, also for a release that another Helm works on, or was ended at.
        """
        self.check_nothing_pends()
        given = merged(self.values, values or {})
        file = LOCAL / "cluster" / f"values-{self.kube.namespace}-{self.release}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(given, indent=2))
        return self.kube.helm(
            "upgrade", "--install", self.release, str(CHART),
            "--values", str(VALUES), "--values", str(file),
            "--wait", "--timeout", f"{seconds}s",
            seconds=seconds + 60,
        )  # fmt: skip

    def rollback(self, revision: int = 0, *, seconds: int = READY_S) -> str:
        """`helm rollback` to a revision, 0: the one before; returns once every pod is ready.

        Raises ClusterError, also with the sentence of an engine that refuses.
        """
        return self.kube.helm(
            "rollback", self.release, str(revision), "--wait", "--timeout", f"{seconds}s",
            seconds=seconds + 60,
        )  # fmt: skip

    def revision(self) -> int:
        """The revision that is deployed; 0: none ever was."""
        history = self.kube.helm("history", self.release, "--output", "json")
        deployed = [one for one in json.loads(history) if one["status"] == "deployed"]
        return int(deployed[-1]["revision"]) if deployed else 0

    def status(self) -> str:
        """What Helm says of the newest revision, such as `deployed` or `pending-rollback`; "": no release."""
        chosen = ["--all", "--filter", f"^{self.release}$", "--output", "json"]
        return "".join(one["status"] for one in json.loads(self.kube.helm("list", *chosen)))

    def check_nothing_pends(self) -> None:
        """Raises ClusterError, with the way out, for a release that another Helm works on, or was ended at."""
        status = self.status()
        if not status.startswith("pending-"):
            return
        revision = self.revision()
        way = f"rollback {self.release} {revision}" if revision else f"uninstall {self.release}"
        raise ClusterError(
            f"the release {self.release} is {status}: another Helm is at work on it, or was ended while it was."
            f" When none is, end that with: helm --namespace {self.kube.namespace} {way}"
        )

    def verify(self, *, seconds: int = 600) -> str:
        """Run the verify CronJob now: what it said. Raises ClusterError when an invariant is broken."""
        job = f"verify-{token_hex(3)}"
        self.kube.kubectl("create", "job", job, f"--from=cronjob/{self.release}-verify")
        ended = self.kube.wait_for_end(job, seconds)
        said = self.kube.kubectl("logs", f"job/{job}", "--all-containers", "--prefix", "--tail=-1")
        if ended != "Complete":
            raise ClusterError(f"the platform is not clean: job/{job} ended as {ended}\n{said}")
        self.kube.kubectl("delete", "job", job)
        return said

    def secret(self, name: str) -> dict[str, bytes]:
        """A secret's decoded values."""
        return decoded(self.kube.get("secret", name))

    def admin(self) -> tuple[str, str]:
        """Username and password of the platform's administrator."""
        secret = self.secret(f"{self.release}-auth")
        return secret["admin-username"].decode(), secret["admin-password"].decode()


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two trees of values, as Helm merges them: where both say something, `over` does."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        result[key] = merged(below, value) if both and below is not None else value
    return result


def decoded(secret: Mapping[str, Any]) -> dict[str, bytes]:
    """A Secret's values, by key."""
    return {name: b64decode(value) for name, value in secret.get("data", {}).items()}
