"""Alembic's entry point; the work is the chassis'."""

from chassis.migrations import run_env

run_env()
