"""The collector's and Grafana's files: each part that one names is where another says it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[2]
STAND_INS = REPOSITORY / "tests" / "cluster" / "bases"
MONITORING = REPOSITORY / "k8s" / "monitoring"


def read(file: Path | str) -> Any:
    return yaml.safe_load((REPOSITORY / "observability" / file).read_text())


def documents(file: str) -> list[Any]:
    return list(yaml.safe_load_all((MONITORING / file).read_text()))


def service_ports(name: str) -> set[int]:
    (service,) = (one for one in documents(f"{name}.yaml") if one["kind"] == "Service")
    return {port["port"] for port in service["spec"]["ports"]}


def container(name: str) -> Any:
    (pods,) = (
        one["spec"]["template"]["spec"]
        for one in documents(f"{name}.yaml")
        if one["kind"] in ("Deployment", "StatefulSet")
    )
    return pods["containers"][0]


def test_the_collectors_pipelines_use_just_what_is_configured() -> None:
    collector = read("collector/collector.yaml")
    used: dict[str, set[str]] = {
        "extensions": set(collector["service"]["extensions"]),
        "receivers": set(),
        "processors": set(),
        "exporters": set(),
    }
    for pipeline in collector["service"]["pipelines"].values():
        for kind, names in pipeline.items():
            used[kind] |= set(names)
    connectors = set(collector["connectors"])
    # A connector ends one pipeline and begins another.
    assert connectors == used["receivers"] & used["exporters"]
    for kind, names in used.items():
        assert names - connectors == set(collector[kind]), kind


def test_the_collector_of_the_cluster_test_has_just_the_components_that_are_configured() -> None:
    collector = read("collector/collector.yaml")
    built = yaml.safe_load((STAND_INS / "otel-collector" / "components.yaml").read_text())
    for kind in ("receivers", "processors", "connectors", "exporters", "extensions"):
        modules = {one["gomod"].split()[0].rpartition("/")[2] for one in built[kind]}
        types = {name.partition("/")[0].replace("_", "") for name in collector[kind]}
        assert modules == {f"{one}{kind.removesuffix('s')}" for one in types}, kind


def test_the_collector_listens_where_its_pod_says() -> None:
    collector = read("collector/collector.yaml")
    reader = collector["service"]["telemetry"]["metrics"]["readers"][0]["pull"]["exporter"]
    listens = {
        "otlp-http": collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"],
        "health": collector["extensions"]["health_check"]["endpoint"],
        "span-metrics": collector["exporters"]["prometheus"]["endpoint"],
        "metrics": "{host}:{port}".format_map(reader["prometheus"]),
    }
    ports = {one["name"]: one["containerPort"] for one in container("otel-collector")["ports"]}
    assert listens == {name: f"0.0.0.0:{port}" for name, port in ports.items()}


def test_tempo_listens_where_its_pod_and_the_collector_say() -> None:
    tempo = read("tempo/tempo.yaml")
    otlp = tempo["distributor"]["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
    ports = {one["name"]: one["containerPort"] for one in container("tempo")["ports"]}
    assert ports == {
        "http": tempo["server"]["http_listen_port"],
        "otlp-http": int(otlp.rpartition(":")[2]),
    }
    exporter = read("collector/collector.yaml")["exporters"]["otlphttp/tempo"]["endpoint"]
    assert exporter == f"http://tempo:{ports['otlp-http']}"
    (volume,) = (
        one["mountPath"] for one in container("tempo")["volumeMounts"] if one["name"] == "data"
    )
    trace = tempo["storage"]["trace"]
    assert trace["local"]["path"].startswith(f"{volume}/")
    assert trace["wal"]["path"].startswith(f"{volume}/")


def test_grafanas_data_sources_are_services_of_the_stack() -> None:
    provisioned = read("grafana/datasources.yaml")
    assert provisioned["apiVersion"] == 1
    sources = {one["uid"]: one for one in provisioned["datasources"]}
    assert set(sources) == {"prometheus", "tempo"}
    for uid, source in sources.items():
        assert source["type"] == uid
        assert source["access"] == "proxy"
        (address,) = re.findall(r"^http://(\w+):(\d+)$", source["url"])
        assert address[0] == uid
        assert int(address[1]) in service_ports(uid)
    assert [source["uid"] for source in sources.values() if source.get("isDefault")] == [
        "prometheus"
    ]
    scrape = read("prometheus/prometheus.yaml")["global"]["scrape_interval"]
    assert sources["prometheus"]["jsonData"]["timeInterval"] == scrape


def test_grafana_finds_the_dashboards_where_they_are_mounted() -> None:
    provisioned = read("grafana/dashboards.yaml")
    assert provisioned["apiVersion"] == 1
    (provider,) = provisioned["providers"]
    assert provider["type"] == "file"
    mounts = {one["mountPath"]: one["name"] for one in container("grafana")["volumeMounts"]}
    assert mounts[provider["options"]["path"]] == "dashboards"
    environment = {one["name"]: one["value"] for one in container("grafana")["env"]}
    home = Path(environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert str(home.parent) == provider["options"]["path"]
    assert (REPOSITORY / "observability" / "dashboards" / home.name).is_file()


def test_the_cluster_test_runs_the_versions_of_the_images() -> None:
    prometheus = (STAND_INS / "prometheus" / "Dockerfile").read_text()
    (module,) = re.findall(r"prometheus/prometheus@v0\.(\S+)", prometheus)
    major, minor, patch = re.findall(r":v(\d+)\.(\d+)\.(\d+)$", container("prometheus")["image"])[0]
    assert module == f"{int(major) * 100 + int(minor)}.{patch}"
    collector = yaml.safe_load((STAND_INS / "otel-collector" / "components.yaml").read_text())
    version = container("otel-collector")["image"].partition(":")[2]
    assert collector["dist"]["version"] == version
    dockerfile = (STAND_INS / "otel-collector" / "Dockerfile").read_text()
    assert re.findall(r"cmd/builder@v(\S+)", dockerfile) == [version]


def test_dashboards_are_built_for_the_grafana_that_runs() -> None:
    package = (REPOSITORY / "observability" / "pyproject.toml").read_text()
    (builders,) = re.findall(r"grafana-foundation-sdk==\d+!(\d+\.\d+)\.0", package)
    assert container("grafana")["image"].startswith(f"grafana/grafana:{builders}.")
