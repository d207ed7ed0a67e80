"""Any bytes under any name are read or refused: no other error, no death, bounded memory."""

import io
import json
import resource
import tempfile
import time
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from lib.deliveries import GOOD, TODAY, csv_text, ods, ods_row, source, table_of, zipped
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.limits import MEGABYTE, Limits, RefusedFile
from regiebeeld.pipeline.intake.reading import read_delivery
from regiebeeld.pipeline.intake.reading_apart import Reader

SECONDS_EACH = 9
MEMORY = 1024  # MiB that a whole fuzz run may add to the process
LIMITS = Limits(bytes=MEGABYTE, unpacked_bytes=32 * MEGABYTE, sheet_cells=200_000, cells=2_000_000)


def _xlsx() -> bytes:
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate([list(GOOD), list(GOOD.values())]):
            sheet.write_row(i, 0, row)
    return body.getvalue()


def _parquet() -> bytes:
    body = io.BytesIO()
    pq.write_table(table_of([GOOD] * 3), body)
    return body.getvalue()


_POINT = {
    "type": "Feature",
    "properties": {"nummer": "Z"},
    "geometry": {"type": "Point", "coordinates": [6.5, 53.2]},
}
SEEDS = {
    "csv": csv_text([GOOD] * 3).encode(),
    "xlsx": _xlsx(),
    "ods": ods(ods_row(*GOOD) + ods_row(*GOOD.values())),
    "parquet": _parquet(),
    "json": json.dumps([GOOD] * 3).encode(),
    "geojson": json.dumps({"type": "FeatureCollection", "features": [_POINT]}).encode(),
}


def _mutate(body: bytes, changes: list[tuple[int, bytes, int]]) -> bytes:
    changed = bytearray(body)
    for at, new, gone in changes:
        place = at % (len(changed) + 1)
        changed[place : place + gone] = new
    return bytes(changed)


