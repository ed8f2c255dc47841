"""A RabbitMQ of our own, with its own epmd, node name and cookie.

epmd is Erlang's name server. A node that finds none starts one that outlives it; so we run ours as
a process like any other, on a port of its own, and nothing stays behind.
"""

from __future__ import annotations

import functools
import logging
import shutil
from pathlib import Path

import pika
from pika.exceptions import AMQPError

from devkit.processes import Process, ProcessError, accepts_connections, base_environment

USER = "platform"
VIRTUAL_HOST = "day-trading"

# pika logs every refused connection in ten lines; here a refusal only means "not ready yet".
logging.getLogger("pika").setLevel(logging.CRITICAL)


def server_script() -> str:
    """The server's own start script: the one in the PATH refuses other users than `rabbitmq`."""
    found = sorted(Path("/usr/lib/rabbitmq").glob("lib/*/sbin/rabbitmq-server"))
    if found:
        return str(found[-1])
    script = shutil.which("rabbitmq-server")
    if script is None:
        raise ProcessError("RabbitMQ is not installed: run `make setup`")
    return script


def name_server(port: int) -> Process:
    """epmd, in the foreground."""
    return Process(
        name="epmd",
        command=("epmd", "-port", str(port), "-address", "127.0.0.1"),
        environment=base_environment(),
        is_ready=functools.partial(accepts_connections, port),
    )


def prepare(
    folder: Path,
    port: int,
    epmd_port: int,
    distribution_port: int,
    password: str,
    *,
    management_port: int | None = None,
) -> Process:
    """Write the configuration below `folder`; returns the broker's process (start epmd first)."""
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "rabbitmq.conf"
    configuration.touch(mode=0o600)
    lines = [
        f"listeners.tcp.local = 127.0.0.1:{port}",
        f"default_user = {USER}",
        f"default_pass = {password}",
        f"default_vhost = {VIRTUAL_HOST}",
        "log.console = true",
        "log.console.level = warning",
        "log.file = false",
        "disk_free_limit.absolute = 100MB",
    ]
    if management_port is not None:
        lines += [
            "management.tcp.ip = 127.0.0.1",
            f"management.tcp.port = {management_port}",
            "management_agent.disable_metrics_collector = true",
        ]
    configuration.write_text("\n".join(lines) + "\n")
    plugins = folder / "enabled_plugins"
    plugins.write_text("[].\n" if management_port is None else "[rabbitmq_management].\n")
    environment = {
        **base_environment(),
        "HOME": str(folder),  # the cookie is made and kept here
        "RABBITMQ_BASE": str(folder),
        "RABBITMQ_CONFIG_FILE": str(configuration),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        # The port is not in the name: the node's data folder is called after it.
        "RABBITMQ_NODENAME": "day-trading@localhost",
        "RABBITMQ_DIST_PORT": str(distribution_port),
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_CRASH_DUMP_BYTES": "0",
        # Makes the script become the Erlang process instead of watching over it.
        "RUNNING_UNDER_SYSTEMD": "1",
        # Two schedulers that sleep when idle: an idle broker must not spin on a small machine.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
    }
    return Process(
        name="rabbitmq",
        command=(server_script(),),
        environment=environment,
        is_ready=functools.partial(answers, url(port, password)),
        stop_seconds=60,
    )


def url(port: int, password: str, virtual_host: str = VIRTUAL_HOST) -> str:
    return f"amqp://{USER}:{password}@127.0.0.1:{port}/{virtual_host}"


def answers(broker_url: str) -> bool:
    """Whether the broker lets us in."""
    parameters = pika.URLParameters(broker_url)
    parameters.socket_timeout = 5
    parameters.blocked_connection_timeout = 5
    try:
        pika.BlockingConnection(parameters).close()
    except (AMQPError, OSError):
        return False
    return True
