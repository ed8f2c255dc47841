"""What runs in production is admitted by its namespace, fits its volumes, and is of versions that go together."""

from __future__ import annotations

from collections.abc import Iterator

import kubernetes_validate
import pytest
import yaml
from production_objects import DEFAULTS, K8S, OBJECTS, VALUES, Object, documents, of_kind, only

KUBERNETES = "1.34"
NATIVE = {
    "ConfigMap", "CronJob", "Job", "NetworkPolicy", "PersistentVolumeClaim", "Pod", "PodDisruptionBudget",
}  # fmt: skip


def test_redis_forgets_the_oldest_and_writes_nothing_as_in_development() -> None:
    name = only("RedisReplication")["spec"]["redisConfig"]["additionalRedisConfig"]
    (made,) = (each for each in of_kind("ConfigMap") if each["metadata"]["name"] == name)
    lines = made["data"]["redis-additional.conf"].splitlines()
    wanted = ("maxmemory", "save", "appendonly")
    development = (K8S / "backing/redis/redis.conf").read_text().splitlines()
    assert sorted(lines) == sorted(line for line in development if line.startswith(wanted))


def test_instances_of_the_database_reach_each_other_to_know_that_they_are_not_alone() -> None:
    instances = {"podSelector": {"matchLabels": {"cnpg.io/cluster": "day-trading-db"}}}
    (policy,) = (
        each["spec"]
        for each in of_kind("NetworkPolicy")
        if each["spec"]["podSelector"] == instances["podSelector"]
    )
    ports = {
        port["port"]
        for rule in policy["ingress"]
        if instances in rule["from"]
        for port in rule["ports"]
    }
    assert ports == {5432, 8000}


def restricted(pod: Object, containers: list[Object]) -> bool:
    """What Pod Security's "restricted" wants to be said, of a pod whose volumes are harmless."""
    return (
        pod["runAsNonRoot"] is True
        and pod.get("runAsUser") != 0
        and pod["seccompProfile"] == {"type": "RuntimeDefault"}
        and all(
            each["allowPrivilegeEscalation"] is False
            and each["capabilities"] == {"drop": ["ALL"]}
            and each.get("privileged", False) is False
            for each in containers
        )
    )


def test_the_namespace_admits_the_brokers_pods() -> None:
    override = only("RabbitmqCluster")["spec"]["override"]["statefulSet"]["spec"]["template"]
    pod = override["spec"]
    containers = {each["name"]: each for each in [*pod["initContainers"], *pod["containers"]]}
    assert set(containers) == {"setup-container", "rabbitmq"}, "the operator's own names"
    said = [each["securityContext"] for each in containers.values()]
    assert restricted(pod["securityContext"], said)


@pytest.mark.parametrize("kind", ["RedisReplication", "RedisSentinel"])
def test_the_namespace_admits_the_pods_of_redis(kind: str) -> None:
    spec = only(kind)["spec"]
    assert restricted(spec["podSecurityContext"], [spec["securityContext"]])


def test_the_database_leaves_the_operators_own_restrictions_as_they_are() -> None:
    """CloudNativePG's pods are "restricted" unless the Cluster says otherwise (its pkg/specs)."""
    said = {"podSecurityContext", "securityContext", "seccompProfile"}
    assert not said & only("Cluster")["spec"].keys()


def test_no_image_is_pulled_from_a_registry_that_nobody_chose() -> None:
    named = [
        only("Cluster")["spec"]["imageName"],
        *(
            only(kind)["spec"]["kubernetesConfig"]["image"]
            for kind in ("RedisReplication", "RedisSentinel")
        ),
    ]
    assert all(image.startswith(f"{VALUES['image']['registry']}/") for image in named)
    assert "image" not in only("RabbitmqCluster")["spec"], "the operator's own default"


@pytest.mark.parametrize("folder", ["backup", "restore"])
def test_the_dumps_are_of_the_databases_own_version(folder: str) -> None:
    major = only("Cluster")["spec"]["imageName"].rpartition(":")[2]
    (image,) = kustomization(folder)["images"]
    assert image["newTag"].partition("-")[0] == major


def test_the_volumes_hold_the_journal_and_every_backup_of_it() -> None:
    journal = gibibytes(VALUES["services"]["matching-engine"]["persistence"]["size"])
    (patch,) = documents(K8S / "production/backup")
    (container,) = patch["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    (keep,) = (each["value"] for each in container["env"] if each["name"] == "KEEP_BACKUPS")
    assert claimed("backup") >= (int(keep) + 1) * journal, "one is made before the oldest goes"
    assert claimed("restore") == journal


def kustomization(folder: str) -> Object:
    loaded: Object = yaml.safe_load(
        (K8S / "production" / folder / "kustomization.yaml").read_text()
    )
    return loaded


def claimed(folder: str) -> int:
    """GiB of the claim that a folder of k8s/production resizes."""
    (text,) = (
        each["patch"]
        for each in kustomization(folder)["patches"]
        if each.get("target", {}).get("kind") == "PersistentVolumeClaim"
    )
    (change,) = yaml.safe_load(text)
    return gibibytes(change["value"])


def gibibytes(quantity: str) -> int:
    assert quantity.endswith("Gi")
    return int(quantity.removesuffix("Gi"))


BACKUP = [
    each
    for folder in ("backup", "backup/restore", "backup/shelf")
    for each in documents(K8S / folder)
]


@pytest.mark.parametrize(
    "document",
    [each for each in [*OBJECTS, *BACKUP] if each["kind"] in NATIVE],
    ids=lambda each: f"{each['kind']}-{each['metadata']['name']}",
)
def test_objects_of_kubernetes_itself_fit_its_strict_schema(document: Object) -> None:
    kubernetes_validate.validate(document, KUBERNETES, strict=True)


def pods() -> Iterator[Object]:
    for each in BACKUP:
        if each["kind"] == "Pod":
            yield each["spec"]
        elif each["kind"] in {"Job", "CronJob"}:
            yield each["spec"].get("jobTemplate", each)["spec"]["template"]["spec"]


@pytest.mark.parametrize("pod", list(pods()), ids=lambda pod: pod["containers"][0]["name"])
def test_the_pods_of_the_backup_are_locked_up_as_the_services_are(pod: Object) -> None:
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 10001, "the engine's own user"
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"].keys() == {"cpu", "memory"}
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}


def test_the_shelf_goes_where_the_volume_is_and_ends_by_itself() -> None:
    (pod,) = (each["spec"] for each in documents(K8S / "backup/shelf") if each["kind"] == "Pod")
    assert pod["activeDeadlineSeconds"] > 0
    affinity = pod["affinity"]["podAffinity"]
    assert affinity.keys() == {"preferredDuringSchedulingIgnoredDuringExecution"}, "no engine, yet"
    ((term,),) = affinity.values()
    (wanted,) = term["podAffinityTerm"]["labelSelector"]["matchExpressions"]
    assert set(wanted["values"]) == {"matching-engine", "backup"}


def test_the_jobs_ask_nobody_but_the_clusters_own_dns() -> None:
    (policy,) = (each for each in documents(K8S / "backup") if each["kind"] == "NetworkPolicy")
    (peers,) = (rule["to"] for rule in policy["spec"]["egress"] if rule["ports"][0]["port"] == 53)
    assert peers == DEFAULTS["networkPolicies"]["dnsPeers"]
