"""`python -m gateway serve`."""

from chassis.app import serve
from chassis.cli import run
from chassis.settings import load_settings
from gateway.main import build_app
from gateway.settings import GatewaySettings


def serve_command() -> None:
    """Serve the platform's API."""
    settings = load_settings(GatewaySettings)
    serve("gateway", settings, build_app(settings))


run("gateway", {"serve": serve_command})
