"""No column of any contract takes arbitrary text, and no text is overlooked by the first look."""

import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regiebeeld.catalogue import Catalogue, Field, Role, Source, read_catalogue
from regiebeeld.catalogue.fields import AREA_NAME_FORMAT, FieldType
from regiebeeld.catalogue.free_text import find_let_through
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.delivered import Delivered, Facts
from regiebeeld.pipeline.intake.personal_patterns import COARSE, find_kinds

ROOT = Path(__file__).parents[2]
NOTES = (
    "De bewoner belde omdat zijn buurman weer aan het schreeuwen was",
    "woont niet meer bij haar man",
    "mevrouw Jansen",
    "06-12345678",
    "111222333",
    "iemand@example.nl",
    "Kerkstraat 12",
    "7511 AB 12",
    "12-BBD-3",
    "geb. 4-5-1985",
    "NL91 ABNA 0417 1643 00",
    "x" * 300,
)


@cache
def _catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


@cache
def _columns() -> tuple[tuple[Source, Field], ...]:
    """Every column of every contract, alone in its source; columns of one form stand here once."""
    found = {}
    for source in _catalogue().sources.values():
        for field in source.fields:
            form = replace(field, name="k", id="k", description="", example="", required=False)
            found.setdefault(
                (form, source.terms.missing), (replace(source, fields=(field,)), field)
            )
    return tuple(found.values())


def _closed_by(field: Field) -> str:
    """Say which of the few forms keeps a column closed; empty when none does."""
    if field.values or field.max_length == 0:
        return "list"
    if field.type is not FieldType.STRING:
        return "number or moment"
    if field.format == AREA_NAME_FORMAT or field.role in (Role.AREA_NAME, Role.GEMEENTE_NAME):
        return "name of an area, dropped"
    if field.format or field.role in (Role.AREA_CODE, Role.POSTCODE6, Role.POSTCODE4):
        return "form"
    return "pattern" if field.pattern and not find_let_through(field.pattern) else ""


def _refused(source: Source, field: Field, text: str) -> bool:
    row = {field.name: text}
    facts = Facts(name="levering.json", kind="json", size=1, sha256="0" * 64)
    table = pa.Table.from_pylist([row], schema=pa.schema([(name, pa.string()) for name in row]))
    report = check_delivery(Delivered(table, facts), source, earlier=None, today=date(2026, 7, 1))
    assert len(text) < 6 or text not in str(report.findings)
    return bool(report.errors)


def test_every_column_is_closed_in_one_of_five_ways() -> None:
    ways = {_closed_by(field) for _, field in _columns()}
    assert ways == {"list", "number or moment", "name of an area, dropped", "form", "pattern"}


@pytest.mark.slow
@pytest.mark.parametrize("note", NOTES)
def test_a_note_is_refused_by_every_column_of_every_contract(note: str) -> None:
    taken = [f"{s.id}: {f.name}" for s, f in _columns() if not _refused(s, f, note)]
    assert taken == []


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(column=st.sampled_from(_columns()), text=st.text(min_size=3, max_size=80))
def test_arbitrary_text_fits_no_column_but_a_name_of_an_area(
    column: tuple[Source, Field], text: str
) -> None:
    source, field = column
    bare = text.strip()
    if not bare or bare in (*field.values, *source.terms.missing):
        return
    if _closed_by(field).startswith("name"):
        assert _refused(source, field, text) or re.fullmatch(r"[^\W_][\w\W]{0,63}", bare)
    elif not re.fullmatch(r"[+-]?[0-9]{3,5}([.,][0-9]+)?", bare):
        assert _refused(source, field, text)


PIECES = """
111222333 06 12345678 +31 (0) NL91 ABNA 0417 1643 00 12 BBD 3 AB CD Kerkstraat 12a 7511 AB geb. op
4 5 1985 mei 2015 mevr. Jansen dhr iemand@example.org - / . , \u2013 ' de van 84 1e8
"""
SIGNS = ["", " ", "-", "/", ". ", "\u2013"]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES.split()), min_size=1, max_size=6), st.sampled_from(SIGNS))
def test_the_first_look_passes_over_nothing_that_the_exact_tests_find(
    pieces: list[str], between: str
) -> None:
    text = between.join(pieces)
    if find_kinds(text):
        with duckdb.connect() as connection:
            sql = "SELECT regexp_matches($text, $coarse)"
            values = {"text": text, "coarse": COARSE}
            assert connection.execute(sql, values).fetchall() == [(True,)], text
