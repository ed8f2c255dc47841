"""docs/matching-rules.md names the tests that hold each rule, and they are there.

A test says which rules it holds in the comment right above it: `# P1, P2` here, `// P1, P2` in Go.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DOCUMENT = REPOSITORY / "docs" / "matching-rules.md"
ENGINE = REPOSITORY / "services" / "matching-engine" / "internal"

RULE = re.compile(r"^- \*\*([A-Z][0-9]+)\b", re.MULTILINE)
NAMED = re.compile(r"\b[PTOGCSLHED][0-9]\b")
ROW = re.compile(r"^\| ([A-Z][0-9]+) \| (.*) \| (.*) \|$", re.MULTILINE)
TEST = {
    ".go": re.compile(r"((?:^//.*\n)+)func ((?:Test|Fuzz)\w+)\(", re.MULTILINE),
    ".py": re.compile(r"((?:^#.*\n)+)(?:@.*\n(?:^[ )].*\n)*)*def (test_\w+)\(", re.MULTILINE),
}


def rules_in(comment: str) -> set[str]:
    """The rules that a comment names; `P1 to P5` means all five."""
    named = set(NAMED.findall(comment))
    for letter, first, last in re.findall(r"\b([A-Z])([0-9]) to \1([0-9])\b", comment):
        named |= {f"{letter}{number}" for number in range(int(first), int(last) + 1)}
    return named


def holders() -> dict[str, set[str]]:
    """The tests that say of themselves that they hold a rule, by rule."""
    held: dict[str, set[str]] = defaultdict(set)
    files = [*ENGINE.rglob("*_test.go"), *Path(__file__).parent.glob("test_*.py")]
    for path in files:
        for comment, name in TEST[path.suffix].findall(path.read_text(encoding="utf-8")):
            for rule in rules_in(comment):
                held[rule].add(name)
    return held


def rows() -> dict[str, tuple[str, str]]:
    """Of each rule: the cell with its tests, the cell with its source."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return {rule: (tests, source) for rule, tests, source in ROW.findall(text)}


def cell(tests: set[str]) -> str:
    """The tests as the table has them: the engine's first."""
    return ", ".join(f"`{name}`" for name in sorted(tests, key=lambda name: (name[0] == "t", name)))


def test_every_rule_has_its_row_and_every_row_its_rule() -> None:
    rules = RULE.findall(DOCUMENT.read_text(encoding="utf-8"))
    assert len(rules) == len(set(rules)) > 50
    assert list(rows()) == rules


def test_every_rule_names_the_tests_that_hold_it() -> None:
    held = holders()
    wrong = [
        f"| {rule} | {cell(held[rule])} | {source} |"
        for rule, (tests, source) in rows().items()
        if tests != cell(held[rule])
    ]
    assert not wrong, "these rows are due:\n" + "\n".join(wrong)


def test_every_rule_is_held_on_both_sides() -> None:
    held = holders()
    for rule in rows():
        names = held[rule]
        assert any(name.startswith("test_") for name in names), f"no plain test holds {rule}"
        assert any(not name.startswith("test_") for name in names), f"no Go test holds {rule}"


def test_no_test_names_a_rule_that_is_none() -> None:
    assert holders().keys() <= rows().keys()


def test_the_document_says_the_version_of_its_rules() -> None:
    rules = (ENGINE / "sequencer" / "rules.go").read_text(encoding="utf-8")
    version = re.search(r"^const RulesVersion = (\d+)$", rules, re.MULTILINE)
    assert version is not None
    text = " ".join(DOCUMENT.read_text(encoding="utf-8").split())
    assert f"This is **version {version[1]}**." in text
