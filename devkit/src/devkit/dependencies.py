"""What our packages depend on: each declares what it imports, and one lock fixes all versions."""

from __future__ import annotations

import os
import subprocess
import tomllib
from pathlib import Path

from devkit.bootstrap import LOCK, REPOSITORY, VENV, workspace_packages
from devkit.home import PlatformError

OLDEST_PYTHON = "3.11"
MADE_BY = "# made by make lock\n"
GROUPS = ("build", "reload", "lint", "test")
"""Dependency groups of the root pyproject.toml that are locked besides the packages' own needs."""
USED_WITHOUT_IMPORT = {
    "uvloop": "uvicorn takes it as its event loop, by name",
    "httptools": "uvicorn takes it as its HTTP parser, by name",
    "sniffio": "httpcore looks for it at every step",
}


def misdeclared() -> int:
    """Look for imports that a package does not declare, and for declarations that none uses.

    Gives 1 when there are some.
    """
    names = ",".join(
        f"{distribution(package)}={'|'.join(modules(package))}" for package in workspace_packages()
    )
    failed = False
    for package in workspace_packages():
        command = [
            str(VENV / "bin" / "deptry"), "src", "--no-ansi",
            "--per-rule-ignores", f"DEP002={'|'.join(USED_WITHOUT_IMPORT)}",
            "--package-module-name-map", names,
            *(part for module in modules(package) for part in ("--known-first-party", module)),
        ]  # fmt: skip
        done = subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            failed = True
            print(f"{package.relative_to(REPOSITORY)} does not declare just what it imports:")
            print("\n".join(line for line in done.stderr.splitlines() if " DEP0" in line))
    return int(failed)


def distribution(package: Path) -> str:
    name: str = tomllib.loads((package / "pyproject.toml").read_text())["project"]["name"]
    return name


def modules(package: Path) -> list[str]:
    """The top-level modules of one package folder."""
    project = tomllib.loads((package / "pyproject.toml").read_text())
    folders = project["tool"]["hatch"]["build"]["dev-mode-dirs"]
    return sorted(
        module.parent.name
        for folder in folders
        for module in (package / folder).glob("*/__init__.py")
    )


def lock(*, upgrade: bool = True) -> int:
    """Choose the newest versions that fit together and write `requirements.lock`, with hashes.

    With `upgrade` false only what the packages' new declarations make necessary is changed.
    """
    packages = workspace_packages()
    command = [
        str(VENV / "bin" / "uv"), "pip", "compile", "--quiet", *(["--upgrade"] if upgrade else []),
        "--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes",
        # Neither whose machine this was nor where the packages came from belongs into the file.
        "--no-header", "--no-emit-find-links",
        *(part for group in GROUPS for part in ("--group", group)),
        *(part for path in packages for part in ("--no-emit-package", distribution(path))),
        *(str(path.relative_to(REPOSITORY) / "pyproject.toml") for path in packages),
    ]  # fmt: skip
    fresh = LOCK.with_name(LOCK.name + ".new")
    # What the output holds already, uv keeps where it can.
    fresh.write_text(LOCK.read_text())
    try:
        done = subprocess.run(
            [*command, "--output-file", fresh.name],
            cwd=REPOSITORY,
            env=dict(os.environ),
            check=False,
        )
        if done.returncode != 0:
            raise PlatformError("The lock was not changed: see what uv says above")
        text = fresh.read_text()
        if "://" in text or str(REPOSITORY) in text:
            raise PlatformError("The new lock names an address or a folder; it was not taken")
        LOCK.write_text(MADE_BY + text)
    finally:
        fresh.unlink(missing_ok=True)
    print("requirements.lock is new; `make setup` installs it")
    return 0
