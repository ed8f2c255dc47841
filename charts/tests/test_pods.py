"""What holds for every pod that the chart or k8s/ makes: nobody is given more than it needs.

Every way to use the chart (chart_matrix) and every folder of k8s/ is looked at.
"""

from __future__ import annotations

import re

import pytest
from chart_matrix import BY_NAME, FOLDERS, kustomized, rendered
from chart_objects import Object, Pod, of_kind, pods

WITH_A_TOKEN = {"Deployment/traefik", "StatefulSet/prometheus", "Deployment/prometheus"}
"""Their work is to read the cluster."""
VOLUMES = {"configMap", "secret", "emptyDir", "persistentVolumeClaim", "projected", "downwardAPI"}
"""What Pod Security "restricted" lets a pod mount."""
UNITS = {"": 1, "m": 0.001, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}

SOURCES = {
    **{f"chart: {name}": ("chart", name) for name in BY_NAME},
    **{folder: ("folder", folder) for folder in FOLDERS},
}


def objects_of(source: str) -> list[Object]:
    kind, name = SOURCES[source]
    return rendered(name) if kind == "chart" else kustomized(name)


@pytest.fixture(params=SOURCES)
def objects(request: pytest.FixtureRequest) -> list[Object]:
    return objects_of(request.param)


@pytest.fixture
def made(objects: list[Object]) -> list[Pod]:
    return pods(objects)


def test_there_are_pods_to_look_at() -> None:
    counted = {source: len(pods(objects_of(source))) for source in SOURCES}
    operators_make_them = {"k8s/production"}
    assert {source for source, count in counted.items() if not count} == operators_make_them


def quantity(text: str) -> float:
    match = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", str(text))
    assert match is not None, text
    return float(match[1]) * UNITS[match[2]]


def test_every_container_says_what_it_needs_and_where_it_ends(made: list[Pod]) -> None:
    for pod in made:
        for name, container in pod.containers():
            requests, limits = container["resources"]["requests"], container["resources"]["limits"]
            for what in ("cpu", "memory"):
                assert 0 < quantity(requests[what]) <= quantity(limits[what]), (name, what)


def test_no_container_may_write_to_its_root_or_become_more_than_it_is(made: list[Pod]) -> None:
    for pod in made:
        for name, container in pod.containers():
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True, name
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
            assert not context.get("privileged"), name
            assert context.get("runAsUser", 1) != 0, name


def test_no_pod_runs_as_root_or_without_seccomp(made: list[Pod]) -> None:
    for pod in made:
        context = pod.spec["securityContext"]
        assert context["runAsNonRoot"] is True, pod.name
        assert context["runAsUser"] > 0, pod.name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, pod.name


def test_no_pod_shares_anything_with_its_node(made: list[Pod]) -> None:
    for pod in made:
        for shared in ("hostNetwork", "hostPID", "hostIPC"):
            assert not pod.spec.get(shared), pod.name
        for volume in pod.spec.get("volumes", []):
            assert set(volume) - {"name"} <= VOLUMES, (pod.name, volume)
        for name, container in pod.containers():
            assert not any("hostPort" in port for port in container.get("ports", [])), name


def test_only_who_reads_the_cluster_has_a_token_for_it(made: list[Pod]) -> None:
    for pod in made:
        assert pod.spec["automountServiceAccountToken"] is (pod.name in WITH_A_TOKEN), pod.name


def test_no_pod_is_told_of_services_by_variables(made: list[Pod]) -> None:
    """Of which GATEWAY_PORT and the like would be settings to somebody."""
    assert [pod.name for pod in made if pod.spec.get("enableServiceLinks") is not False] == []


def test_every_image_has_a_version(made: list[Pod]) -> None:
    for pod in made:
        for name, container in pod.containers():
            image = container["image"].rpartition("/")[2]
            digest = re.search(r"@sha256:[0-9a-f]{64}$", image)
            tag = image.partition(":")[2]
            assert digest or tag not in ("", "latest"), (name, image)


def test_images_come_from_nowhere_in_particular_unless_a_registry_is_named() -> None:
    for source in SOURCES:
        if source in ("chart: registry", "chart: production"):
            continue
        for pod in pods(objects_of(source)):
            for name, container in pod.containers():
                first = container["image"].split("/")[0]
                assert "/" not in container["image"] or "." not in first, (source, name)


def test_what_lasts_is_probed(made: list[Pod]) -> None:
    for pod in made:
        if pod.runs_to_its_end or pod.owner["kind"] == "Pod":
            continue
        for name, container in pod.containers():
            if container in pod.spec["containers"]:
                assert {"readinessProbe", "livenessProbe"} <= set(container), name


def test_a_pod_has_time_to_end_after_what_it_waits_for_before() -> None:
    for name in BY_NAME:
        for pod in pods(rendered(name)):
            for title, container in pod.containers():
                before = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {})
                grace = pod.spec.get("terminationGracePeriodSeconds", 30)
                drain = 0 if pod.runs_to_its_end else 10  # what a service takes: chassis/app.py
                assert before.get("seconds", 0) + drain < grace, title


def test_every_volume_that_is_mounted_is_there_and_no_other(made: list[Pod]) -> None:
    for pod in made:
        templates = pod.owner.get("spec", {}).get("volumeClaimTemplates", [])
        there = {volume["name"] for volume in pod.spec.get("volumes", [])}
        there |= {claim["metadata"]["name"] for claim in templates}
        mounts = {
            mount["name"] for _, one in pod.containers() for mount in one.get("volumeMounts", [])
        }
        assert mounts == there, pod.name


def test_an_emptied_folder_has_an_end(made: list[Pod]) -> None:
    for pod in made:
        for volume in pod.spec.get("volumes", []):
            if "emptyDir" in volume:
                assert volume["emptyDir"].get("sizeLimit"), (pod.name, volume["name"])


def test_roles_may_do_nothing_but_read(objects: list[Object]) -> None:
    for role in of_kind(objects, "Role", "ClusterRole"):
        for rule in role["rules"]:
            assert "*" not in [*rule["resources"], *rule["verbs"], *rule["apiGroups"]]
            if rule["resources"] != ["ingresses/status"]:
                assert set(rule["verbs"]) <= {"get", "list", "watch"}
