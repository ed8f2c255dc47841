"""A platform that trades is saved, destroyed with its namespace, and restored into an empty one (k8s/backup).

By the commands of docs/operations.md: what was acknowledged before the back-up began is there afterwards, the
platform's own proof holds, and trading goes on.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

import namespaces
from cluster_figures import Figures
from disturbing import ENGINE, Traffic
from promises import Logged, read_engine_log

from devkit.bootstrap import REPOSITORY
from devkit.cluster.deploy import BACKING, make_backing_secret, rendered, wait_ready
from devkit.cluster.deployment import Deployment
from devkit.cluster.kube import ClusterError, Kube
from devkit.cluster.targets import Target
from replay.capture import load
from replay.download import capture_folder
from replay.drive import Drive
from replay.plan import Plan, head
from replay.run import Options, Replay, replay
from replay.trader import Acknowledgement
from replay.venue import Admin

BACKUP = REPOSITORY / "k8s" / "backup"
COMMANDS = 1_000
"""Of one replay; they follow each other until the back-up is done."""
OPTIONS = Options(accounts=4, in_flight=16, patience_seconds=300)
REPLAYS = 20
"""More would mean that the back-up does not end."""
IMAGE = "postgres:15-bookworm"
JOB_S = 300
SECRETS = ("auth", "service-keys", "key-set")
"""Of the release: what is encrypted in the databases can be read with these only."""
WITHOUT_INGRESS = {"ingress": {"enabled": False}}

Say = Callable[[str], None]


async def test_a_platform_that_was_destroyed_is_restored_and_goes_on(
    target: Target,
    images: Mapping[str, str],
    deploy_into: Any,
    figures: Figures,
    say: Say,
    tmp_path: Path,
) -> None:
    plan = head(load(capture_folder()), COMMANDS)
    with deploy_into("restored", values=WITHOUT_INGRESS) as lost:
        kube = lost.kube
        apply(kube, BACKUP, images)
        saved = asyncio.Event()
        traffic = Traffic()
        trading = asyncio.create_task(trade_until(saved, plan, lost, traffic))
        try:
            early = await back_up_in_the_middle(trading, traffic, lost, figures, say)
            saved.set()
            done = await trading
        finally:
            trading.cancel()
        assert all(list(one.comparison.differences) == [] for one in done)
        before = lost.secret(f"{lost.release}-auth")
        secrets = save_secrets(lost)
        with shelf(kube, images):
            name = saved_as(kube)
            copy = tmp_path / name
            kube.kubectl(
                "cp", f"{kube.namespace}/backup-shelf:/backups/{name}", str(copy), seconds=JOB_S
            )
        namespaces.remove(kube)

        say("everything is gone; restoring")
        with figures.phase("restore"):
            namespaces.make(kube)
            make_backing_secret(kube)
            kube.kubectl("create", "--filename", "-", stdin=secrets)
            kube.apply(rendered(kube, BACKING, images, closed=target.closed))
            wait_ready(kube, "app.kubernetes.io/component=backing")
            apply(kube, BACKUP, images)
            with shelf(kube, images):
                kube.kubectl(
                    "cp", str(copy), f"{kube.namespace}/backup-shelf:/backups/{name}", seconds=JOB_S
                )
            apply(kube, BACKUP / "restore", images)
            say(finished(kube, "day-trading-restore"))
            restored = Deployment(kube, lost.release, lost.target, lost.values)
            restored.upgrade()
        assert restored.secret(f"{lost.release}-auth") == before

        with figures.phase("restore: verify"):
            say(await asyncio.to_thread(restored.verify))
        log = await engine_log(restored, tmp_path)
        missing = [one for one in early if times(log, one) != 1]
        figures.set(
            "restore", {"acknowledged_before_backup": len(early), "acknowledged_lost": len(missing)}
        )
        assert missing == []
        assert len(early) > COMMANDS // 4

        again = await one_replay(plan, restored, Traffic())
        assert list(again.comparison.differences) == []
        assert again.comparison.matching == len(plan.trades) > 0
        await asyncio.to_thread(restored.verify)


async def back_up_in_the_middle(
    trading: asyncio.Task[list[Replay]],
    traffic: Traffic,
    deployment: Deployment,
    figures: Figures,
    say: Say,
) -> list[Acknowledgement]:
    """Back up while orders flow: what was acknowledged before that began."""
    kube = deployment.kube
    reached = asyncio.create_task(traffic.reaches(COMMANDS // 2))
    await asyncio.wait({reached, trading}, return_when=asyncio.FIRST_COMPLETED)
    assert reached.done(), await trading
    early = [one for record in traffic.records for one in record.acknowledged()]
    begun, sent = time.monotonic(), traffic.sent
    job = f"backup-{token_hex(3)}"
    kube.kubectl("create", "job", job, "--from=cronjob/day-trading-backup")
    say(await asyncio.to_thread(finished, kube, job))
    figures.took("back-up", time.monotonic() - begun)
    assert traffic.sent > sent, "nothing was traded while it was saved"
    return early


async def trade_until(
    over: asyncio.Event, plan: Plan, deployment: Deployment, traffic: Traffic
) -> list[Replay]:
    """Replay the plan again and again, each time on a new asset, until told to stop."""
    done: list[Replay] = []
    while not over.is_set():
        assert len(done) < REPLAYS, "the back-up does not end"
        done.append(await one_replay(plan, deployment, traffic))
    return done


async def one_replay(plan: Plan, deployment: Deployment, traffic: Traffic) -> Replay:
    record = Drive()
    traffic.records.append(record)
    with deployment.kube.forwarded("service/gateway", 8080) as port:
        return await replay(
            plan,
            f"http://127.0.0.1:{port}",
            Admin(*deployment.admin()),
            OPTIONS,
            record=record,
            on_answer=traffic.answered,
        )


def apply(kube: Kube, folder: Path, images: Mapping[str, str]) -> None:
    """A folder of k8s/backup, with the image that this cluster has for PostgreSQL's."""
    manifests = kube.kubectl("kustomize", str(folder))
    kube.apply(manifests.replace(IMAGE, images.get("postgresql", IMAGE)))


