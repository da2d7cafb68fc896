"""What the packages must never call: ways in which data becomes code."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for package in ("schemas", "streams") for path in (ROOT / package).rglob("*.py"))
FORBIDDEN = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_OF = {("yaml", "load"), ("yaml", "unsafe_load"), ("os", "system"), ("os", "popen"), ("marshal", "loads")}
FORBIDDEN_MODULES = {"pickle", "dill", "shelve", "cloudpickle", "marshal"}


def faults(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in FORBIDDEN_MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in FORBIDDEN_MODULES:
            found.append(node.module or "")
        elif isinstance(node, ast.Call):
            found += _call_faults(node)
    return found


def _call_faults(call: ast.Call) -> list[str]:
    function = call.func
    found = [f"{word.arg}=True" for word in call.keywords if word.arg == "shell" and _is_true(word.value)]
    if isinstance(function, ast.Name) and function.id in FORBIDDEN:
        found.append(function.id)
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        name = (function.value.id, function.attr)
        found += [".".join(name)] if name in FORBIDDEN_OF else []
    return found


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def test_there_are_sources_to_look_at() -> None:
    assert len(SOURCES) > 60


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_data_becomes_code(path: Path) -> None:
    assert faults(ast.parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from pickle import loads",
        "eval('1')",
        "yaml.load(text)",
        "subprocess.run('ls', shell=True)",
        "os.system('ls')",
    ],
)
def test_each_way_is_seen(code: str) -> None:
    assert faults(ast.parse(code))
