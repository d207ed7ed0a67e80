"""Reads an OData `$filter` over an Arrow table; refuses what it does not know."""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

Value: TypeAlias = Any  # an Arrow column, or one value for all rows
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|-?\d+(?:\.\d+)?|[A-Za-z_][\w.]*|[(),])")
_COMPARE: dict[str, Callable[[Value, Value], Value]] = {
    "eq": pc.equal,
    "ne": pc.not_equal,
    "gt": pc.greater,
    "ge": pc.greater_equal,
    "lt": pc.less,
    "le": pc.less_equal,
}


class QueryError(ValueError):
    """A query option that cannot be read; becomes an answer 400."""


def filter_rows(rows: pa.Table, text: str) -> pa.Table:
    """Keep the rows for which the filter is true; raise QueryError for a filter that is not one."""
    reader = _Reader(_tokens(text), rows)
    try:
        mask = reader.read_or()
        reader.expect_end()
        if isinstance(mask, pa.Scalar):
            return rows if mask.as_py() is True else rows.slice(0, 0)
        return rows.filter(mask)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, TypeError, IndexError) as fault:
        raise QueryError(f"the filter does not fit the columns: {text}") from fault


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise QueryError(f"syntax error at position {at} in '{text}'")
        tokens.append(found[1])
        at = found.end()
    return tokens


class _Reader:
    """A recursive descent over the tokens that computes the mask on the way."""

    def __init__(self, tokens: list[str], rows: pa.Table) -> None:
        self.tokens, self.rows, self.at = tokens, rows, 0

    def read_or(self) -> Value:
        left = self._read_and()
        while self._skip("or"):
            left = pc.or_kleene(left, self._read_and())
        return left

    def expect_end(self) -> None:
        if self.at != len(self.tokens):
            raise QueryError(f"unexpected '{self._peek()}'")

    def _read_and(self) -> Value:
        left = self._read_not()
        while self._skip("and"):
            left = pc.and_kleene(left, self._read_not())
        return left

    def _read_not(self) -> Value:
        return pc.invert(self._read_not()) if self._skip("not") else self._read_comparison()

    def _read_comparison(self) -> Value:
        left = self._read_operand()
        word = self._peek()
        if word == "in":
            self.at += 1
            return pc.is_in(left, value_set=pa.array([one.as_py() for one in self._arguments()]))
        if word not in _COMPARE:
            return left
        self.at += 1
        return _compare(word, left, self._read_operand())

    def _read_operand(self) -> Value:
        word = self._next()
        if word == "(":
            inside = self.read_or()
            self._expect(")")
            return inside
        if word[0] == "'":
            return pa.scalar(word[1:-1].replace("''", "'"))
        if word[0].isdigit() or word[0] == "-":
            return pa.scalar(float(word) if "." in word else int(word))
        if word in ("true", "false", "null"):
            return pa.scalar({"true": True, "false": False, "null": None}[word])
        return _call(word, self._arguments()) if self._peek() == "(" else self._column(word)

    def _column(self, name: str) -> Value:
        if name not in self.rows.column_names:
            raise QueryError(f"could not find a property named '{name}'")
        return self.rows.column(name)

    def _arguments(self) -> list[Value]:
        self._expect("(")
        found = [self.read_or()]
        while self._skip(","):
            found.append(self.read_or())
        self._expect(")")
        return found

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _next(self) -> str:
        if self.at >= len(self.tokens):
            raise QueryError("the filter ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def _skip(self, word: str) -> bool:
        hit = self._peek() == word
        self.at += hit
        return hit

    def _expect(self, word: str) -> None:
        if self._next() != word:
            raise QueryError(f"expected '{word}'")


def _compare(word: str, left: Value, right: Value) -> Value:
    if isinstance(right, pa.Scalar) and right.as_py() is None:
        return pc.is_null(left) if word == "eq" else pc.is_valid(left)
    return _COMPARE[word](left, right)


def _call(name: str, given: list[Value]) -> Value:
    if name == "substringof":
        return pc.match_substring(given[1], given[0].as_py())
    if name == "contains":
        return pc.match_substring(given[0], given[1].as_py())
    if name == "startswith":
        return pc.starts_with(given[0], given[1].as_py())
    if name == "endswith":
        return pc.ends_with(given[0], given[1].as_py())
    if name == "trim":
        return pc.utf8_trim_whitespace(given[0])
    if name == "substring":
        start = given[1].as_py()
        stop = start + given[2].as_py() if len(given) > 2 else None
        return pc.utf8_slice_codeunits(given[0], start, stop)
    raise QueryError(f"unknown function '{name}'")
