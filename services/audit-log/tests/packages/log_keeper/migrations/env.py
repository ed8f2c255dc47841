"""Alembic's entry; everything is in chassis."""

from chassis.migrations import run_env

run_env()
