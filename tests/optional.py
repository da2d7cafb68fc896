"""Tools that a user's machine may lack: a test that needs one skips with the reason there, and fails in CI."""

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest


def require_all() -> bool:
    """Whether a missing tool is a failure, as it is in CI."""
    return os.environ.get("REQUIRE_ALL") == "1"


def missing(what: str) -> NoReturn:
    """Skip the test for want of something; in CI fail it."""
    if require_all():
        pytest.fail(f"{what}; REQUIRE_ALL=1 allows no skip")
    pytest.skip(what)


def need(program: str, where_from: str) -> str:
    """The program's path, from the environment of the tests or the machine."""
    beside = Path(sys.executable).parent
    found = shutil.which(program, path=f"{beside}{os.pathsep}{os.environ.get('PATH', '')}")
    return found or missing(f"{program} is not installed ({where_from})")


def gold() -> Path:
    """The folder of labelled paragraphs, which is not part of the project."""
    folder = Path(__file__).parents[2] / "shared" / "gold"
    return folder if folder.is_dir() else missing("the labelled paragraphs are not on this machine")
