"""The option ``--format`` of commands that read reports."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from streams.reports.sources import Form

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("auto", "text", "markdown", "html", "pdf", "docx", "jsonl")


def format_option(function: F) -> F:
    """Give a command the option; it comes as ``form``."""
    told = "How to read; auto goes by suffix and content."
    return click.option("--format", "form", type=click.Choice(FORMATS), default="auto", help=told)(function)


def named_form(name: str) -> "Form | None":
    """The form that a value of ``--format`` names; None for ``auto``: by suffix and content."""
    return None if name == "auto" else cast("Form", name)
