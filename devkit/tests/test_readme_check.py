"""Which lines of a README are run, and how."""

from pathlib import Path

import pytest

from devkit.home import PlatformError
from devkit.readme_check import Step, readme_check, run, steps

README = """
# A platform

```sh check
make test   # not the platform
make run    # the platform; Ctrl-C stops it
curl -s localhost
```

```sh
rm -rf /
```

```sh check
make verify
```
"""


def test_only_marked_blocks_are_run_and_the_platform_runs_on() -> None:
    assert list(steps(README)) == [
        Step("make test   # not the platform", runs_on=False),
        Step("make run    # the platform; Ctrl-C stops it", runs_on=True),
        Step("curl -s localhost\nmake verify", runs_on=False),
    ]


def test_a_readme_without_marked_blocks_is_not_a_success(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("```sh\necho hello\n```\n")
    with pytest.raises(PlatformError, match="no block"):
        readme_check(readme)


def test_a_script_fails_with_its_first_failing_command(tmp_path: Path) -> None:
    assert run(f"false\ntouch {tmp_path}/reached") != 0
    assert not (tmp_path / "reached").exists()


def test_a_later_block_knows_what_an_earlier_one_defined(tmp_path: Path) -> None:
    readme, more, seen = tmp_path / "README.md", tmp_path / "more.md", tmp_path / "seen"
    readme.write_text(
        "```sh check\nNAME=somebody\ntell() { echo $1; }\n```\n"
        f'```sh check\ntell "$NAME" > {seen}\n```\n'
    )
    more.write_text(f'```sh check\ntell "$NAME else" >> {seen}\n```\n')
    assert readme_check(readme, more) == 0
    assert seen.read_text() == "somebody\nsomebody else\n"


def test_a_command_that_fails_inside_a_function_or_a_pipe_fails_the_script() -> None:
    assert run("api() { false; }\napi") != 0
    assert run("false | cat") != 0
    assert run("echo $NOWHERE_DEFINED") != 0


def test_a_failing_block_fails_the_check(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("```sh check\ntrue\n```\n```sh check\nexit 3\n```\n")
    assert readme_check(readme) == 1
    readme.write_text("```sh check\ntrue\n```\n")
    assert readme_check(readme) == 0
