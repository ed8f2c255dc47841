"""Grafana dashboards as code: `python -m dashboards` writes them, a test holds the files to it."""