def finished(kube: Kube, job: str) -> str:
    """What a job said, once it is complete. Raises ClusterError with that when it failed."""
    ended = kube.wait_for_end(job, JOB_S)
    said = kube.kubectl("logs", f"job/{job}", "--tail=-1")
    if ended != "Complete":
        raise ClusterError(f"job/{job} ended as {ended}\n{said}")
    return f"{job}:\n{said}"


@contextmanager
def shelf(kube: Kube, images: Mapping[str, str]) -> Iterator[None]:
    """The pod that holds the back-ups' volume, while the block lasts."""
    apply(kube, BACKUP / "shelf", images)
    kube.kubectl("wait", "pod/backup-shelf", "--for=condition=Ready", "--timeout=60s", seconds=70)
    yield
    kube.kubectl("delete", "pod", "backup-shelf")


def saved_as(kube: Kube) -> str:
    """The name of the newest back-up on the shelf."""
    return max(kube.kubectl("exec", "backup-shelf", "--", "ls", "/backups").split())


def save_secrets(deployment: Deployment) -> str:
    """The release's own secrets, as another cluster can be given them."""
    names = [f"{deployment.release}-{name}" for name in SECRETS]
    found = deployment.kube.kubectl("get", "secret", *names, "--output", "json")
    made = subprocess.run(
        [sys.executable, str(BACKUP / "portable.py")],
        input=found,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "resourceVersion" not in made.stdout
    assert len(json.loads(made.stdout)["items"]) == len(SECRETS)
    return made.stdout


async def engine_log(deployment: Deployment, folder: Path) -> Logged:
    key = folder / "verify.pem"
    key.touch(mode=0o600)
    key.write_bytes(deployment.secret(f"{deployment.release}-service-keys")["verify.pem"])
    with deployment.kube.forwarded(f"pod/{ENGINE}-0", 8105) as port:
        return await read_engine_log(f"http://127.0.0.1:{port}", key)


def times(log: Logged, one: Acknowledgement) -> int:
    """How often the log holds what was acknowledged."""
    return (log.accepted if one.kind == "place" else log.cancelled)[one.order_id]
