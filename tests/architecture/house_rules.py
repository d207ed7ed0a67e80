"""The house rules as small functions: each walks a tree and yields what breaks it."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

MODULE_LINES, FUNCTION_LINES = 400, 45
NAMELESS = {
    "utils",
    "util",
    "common",
    "helpers",
    "helper",
    "core",
    "services",
    "service",
    "managers",
    "manager",
}
SKIPPED = {"node_modules", "__pycache__", ".venv", ".git", "var", "dist", "build", ".hypothesis"}
TEXT = {
    ".py",
    ".sql",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".txt",
    ".in",
    ".json",
    ".ts",
    ".js",
    ".mjs",
    ".css",
    ".html",
    ".sh",
    "",
}
# Written in two halves, so that this file does not hold what it looks for.
UNFINISHED = re.compile(
    "|".join((r"\bTO" + "DO", r"\bFIX" + "ME", r"\bX" + r"XX\b", r"raise NotImplemented" + "Error"))
)
REGISTRIES = re.compile(
    "|".join(
        re.escape(first + second)
        for first, second in (
            ("pypi.", "org"),
            ("python", "hosted.org"),
            ("npmjs.", "org"),
            ("npmjs.", "com"),
            ("yarnpkg.", "com"),
            ("crates.", "io"),
        )
    )
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.:/\-}*])/(?:ho" + r"me|ro" + r"ot|wo" + r"rk|Us" + r"ers)/\w|\b[A-Z]:\\\\?Us" + r"ers"
)
ENVIRONMENT = re.compile(r"\bos\s*\.\s*(environ|getenv|putenv)|from os import .*\b(environ|getenv)")


def walk(root: Path) -> Iterator[Path]:
    """Give every file of the tree, in order, without what is installed, built or cached."""
    for folder, below, names in os.walk(root):
        # Changing the list keeps os.walk out of the folders that are skipped.
        below[:] = sorted(name for name in below if name not in SKIPPED and "_cache" not in name)
        # In a second working tree of git, `.git` is a file that names the first.
        yield from (Path(folder) / name for name in sorted(names) if name != ".git")


def walk_text(root: Path) -> Iterator[tuple[str, str]]:
    for path in walk(root):
        if path.suffix in TEXT:
            yield (
                path.relative_to(root).as_posix(),
                path.read_text(encoding="utf-8", errors="replace"),
            )


def walk_python(root: Path) -> Iterator[tuple[str, str]]:
    """Give the modules of the package; tests and scripts are not held to its sizes."""
    yield from (
        (name, text)
        for name, text in walk_text(root)
        if name.startswith("src/") and name.endswith(".py")
    )


def long_modules(root: Path) -> Iterator[str]:
    for name, text in walk_python(root):
        lines = len(text.splitlines())
        if lines > MODULE_LINES:
            yield f"{name}: {lines} lines, at most {MODULE_LINES}: split it by noun"


def long_functions(root: Path) -> Iterator[str]:
    for name, text in walk_python(root):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    at = f"{name}:{node.lineno}: {node.name}"
                    yield f"{at} has {lines} lines, at most {FUNCTION_LINES}"


def nameless_packages(root: Path) -> Iterator[str]:
    for path in walk(root):
        steps = {step.removesuffix(".py") for step in path.relative_to(root).parts}
        if path.suffix == ".py" and steps & NAMELESS:
            name = path.relative_to(root)
            yield f"{name}: a helper lives with its one user, or has a name of its own"


def modules_without_a_word(root: Path) -> Iterator[str]:
    for name, text in walk_python(root):
        if text.strip() and not ast.get_docstring(ast.parse(text)):
            yield f"{name}: say in one to three lines what this module is for"


def _matches(
    root: Path, pattern: re.Pattern[str], words: str, *, inside: str = ""
) -> Iterator[str]:
    for name, text in walk_text(root):
        if not name.startswith(inside):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if found := pattern.search(line):
                yield f"{name}:{number}: {found[0]!r} {words}"


def unfinished_work(root: Path) -> Iterator[str]:
    for folder in ("src/", "tests/", "bench/", "frontend/", "docs/generate.py"):
        yield from _matches(
            root, UNFINISHED, "is left undone; finish it or write an issue", inside=folder
        )


def registry_addresses(root: Path) -> Iterator[str]:
    yield from _matches(
        root,
        REGISTRIES,
        "names a package registry; where packages come from is the machine's choice",
    )


def machine_paths(root: Path) -> Iterator[str]:
    yield from _matches(root, MACHINE_PATHS, "is a path on one machine; use a setting")


def readers_of_the_environment(root: Path) -> Iterator[str]:
    for fault in _matches(
        root, ENVIRONMENT, "is read; only settings.py reads the environment", inside="src/"
    ):
        if not fault.startswith("src/regiebeeld/settings.py:"):
            yield fault


RULES = (
    long_modules,
    long_functions,
    nameless_packages,
    modules_without_a_word,
    unfinished_work,
    registry_addresses,
    machine_paths,
    readers_of_the_environment,
)
