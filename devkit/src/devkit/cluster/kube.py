"""kubectl and helm, speaking to one cluster and one namespace; every call is bounded in time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from devkit.bootstrap import CLUSTER_CACHE, helm_program
from devkit.home import PlatformError

CALL_S = 60.0
"""How long a call may take that waits for nothing in the cluster."""

POLL_S = 0.5


class ClusterError(PlatformError):
    """A cluster, or a tool that speaks to one, did not do what was asked; the text says what it said."""


@dataclass(frozen=True)
class Kube:
    """A namespace of a cluster, named by its kubeconfig."""

    kubeconfig: Path
    namespace: str = "default"

    def at(self, namespace: str) -> Kube:
        return replace(self, namespace=namespace)

    def kubectl(self, *arguments: str, stdin: str | None = None, seconds: float = CALL_S) -> str:
        """What kubectl printed. Raises ClusterError with what it complained about."""
        command = [kubectl_program(), "--namespace", self.namespace, *arguments]
        return self._run(command, stdin, seconds)

    def helm(self, *arguments: str, seconds: float = CALL_S) -> str:
        """What helm printed. Raises ClusterError with what it complained about."""
        return self._run([helm(), "--namespace", self.namespace, *arguments], None, seconds)

    def get(self, *arguments: str) -> Any:
        """`kubectl get`, as the parsed document."""
        form = () if "--raw" in arguments else ("--output", "json")
        return json.loads(self.kubectl("get", *arguments, *form))

    def items(self, kind: str, selector: str = "") -> list[Any]:
        """The objects of a kind, those with the labels that `selector` asks for."""
        chosen = ["--selector", selector] if selector else []
        items: list[Any] = self.get(kind, *chosen)["items"]
        return items

    def apply(self, manifests: str) -> None:
        self.kubectl("apply", "--filename", "-", stdin=manifests)

    def exists(self, kind: str, name: str) -> bool:
        return bool(self.kubectl("get", kind, name, "--ignore-not-found", "--output", "name"))

    def wait_for_end(self, job: str, seconds: float) -> str:
        """Wait for the end of a job: `Complete` or `Failed`. Raises ClusterError after so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            conditions = self.get("job", job)["status"].get("conditions", [])
            for condition in conditions:
                if condition["type"] in ("Complete", "Failed") and condition["status"] == "True":
                    return str(condition["type"])
            time.sleep(POLL_S)
        raise ClusterError(f"job/{job} had not ended after {seconds:.0f} s")

    @contextmanager
    def forwarded(self, target: str, port: int) -> Iterator[int]:
        """A loopback port that leads to `port` of `target` (such as `pod/matching-engine-0`).

        It goes through the kubelet, which no network policy binds. Raises ClusterError.
        """
        command = [kubectl_program(), "--namespace", self.namespace, "port-forward", target]
        with subprocess.Popen(
            [*command, f":{port}"],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                said = process.stdout.readline()  # ends at the latest when kubectl gives up
                if "Forwarding from 127.0.0.1:" not in said:
                    raise ClusterError(f"no way to {target}: {said}{process.stdout.read()}")
                yield int(said.split("127.0.0.1:")[1].split()[0])
            finally:
                process.terminate()

    def _run(self, command: Sequence[str], stdin: str | None, seconds: float) -> str:
        shown = " ".join([Path(command[0]).name, *command[1:8]])
        try:
            done = subprocess.run(
                command,
                env=self._environment(),
                input=stdin if stdin is not None else "",
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ClusterError(f"{shown} ... was not done after {seconds:.0f} s") from None
        if done.returncode != 0:
            raise ClusterError(f"{shown} ...: {(done.stderr + done.stdout).strip()}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig)}


def kubectl_program() -> str:
    """The kubectl of the PATH, or the one that was built with the node. Raises ClusterError."""
    built = CLUSTER_CACHE / "bin" / "kubectl"
    found = shutil.which("kubectl") or (str(built) if built.is_file() else None)
    if found is None:
        raise ClusterError("kubectl is missing: install it, or run tests/cluster/node/build")
    return found


def helm() -> str:
    """Helm 3. Raises ClusterError."""
    found = helm_program()
    if found is None:
        raise ClusterError(
            "helm 3 is missing: install it, or run python3 devkit/src/devkit/bootstrap.py helm"
        )
    return found
