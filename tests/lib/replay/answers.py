"""Requests and answers as plain values, so that a protocol can be read without sockets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One GET: `base` is what every link in the answer begins with, `host` limits the tables."""

    base: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    host: str = ""
    accept: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One response, complete and ready to send."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


def json_answer(value: object, *, status: int = 200, content_type: str = JSON) -> Answer:
    """Write a value as one line of UTF-8 JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, text.encode(), content_type)


def text_answer(text: str, content_type: str, *, status: int = 200) -> Answer:
    return Answer(status, text.encode(), content_type)


def link(request: Request, query: Mapping[str, str], path: str | None = None) -> str:
    """Write an absolute address on this server; `$` stays readable as the real hosts do."""
    text = urlencode(query, quote_via=quote, safe="$',()/:")
    address = request.base + quote(request.path if path is None else path, safe="/$'()")
    return f"{address}?{text}" if text else address
