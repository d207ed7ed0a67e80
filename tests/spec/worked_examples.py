"""Reads the tables of worked examples in the Markdown files beside it; the docs print the same."""

from collections.abc import Iterator
from pathlib import Path

Example = dict[str, str]
REFUSED = "geweigerd"


def read_examples(name: str, table: int = 0) -> list[Example]:
    """Read one table of a file as rows by column title; `·` between code marks is a space."""
    text = (Path(__file__).parent / f"{name}.md").read_text(encoding="utf-8")
    head, *rows = list(_tables(text))[table]
    return [dict(zip(head, row, strict=True)) for row in rows]


def _tables(text: str) -> Iterator[list[list[str]]]:
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([_cell(part) for part in line.strip("|").split("|")])
        elif rows:
            yield [row for i, row in enumerate(rows) if i != 1]  # without the line of dashes
            rows = []


def _cell(text: str) -> str:
    bare = text.strip()
    return bare.strip("`").replace("·", " ") if bare.startswith("`") else bare
