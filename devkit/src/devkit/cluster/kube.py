"""kubectl and helm, speaking to one cluster and one namespace; every call is bounded in time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from devkit.bootstrap import CLUSTER_CACHE, helm_program
from devkit.home import PlatformError

CALL_S = 60.0
"""How long a call may take that waits for nothing in the cluster."""

POLL_S = 0.5
ENDED_S = 20.0
"""How long a command that is asked to end may take to do so. Helm notes its release as failed meanwhile."""
FORWARDED_S = 30.0
"""How long kubectl may take to say where a forwarded port is."""


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
        first: SimpleQueue[str] = SimpleQueue()
        with subprocess.Popen(
            [*command, f":{port}"],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            # It says a line for every connection, and would stop once nobody reads them.
            reader = threading.Thread(target=_read, args=(process, first), daemon=True)
            reader.start()
            try:
                try:
                    said = first.get(timeout=FORWARDED_S)
                except Empty:
                    said = f"kubectl said nothing for {FORWARDED_S:.0f} s"
                if "Forwarding from 127.0.0.1:" not in said:
                    raise ClusterError(f"no way to {target}: {said.strip()}")
                yield int(said.split("127.0.0.1:")[1].split()[0])
            finally:
                process.kill()  # it keeps nothing that it would have to put in order
                reader.join()

    def _run(self, command: Sequence[str], stdin: str | None, seconds: float) -> str:
        return run_bounded(command, seconds, stdin=stdin or "", environment=self._environment())

    def _environment(self) -> dict[str, str]:
        """Ours, without what would lead Helm to another cluster than the kubeconfig's."""
        kept = {name: one for name, one in os.environ.items() if not name.startswith("HELM_KUBE")}
        return {**kept, "KUBECONFIG": str(self.kubeconfig)}


def run_bounded(
    command: Sequence[str],
    seconds: float,
    *,
    stdin: str = "",
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> str:
    """What a command printed. Raises ClusterError with what it complained about, or after so long.

    One that takes too long, or is not wanted any more (Ctrl-C), is interrupted with all that it started, and
    killed only when it goes on: a Helm that is killed leaves a release that nobody may upgrade.
    """
    shown = " ".join([Path(command[0]).name, *command[1:8]])
    with subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own, which a terminal's Ctrl-C does not meet
    ) as process:
        try:
            said, complained = process.communicate(stdin, timeout=seconds)
        except BaseException as error:
            _end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise ClusterError(f"{shown} ... was not done after {seconds:.0f} s") from None
            raise
    if process.returncode != 0:
        raise ClusterError(f"{shown} ...: {(complained + said).strip()}")
    return said


def _end(process: subprocess.Popen[str]) -> None:
    """Interrupt a command and all of its group; kill what is there after `ENDED_S`."""
    try:
        os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=ENDED_S)
    except ProcessLookupError:
        return
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _read(process: subprocess.Popen[str], first: SimpleQueue[str]) -> None:
    """Everything that a process says, so that it never waits for a reader; its first line is kept."""
    assert process.stdout is not None
    first.put(process.stdout.readline())
    for _ in process.stdout:
        pass


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
