"""The production values and the objects of the operators name the same things.

What an operator makes of an object is its documented convention, written here once and nowhere else: CloudNativePG's
Service `<cluster>-rw` and pod label `cnpg.io/cluster`; RabbitMQ's Service `<cluster>` and pod label
`app.kubernetes.io/name`; the Redis operator's Service `<replication>-master` and pod label `app`; cert-manager's Secret
for an Ingress that asks an Issuer.
"""

from __future__ import annotations

import importlib.util
from urllib.parse import urlsplit

import pytest
import yaml
from production_objects import DEFAULTS, K8S, VALUES, Object, documents, of_kind, only


@pytest.fixture
def values() -> Object:
    return VALUES


@pytest.fixture
def defaults() -> Object:
    return DEFAULTS


@pytest.fixture(scope="module")
def secrets() -> dict[str, Object]:
    """What credentials.py makes, by name."""
    spec = importlib.util.spec_from_file_location("credentials", K8S / "production/credentials.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    items: list[Object] = module.everything()["items"]
    return {item["metadata"]["name"]: item for item in items}


def test_every_address_in_the_values_is_a_key_of_a_secret_that_is_made(
    values: Object, defaults: Object, secrets: dict[str, Object]
) -> None:
    assert values["databases"].keys() == defaults["databases"].keys()
    for named in [*values["databases"].values(), values["redis"], values["broker"]]:
        assert named["key"] in secrets[named["secret"]]["stringData"]


def test_each_database_address_is_that_of_a_role_in_its_own_database(
    values: Object, secrets: dict[str, Object]
) -> None:
    cluster = only("Cluster")
    initdb = cluster["spec"]["bootstrap"]["initdb"]
    owners = {initdb["database"]: initdb["owner"]} | {
        each["spec"]["name"]: each["spec"]["owner"] for each in of_kind("Database")
    }
    passwords = {initdb["owner"]: initdb["secret"]["name"]} | {
        role["name"]: role["passwordSecret"]["name"] for role in cluster["spec"]["managed"]["roles"]
    }
    clusters = {each["spec"]["cluster"]["name"] for each in of_kind("Database")}
    assert clusters == {cluster["metadata"]["name"]}
    assert owners.keys() == values["databases"].keys()
    for database, named in values["databases"].items():
        secret = secrets[named["secret"]]["stringData"]
        address = urlsplit(secret[named["key"]])
        assert address.path == f"/{database}"
        assert (address.username, address.password) == (secret["username"], secret["password"])
        assert address.username == owners[database]
        assert passwords[owners[database]] == named["secret"]
        assert address.hostname == f"{cluster['metadata']['name']}-rw"
        assert address.query == "sslmode=require", "pg_hba lets nobody in without TLS"
        assert (
            f"hostssl {database} {address.username} all scram-sha-256"
            in (cluster["spec"]["postgresql"]["pg_hba"])
        )


def test_the_broker_address_is_that_of_the_user_in_its_virtual_host(
    values: Object, secrets: dict[str, Object]
) -> None:
    user, permission, vhost = only("User"), only("Permission"), only("Vhost")
    secret = secrets[values["broker"]["secret"]]
    address = urlsplit(secret["stringData"][values["broker"]["key"]])
    assert user["spec"]["importCredentialsSecret"]["name"] == values["broker"]["secret"]
    assert secret["metadata"]["labels"]["rabbitmq.com/topology-operator"] == "true"
    assert address.username == secret["stringData"]["username"]
    assert address.password == secret["stringData"]["password"]
    assert address.path == f"/{vhost['spec']['name']}"
    assert permission["spec"]["vhost"] == vhost["spec"]["name"]
    assert permission["spec"]["userReference"]["name"] == user["metadata"]["name"]
    cluster = only("RabbitmqCluster")["metadata"]["name"]
    assert address.hostname == cluster
    for each in (user, permission, vhost, only("Policy")):
        assert each["spec"]["rabbitmqClusterReference"]["name"] == cluster


def test_the_redis_address_is_the_masters(values: Object, secrets: dict[str, Object]) -> None:
    replication, sentinel = only("RedisReplication"), only("RedisSentinel")
    name = replication["metadata"]["name"]
    secret = secrets[values["redis"]["secret"]]["stringData"]
    address = urlsplit(secret[values["redis"]["key"]])
    assert address.hostname == f"{name}-master"
    assert address.password == secret["password"]
    wanted = {"name": values["redis"]["secret"], "key": "password"}
    assert replication["spec"]["kubernetesConfig"]["redisSecret"] == wanted
    watched = sentinel["spec"]["redisSentinelConfig"]
    assert watched["redisReplicationName"] == name
    assert watched["redisReplicationPassword"]["secretKeyRef"] == wanted


@pytest.mark.parametrize(
    ("server", "kind", "label"),
    [
        ("postgresql", "Cluster", "cnpg.io/cluster"),
        ("rabbitmq", "RabbitmqCluster", "app.kubernetes.io/name"),
        ("redis", "RedisReplication", "app"),
    ],
)
def test_policies_meet_from_both_sides(
    values: Object, defaults: Object, secrets: dict[str, Object], server: str, kind: str, label: str
) -> None:
    pods = {label: only(kind)["metadata"]["name"]}
    (peer,) = values["backing"][server]["peers"]
    assert peer == {"podSelector": {"matchLabels": pods}}, "whom the platform's pods may call"
    (policy,) = (
        each["spec"]
        for each in of_kind("NetworkPolicy")
        if each["spec"]["podSelector"]["matchLabels"] == pods
    )
    client = {"podSelector": {"matchLabels": {f"day-trading/{server}": "client"}}}
    (ports,) = (rule["ports"] for rule in policy["ingress"] if client in rule["from"])
    assert ports == [{"protocol": "TCP", "port": defaults["backing"][server]["port"]}]
    used = {"postgresql": values["databases"]["auth"], "rabbitmq": values["broker"]}
    named = used.get(server, values["redis"])
    address = urlsplit(secrets[named["secret"]]["stringData"][named["key"]])
    assert address.port == defaults["backing"][server]["port"]


def test_the_ingress_is_for_the_controller_that_this_repository_has(values: Object) -> None:
    objects = list(documents(K8S / "ingress"))
    (ingress_class,) = (each for each in objects if each["kind"] == "IngressClass")
    (own,) = (each for each in objects if each["kind"] == "Namespace")
    (common,) = yaml.safe_load((K8S / "ingress" / "kustomization.yaml").read_text())["labels"]
    assert values["ingress"]["className"] == ingress_class["metadata"]["name"]
    (peer,) = values["ingress"]["controllerPeers"]
    namespace = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
    assert namespace == own["metadata"]["name"]
    assert peer["podSelector"]["matchLabels"].items() <= common["pairs"].items()


def test_nobody_is_believed_about_callers_until_somebody_says_who(values: Object) -> None:
    assert values["ingress"]["trustedProxies"] == []


def test_the_certificate_is_asked_of_an_issuer_that_is_there(values: Object) -> None:
    ingress = values["ingress"]
    issuer = only("Issuer")
    assert ingress["annotations"]["cert-manager.io/issuer"] == issuer["metadata"]["name"]
    (solver,) = issuer["spec"]["acme"]["solvers"]
    assert solver["http01"]["ingress"]["ingressClassName"] == ingress["className"]
    assert ingress["tls"]["secretName"]
    assert ingress["host"]


def test_the_archive_is_the_clusters(values: Object) -> None:
    cluster, store = only("Cluster"), only("ObjectStore")
    (plugin,) = cluster["spec"]["plugins"]
    assert plugin["isWALArchiver"] is True
    assert plugin["parameters"]["barmanObjectName"] == store["metadata"]["name"]
    schedule = only("ScheduledBackup")["spec"]
    assert schedule["cluster"]["name"] == cluster["metadata"]["name"]
    assert schedule["pluginConfiguration"]["name"] == plugin["name"]


@pytest.mark.parametrize(("folder", "kind"), [("backup", "CronJob"), ("restore", "Job")])
def test_the_jobs_that_save_and_restore_use_the_addresses_of_the_values(
    values: Object, folder: str, kind: str
) -> None:
    base = K8S / "backup" / ("" if folder == "backup" else "restore")
    (original,) = (each for each in documents(base) if each["kind"] == kind)
    (patch,) = documents(K8S / "production" / folder)
    assert patch["metadata"]["name"] == original["metadata"]["name"]
    addresses = {
        variable: source
        for variable, source in environment(original).items()
        if variable.endswith("_DATABASE_URL")
    }
    assert environment(patch) == {
        f"{database.upper()}_DATABASE_URL": {"name": named["secret"], "key": named["key"]}
        for database, named in values["databases"].items()
    }
    assert addresses.keys() == environment(patch).keys(), (
        "a name that the patch lacks stays as it was"
    )


def environment(job: Object) -> dict[str, Object]:
    """A job's variables that come from secrets."""
    template = job["spec"].get("jobTemplate", job)["spec"]["template"]
    (container,) = template["spec"]["containers"]
    return {
        each["name"]: each["valueFrom"]["secretKeyRef"]
        for each in container["env"]
        if "valueFrom" in each
    }