def _corrupt(body: bytes, header: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    """Change fields of one kind of header of a zip: sizes, offsets, flags, methods, names."""
    changed = bytearray(body)
    for at, new in changes:
        found = changed.find(header, at * len(changed) // 100)
        place = found + 4 + at % 40
        if found >= 0:
            changed[place : place + len(new)] = new
    return bytes(changed)


def _sheet(cells: str) -> bytes:
    """A workbook whose zip is whole, so that the mutations reach the parser of the sheet."""
    with zipfile.ZipFile(io.BytesIO(SEEDS["xlsx"])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = cells.encode("utf-8", "replace")
    return zipped(members)


CHANGES = st.lists(
    st.tuples(st.integers(0, 20_000), st.binary(max_size=40), st.integers(0, 40)), max_size=8
)
_XML = st.lists(
    st.sampled_from(
        ['<row r="1">', "</row>", '<c r="A1">', '<c r="XFD1048576">', '<c r="A99999">', '<c t="s">', "</c>", "<v>1</v>",  # noqa: E501
         "<v>99999999999</v>", '<c t="d" r="B2"><v>x</v></c>', "<sheetData>", "</sheetData>", "&#0;", "<f>1+1</f>", "<is><t>x</t></is>"]  # noqa: E501
    ),
    max_size=25,
)  # fmt: skip
_ODS = st.lists(
    st.sampled_from(
        [ods_row("a"), ods_row("b", "c"), '<table:table-row table:number-rows-repeated="99999">', "</table:table-row>",  # noqa: E501
         '<table:table-cell table:number-columns-repeated="99999"/>', '<table:table-cell office:value-type="float" office:value="x"/>',  # noqa: E501
         '<table:table-cell office:value-type="date" office:date-value="2026-99-99"/>', "</table:table>", "<text:p>", "&amp;"]  # noqa: E501
    ),
    max_size=12,
)  # fmt: skip
BODIES = {
    "random": st.tuples(st.sampled_from(sorted(SEEDS)), st.binary(max_size=3000)),
    "text": st.tuples(
        st.sampled_from(["csv", "json"]),
        st.text('ab1;,"\n\r\t[]{}:é\u20ac=-', max_size=400).map(str.encode),
    ),
    "mutated": st.tuples(st.sampled_from(sorted(SEEDS)), CHANGES).map(
        lambda pair: (pair[0], _mutate(SEEDS[pair[0]], pair[1]))
    ),
    "zips": st.tuples(
        st.sampled_from(["xlsx", "ods"]),
        st.sampled_from([b"PK\1\2", b"PK\3\4", b"PK\5\6"]),
        st.lists(
            st.tuples(st.integers(0, 99), st.binary(min_size=1, max_size=4)), min_size=1, max_size=4
        ),
    ).map(lambda zip_: (zip_[0], _corrupt(SEEDS[zip_[0]], *zip_[1:]))),
    "sheets": st.tuples(st.just("xlsx"), _XML.map("".join).map(_sheet)),
    "ods": st.tuples(st.just("ods"), _ODS.map("".join).map(ods)),
    "checked": st.tuples(
        st.just("csv"),
        st.lists(
            st.fixed_dictionaries(
                dict.fromkeys(GOOD, st.text("0123456789-: .AZJaz=+@", max_size=20))
            ),
            min_size=1,
            max_size=4,
        )
        .map(csv_text)
        .map(str.encode),
    ),
}


def _parquet_of(kind: pa.DataType, values: list[str | None], times: int, name: str) -> bytes:
    """A column of any type that a text can be cast to; nested when the type is."""
    body = io.BytesIO()
    texts = pa.array(values * times, pa.string())
    nested = pa.types.is_list(kind)
    column = pa.array([[v] for v in values * times]) if nested else texts.cast(kind)
    pq.write_table(pa.table({name: column}), body)
    return body.getvalue()


def _other_part(cells: str, name: str, text: str) -> bytes:
    """A workbook whose sheet is any part, with a long shared text."""
    with zipfile.ZipFile(io.BytesIO(SEEDS["xlsx"])) as archive:
        members: dict[str, bytes | str] = {n: archive.read(n) for n in archive.namelist()}
    path = "xl/_rels/workbook.xml.rels"
    told = members[path]
    assert isinstance(told, bytes)
    members[path] = told.replace(b"worksheets/sheet1.xml", name.encode())
    members[f"xl/{name}"] = f"<worksheet><sheetData>{cells}</sheetData></worksheet>"
    members["xl/sharedStrings.xml"] = f"<sst><si><t>{text}</t></si></sst>"
    return zipped(members)


# What reached the memory of a process before: sizes are real, the limits are those of the door.
HOSTILE = {
    "parquet": st.builds(
        _parquet_of,
        st.sampled_from(
            [pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view(),
             pa.string(), pa.list_(pa.string()), pa.dictionary(pa.int32(), pa.large_string())]
        ),
        st.lists(st.one_of(st.none(), st.just("x" * 50_000), st.text(max_size=9)), min_size=1, max_size=3),  # noqa: E501
        st.sampled_from([1, 3000]),
        st.sampled_from(["nummer", "Jan Vogelzang"]),
    ).map(lambda body: ("parquet", body)),
    "parts": st.builds(
        _other_part,
        st.lists(
            st.sampled_from(
                ['<row r="1">', "</row>", '<c r="A1" t="s"><v>0</v></c>' * 500, '<c r="XFD1000000"><v>1</v></c>',  # noqa: E501
                 '<c r="IA99000"><v>1</v></c>', '<c r="B2"><f>A1</f><v>1</v></c>', '<row r="9" hidden="1">']  # noqa: E501
            ),
            max_size=12,
        ).map("".join),
        st.sampled_from(["data1.xml", "worksheets/sheet1.xml", "x.png", "sharedStrings.xml"]),
        st.sampled_from(["x", "x" * 1000, "x" * 1_000_000]),
    ).map(lambda body: ("xlsx", body)),
    "tags": st.lists(
        st.sampled_from(
            ['<table:table\ttable:name="b">', "</table:table>", '<table:table-row a="&gt;">', '<table:table-row a=">" ',  # noqa: E501
             'table:number-rows-repeated="90000">', "table:number-rows-repeated='90000'>", "</table:table-row>",  # noqa: E501
             '<table:table-cell\ntable:number-columns-repeated="240" office:value-type="string">', "<text:p>", "x" * 9000,  # noqa: E501
             "</text:p></table:table-cell>", '<text:s text:c="999"/>', ods_row("a", "b")]
        ),
        max_size=12,
    ).map("".join).map(ods).map(lambda body: ("ods", body)),
    "json": st.builds(
        lambda start, piece, times, end: ("json", (start + piece * times + end).encode()),
        st.sampled_from(["[", "", "{"]),
        st.sampled_from(["{},", '{"a":1},', "1,", "[", '{"a":', '"x",']),
        st.sampled_from([1, 100_000, 2_000_000]),
        st.sampled_from(["{}]", "]", ""]),
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_files_are_read_or_refused_by_the_door(kind: str, tmp_path: Path) -> None:
    """With the limits of the door, through its own process: that may die, this one may not."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reader = Reader(gigabytes=3, seconds=60)

    @settings(max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(HOSTILE[kind])
    def run(pair: tuple[str, bytes]) -> None:
        path = tmp_path / f"levering.{pair[0]}"
        path.write_bytes(pair[1])
        told = ""
        try:
            read = reader.read(path, source())
            assert all(str(column.type) == "string" for column in read.table.columns)
        except RefusedFile as refusal:
            told = f"{refusal.words} {refusal.column}"
        assert "Vogelzang" not in told

    try:
        end, turn = time.monotonic() + SECONDS_EACH, 0
        while time.monotonic() < end:
            seed(turn)(run)()
            turn += 1
    finally:
        reader.close()
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MEMORY


def _try(kind: str, suffix: str, body: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"levering.{suffix}"
        path.write_bytes(body)
        try:
            read = read_delivery(path, source(), limits=LIMITS)
        except RefusedFile:
            return
        assert all(str(column.type) == "string" for column in read.table.columns)
        if kind in ("checked", "mutated"):
            check_delivery(read, source(), earlier=None, today=TODAY)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(BODIES))
def test_any_bytes_are_read_or_refused(kind: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tried = 0

    @settings(
        max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(BODIES[kind])
    def run(pair: tuple[str, bytes]) -> None:
        nonlocal tried
        tried += 1
        _try(kind, *pair)

    # Small runs with a seed each keep the time bounded and any failure repeatable.
    end, turn = time.monotonic() + SECONDS_EACH, 0
    while time.monotonic() < end:
        seed(turn)(run)()
        turn += 1
    assert tried >= 25
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MEMORY
