"""README, help and changelog say what is there."""

import re
from pathlib import Path

import click
import pytest

from streams.cli import COMMANDS, root

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def command(name: str) -> click.Command:
    found = root.get_command(click.Context(root), name)
    assert found is not None
    return found


def in_blocks(pattern: str) -> list[str]:
    """What the pattern finds in the README's blocks of commands."""
    blocks = re.findall(r"^```\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return [found for block in blocks for found in re.findall(pattern, block, re.MULTILINE)]


def test_readme_opens_with_the_two_commands() -> None:
    assert README.index("make demo") < README.index("## What to do next")
    assert README.index("make test") < README.index("## What to do next")


def test_every_command_is_in_the_readme() -> None:
    assert all(re.search(rf"`{name}[ `]", README) for name in COMMANDS)


def test_every_command_line_of_the_readme_parses() -> None:
    lines = in_blocks(r"^report-streams ([^#\n]+)")
    assert len(lines) >= 8
    for line in lines:
        words = re.sub(r"'[^']*'", "TEXT", line.split("&")[0]).split()
        asked = command(words[0])
        by_itself = isinstance(asked, click.Group) and asked.invoke_without_command and words[1:2] != ["rebuild"]
        if isinstance(asked, click.Group) and not by_itself:
            _, found, rest = asked.resolve_command(click.Context(asked), words[1:])
            assert found is not None
            asked, words = found, [found.name or "", *rest]
        asked.make_context(words[0], words[1:], resilient_parsing=False)


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(in_blocks(r"\bmake ([a-z]+)"))
    assert {"demo", "test", "setup"} <= targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_has_help(name: str) -> None:
    found = command(name)
    assert found.help
    assert COMMANDS[name][1].endswith(".")
    subcommands = found.commands.values() if isinstance(found, click.Group) else [found]
    for sub in subcommands:
        assert sub.help, sub.name
        options = [parameter for parameter in sub.params if isinstance(parameter, click.Option)]
        assert all(option.help for option in options), [option.name for option in options if not option.help]


def test_the_changelog_names_the_version_or_what_is_unreleased() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_report_that_the_readme_asks_for_is_a_seed() -> None:
    (title,) = in_blocks(r"--where report=(\S+)")
    assert any(path.read_text(encoding="utf-8").startswith(title + "\n") for path in (ROOT / "seeds").glob("*.txt"))
