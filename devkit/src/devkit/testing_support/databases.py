"""Fresh PostgreSQL databases for tests, copied from a template where migrations are wanted."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import asyncpg

from devkit import blocking
from devkit.testing_support.servers import unique_name


class Databases:
    """Makes and drops databases on the test server."""

    def __init__(self, server_url: Callable[[], str]) -> None:
        self._server_url = server_url
        self._templates: dict[str, str] = {}

    @contextlib.contextmanager
    def fresh(self, package: str | None = None) -> Iterator[str]:
        """A new database for as long as the block lasts; with `package`'s tables when named."""
        template = "template0" if package is None else self._template(package)
        name = unique_name("test")
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self._url(name)
        finally:
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def drop_templates(self) -> None:
        for name in self._templates.values():
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        self._templates.clear()

    def _template(self, package: str) -> str:
        if package not in self._templates:
            name = unique_name(f"template_{package}")
            self._execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
            migrate = importlib.import_module("chassis.migrations").migrate
            blocking.in_thread(lambda: migrate(package, self._url(name)))
            self._templates[package] = name
        return self._templates[package]

    def _url(self, database: str) -> str:
        return urlsplit(self._server_url())._replace(path=f"/{database}").geturl()

    def _execute(self, statement: str) -> None:
        server_url = self._server_url()  # may start the server: not in the thread below

        async def execute() -> None:
            connection = await asyncpg.connect(server_url)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        blocking.run(execute())
