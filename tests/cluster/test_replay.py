"""Recorded order flow through the ingress, while the engine dies and releases come and go: nothing is lost.

Every acknowledgement that a client got is looked for in the engine's log afterwards; the trades must be the
recorded ones; the platform's own proof must hold.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cluster_figures import Figures, PodUse, by_program, use_of_pods
from disturbing import ENGINE, Disturber, Traffic
from promises import broken_promises, read_engine_log

from devkit.cluster.deployment import Deployment
from devkit.cluster.kube import Kube
from devkit.cluster.targets import Target
from replay.capture import load
from replay.download import capture_folder
from replay.drive import Drive
from replay.plan import Plan, head
from replay.run import Options, Replay, replay
from replay.venue import Admin

COMMANDS = 2_000
"""In one slice. Slices follow each other until everything that is to happen has happened."""
OPTIONS = Options(accounts=8, in_flight=32, patience_seconds=300)
SLICES = 30
"""More would mean that a disturbance does not end."""
UPGRADE = {
    "logLevel": "WARN",
    # The one that has no log level.
    "services": {"ui": {"podAnnotations": {"release": "next"}}},
}
"""A change that every pod of the chart sees, so that all of them are replaced."""
SAMPLE_S = 3.0


async def test_no_acknowledged_order_is_lost_when_the_engine_dies_and_releases_come_and_go(
    deployed: Deployment,
    target: Target,
    figures: Figures,
    say: Callable[[str], None],
    tmp_path: Path,
) -> None:
    plan = head(load(capture_folder()), COMMANDS)
    traffic = Traffic()
    disturber = Disturber(deployed, target, traffic, say)
    secrets = kept_secrets(deployed.kube)

    async def disturb() -> None:
        await traffic.reaches(COMMANDS // 4)
        await disturber.run("kill -9 of the engine", disturber.crash_engine)
        await traffic.reaches(traffic.sent + COMMANDS // 4)
        await disturber.run("the engine's pod removed", disturber.remove_engine_pod)
        await traffic.reaches(traffic.sent + COMMANDS // 4)
        before = chart_pods(deployed)
        await disturber.run("helm upgrade", lambda: deployed.upgrade(UPGRADE))
        upgraded = chart_pods(deployed)
        assert_replaced(before, upgraded)
        assert kept_secrets(deployed.kube) == secrets
        await traffic.reaches(traffic.sent + COMMANDS // 4)
        await disturber.run("helm rollback", deployed.rollback)
        assert_replaced(upgraded, chart_pods(deployed))
        assert kept_secrets(deployed.kube) == secrets
        await traffic.reaches(traffic.sent + COMMANDS // 4)

    try:
        with figures.phase("replay"), use_under_load(deployed.kube, figures):
            done = await trade_until_ended(plan, deployed, traffic, asyncio.create_task(disturb()))
    finally:
        figures.set("disturbances", disturber.done)

    # What was lost is said whatever else is wrong.
    lost = await lost_acknowledgements(deployed, traffic, tmp_path)
    acknowledged = [one for record in traffic.records for one in record.acknowledged()]
    figures.set("acknowledged", len(acknowledged))
    figures.set("acknowledged_lost", len(lost))
    figures.set("replay", [one.figures() for one in done])
    with figures.phase("verify"):
        said = await asyncio.to_thread(deployed.verify)
    say(f"verified\n{said}")

    assert lost == []
    for one in done:
        assert one.record.refused() == []
        assert list(one.comparison.differences) == []
        assert one.comparison.matching == len(plan.trades) > 0
    assert all(disturbance["sent_meanwhile"] > 0 for disturbance in disturber.done)
    assert len(disturber.done) == 4
    assert len(acknowledged) == len(done) * len(plan.commands)


async def trade_until_ended(
    plan: Plan, deployed: Deployment, traffic: Traffic, disturbing: asyncio.Task[None]
) -> list[Replay]:
    """Replay the plan again and again, each time on a new asset, until `disturbing` has ended."""
    done: list[Replay] = []
    try:
        while not disturbing.done():
            assert len(done) < SLICES, "the disturbances do not end"
            record = Drive()
            traffic.records.append(record)
            done.append(
                await replay(
                    plan,
                    deployed.url,
                    Admin(*deployed.admin()),
                    OPTIONS,
                    record=record,
                    on_answer=traffic.answered,
                )
            )
        await disturbing
    finally:
        disturbing.cancel()
    return done


async def lost_acknowledgements(deployed: Deployment, traffic: Traffic, folder: Path) -> list[str]:
    """A sentence for each acknowledgement that the engine's log does not bear out exactly once."""
    key = folder / "verify.pem"
    key.touch(mode=0o600)
    key.write_bytes(deployed.secret(f"{deployed.release}-service-keys")["verify.pem"])
    port = deployed.kube.get("service", ENGINE)["spec"]["ports"][0]["port"]
    with deployed.kube.forwarded(f"pod/{ENGINE}-0", port) as forwarded:
        log = await read_engine_log(f"http://127.0.0.1:{forwarded}", key)
    lost = []
    for record in traffic.records:
        run = next(iter(record.placed.values())).client_order_id.split("-")[0]
        lost += broken_promises(record.acknowledged(), log, run)
    return lost


def kept_secrets(kube: Kube) -> dict[str, dict[str, str]]:
    """The data of every secret that the platform's programs use, by name."""
    secrets = kube.items("secrets")
    return {
        one["metadata"]["name"]: one["data"]
        for one in secrets
        if not one["type"].startswith("helm.sh/")
    }


def chart_pods(deployed: Deployment) -> dict[str, set[str]]:
    """Ids of the pods of each of the release's services that are not about to end."""
    chosen = f"app.kubernetes.io/instance={deployed.release},app.kubernetes.io/part-of=day-trading"
    found: dict[str, set[str]] = {}
    for pod in deployed.kube.items("pods", chosen):
        if pod["status"]["phase"] == "Running" and "deletionTimestamp" not in pod["metadata"]:
            name = pod["metadata"]["labels"]["app.kubernetes.io/name"]
            found.setdefault(name, set()).add(pod["metadata"]["uid"])
    return found


def assert_replaced(before: dict[str, set[str]], after: dict[str, set[str]]) -> None:
    """The same services run, each in other pods."""
    assert before
    assert after.keys() == before.keys()
    kept = [name for name in before if before[name] & after[name]]
    assert not kept, f"pods of the release before are left: {kept}"


@contextmanager
def use_under_load(kube: Kube, figures: Figures) -> Iterator[None]:
    """Keeps the most memory and CPU seconds that a pod of each program used meanwhile."""
    seen: dict[str, PodUse] = {}
    first: dict[str, float] = {}
    over = threading.Event()

    def sample() -> None:
        while not over.wait(SAMPLE_S):
            for pod, use in use_of_pods(kube).items():
                begun = first.setdefault(pod, use.cpu_s)
                most = max(use.memory_mib, seen.get(pod, use).memory_mib)
                seen[pod] = PodUse(use.program, most, round(use.cpu_s - begun, 2))

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield
    finally:
        over.set()
        sampler.join()
        most = by_program(seen).items()
        figures.set(
            "under_load",
            {name: {"memory_mib": use.memory_mib, "cpu_s": use.cpu_s} for name, use in most},
        )
