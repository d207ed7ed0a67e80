"""Files that people already have: every cell as it stands, and what is not whole is refused."""

import csv
import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources import read_file
from regiebeeld.pipeline.sources.archives import Limits, opened_zip, unpack_gzip, unpack_member

LONG = "police/47013NED_statline_long_gemeente_2013_2018.csv"
PIVOT = "police/47013NED_statline_gemeente_2024.csv"
UNTYPED = "police/cbs_diefstallen_untyped_gemeente_2010_2021.csv"
HAAGLANDEN = "police/haaglanden_buurt_maand_2011_2015.csv.gz"


def write(folder: Path, text: str | bytes, name: str = "tabel.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def slow_rows(text: str, delimiter: str) -> list[list[str]]:
    """Read a plain CSV the slow and obvious way."""
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


def rows_of(table: pa.Table) -> list[list[str]]:
    columns = [column.to_pylist() for column in table.itercolumns()]
    return [table.column_names, *map(list, zip(*columns, strict=True))]


@pytest.mark.parametrize(
    ("name", "delimiter", "encoding"),
    [
        (LONG, ";", "utf-8-sig"),
        (UNTYPED, ";", "utf-8-sig"),
        ("police/47018NED_meta_2024-08/TableInfos.csv", ",", "utf-8"),
        ("police/47018NED_meta_2024-08/DataProperties.csv", ",", "utf-8"),
        ("police/47018NED_meta_2024-08/SoortMisdrijf.csv", ",", "utf-8"),
        ("key_figures/85984NED_meta_DataProperties.csv", ",", "utf-8"),
        ("events/groningen_bicycle_thefts_2013_2017.csv", ",", "utf-8"),
        ("partner/cameratoezicht_vlak.csv", ",", "utf-8"),
    ],
)
def test_every_cell_of_a_real_file_equals_the_slow_reading(
    test_data: Path, name: str, delimiter: str, encoding: str
) -> None:
    table, facts = read_file(test_data / name)
    text = (test_data / name).read_bytes().decode("utf-8-sig")
    assert rows_of(table) == slow_rows(text, delimiter)
    assert (facts["delimiter"], facts["encoding"]) == (delimiter, encoding)


def test_padding_and_markers_stay(test_data: Path) -> None:
    """Line 2 of the file: 6116;T001540;CRI1122;GM1680;2018JJ00;25;       ."""
    table, _ = read_file(test_data / UNTYPED)
    row = table.slice(0, 1).to_pylist()[0]
    assert row["TotaalGeregistreerdeDiefstallen_1"] == "25"
    assert row["GeregistreerdeDiefstallenPer1000Inw_3"] == "       ."
    areas, _ = read_file(test_data / "police/47018NED_meta_2024-08/WijkenEnBuurten.csv")
    assert areas["Key"][0].as_py() == "NL00      "


def test_a_statline_pivot_comes_out_long(test_data: Path) -> None:
    """The file itself says "Almelo";"4005" under 2024; 363 lines less 6 of heading and 1 footer."""
    lines = (test_data / PIVOT).read_text().splitlines()
    assert '"Almelo";"4005"' in lines
    table, facts = read_file(test_data / PIVOT)
    assert table.num_rows == len(lines) - 7
    (almelo,) = [row for row in table.to_pylist() if row["Regio's"] == "Almelo"]
    assert almelo == {
        "Soort misdrijf": "Totaal misdrijven",
        "Regio's": "Almelo",
        "Onderwerp": "Geregistreerde misdrijven",
        "Perioden": "2024",
        "Eenheid": "aantal",
        "Waarde": "4005",
    }
    assert facts["footer"] == "Bron: Politie"
    assert "gemeente 2026" in facts["preface"]


WIDE = """\
"Titel; met punt"
"Geslacht: Totaal"
""
"Onderwerp";"Onderwerp";"Misdrijven";"Misdrijven";"Per 1 000 inwoners"
"Perioden";"Perioden";"2023";"2024*";"2024*"
"Regio's";"Soort";"aantal";"aantal";"aantal"
"Borne";"Inbraak";"12";".";"0,5"
"Losser";"Inbraak";"";"7";"0,3"
"Bron: CBS"
"""


def test_a_pivot_with_two_row_dimensions_and_three_columns(tmp_path: Path) -> None:
    table, _ = read_file(write(tmp_path, WIDE))
    assert rows_of(table) == [
        ["Geslacht", "Regio's", "Soort", "Onderwerp", "Perioden", "Eenheid", "Waarde"],
        ["Totaal", "Borne", "Inbraak", "Misdrijven", "2023", "aantal", "12"],
        ["Totaal", "Borne", "Inbraak", "Misdrijven", "2024*", "aantal", "."],
        ["Totaal", "Borne", "Inbraak", "Per 1 000 inwoners", "2024*", "aantal", "0,5"],
        ["Totaal", "Losser", "Inbraak", "Misdrijven", "2023", "aantal", ""],
        ["Totaal", "Losser", "Inbraak", "Misdrijven", "2024*", "aantal", "7"],
        ["Totaal", "Losser", "Inbraak", "Per 1 000 inwoners", "2024*", "aantal", "0,3"],
    ]


def test_letters_among_the_figures_of_a_pivot_are_refused_not_lost(tmp_path: Path) -> None:
    text = WIDE.replace('"Losser";"Inbraak";""', '"Losser";"Inbraak";"geheim"')
    with pytest.raises(ContractError, match="'Borne'"):
        read_file(write(tmp_path, text))


def test_a_pivot_without_units_is_refused(tmp_path: Path) -> None:
    text = '"Titel"\n""\n"Onderwerp";"2023"\n"Borne";"12"\n"Bron: CBS"\n'
    with pytest.raises(ContractError, match="eenheden"):
        read_file(write(tmp_path, text))


def test_a_footer_below_a_plain_table_is_kept_beside_it(tmp_path: Path) -> None:
    table, facts = read_file(write(tmp_path, 'a;b\n1;2\n""\n"Bron: Politie"\n© CBS\n'))
    assert rows_of(table) == [["a", "b"], ["1", "2"]]
    assert facts["footer"] == "Bron: Politie | © CBS"


@pytest.mark.parametrize(
    ("codec", "stated"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
        ("utf-16", "utf-16"),
    ],
)
def test_the_encoding_is_found_and_stated(tmp_path: Path, codec: str, stated: str) -> None:
    table, facts = read_file(write(tmp_path, "naam;n\nSúdwest-Fryslân;1\n".encode(codec)))
    assert table["naam"].to_pylist() == ["Súdwest-Fryslân"]
    assert facts["encoding"] == stated


def test_bytes_outside_windows_1252_are_latin_1(tmp_path: Path) -> None:
    _, facts = read_file(write(tmp_path, b"naam;n\nFrysl\xe2n\x81;1\n"))
    assert facts["encoding"] == "latin-1"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (["a", "b", "c"], ["1,5", "x", "2"]))
    if delimiter == ",":
        text = text.replace("1,5", "15")
    table, facts = read_file(write(tmp_path, text + "\n"))
    assert facts["delimiter"] == delimiter
    assert table.column_names == ["a", "b", "c"]


@pytest.mark.parametrize("empty", [b"", b"\n\n", b"\xef\xbb\xbf", b"a;b\n", b'"a";"b"\r\n\r\n'])
def test_an_empty_file_is_refused(tmp_path: Path, empty: bytes) -> None:
    with pytest.raises(ContractError, match=r"tabel\.csv (is leeg|heeft een kop)"):
        read_file(write(tmp_path, empty))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a;b;c\n1;2;3\n4;5;6\n7;8", 4),
        ('"a";"b";"c"\n"1";"2";"3"\n"4";"5', 3),
        ("a;b;c\n1;2;3\n4;5;6;7\n8;9;10\n", 3),
        ('a;b;c\n"een\ntwee";2;3\n4;5\n', 4),
        ('"Titel"\n"a";"b";"c"\n"1";"2";"3"\n"4"\n', 4),
    ],
)
def test_a_row_that_was_cut_is_named_by_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(FetchError, match=rf"tabel\.csv, regel {line}: "):
        read_file(write(tmp_path, text))


def test_a_real_file_cut_in_a_row_is_named_by_its_line(test_data: Path, tmp_path: Path) -> None:
    """Line 781 is the last of the file; without its last 12 bytes it lacks the fourth column."""
    body = (test_data / LONG).read_bytes()
    with pytest.raises(FetchError, match=r"regel 781: "):
        read_file(write(tmp_path, body[: body.rindex(b";")]))


def test_an_inch_in_the_text_is_no_cut_cell(tmp_path: Path) -> None:
    text = 'a;b\n1;buis 5" lang\n2;y\n'
    table, _ = read_file(write(tmp_path, text))
    assert rows_of(table) == slow_rows(text, ";")


def test_the_same_column_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="regel 1: de kolom 'aantal' staat twee keer"):
        read_file(write(tmp_path, "jaar;aantal;aantal\n2024;1;2\n"))


def test_a_web_page_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="webpagina"):
        read_file(write(tmp_path, "<!DOCTYPE html><html><body>Onderhoud</body></html>"))


def test_a_binary_file_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="geen tekstbestand"):
        read_file(write(tmp_path, b"a\0b;c\n1;2\n"))


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"weg\.csv"):
        read_file(tmp_path / "weg.csv")


def test_a_packed_file_is_unpacked(test_data: Path) -> None:
    """245,520 rows, as the data's own description says."""
    table, _ = read_file(test_data / HAAGLANDEN)
    assert table.num_rows == 245_520
    with gzip.open(test_data / HAAGLANDEN, "rt") as plain:
        assert rows_of(table.slice(0, 2)) == slow_rows("".join(next(plain) for _ in range(3)), ",")


def test_a_packed_file_that_was_cut_is_refused(test_data: Path, tmp_path: Path) -> None:
    body = (test_data / HAAGLANDEN).read_bytes()
    with pytest.raises(FetchError, match="niet heel"):
        read_file(write(tmp_path, body[:-4000], "delict.csv.gz"))


def zipped(folder: Path, **members: str) -> Path:
    path = folder / "tabellen.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def test_the_wanted_member_is_taken(tmp_path: Path) -> None:
    path = zipped(tmp_path, **{"een.csv": "a;b\n1;2\n", "twee.csv": "a;b\n3;4\n", "lees.pdf": ""})
    table, facts = read_file(path, member="twee.csv")
    assert rows_of(table) == [["a", "b"], ["3", "4"]]
    assert facts["member"] == "twee.csv"


def test_a_member_that_is_not_there_lists_what_is(tmp_path: Path) -> None:
    path = zipped(tmp_path, **{"een.csv": "a;b\n1;2\n", "twee.csv": "a;b\n3;4\n"})
    with pytest.raises(ContractError, match=r"geen 'twe\.csv'; wel: een\.csv, twee\.csv\. Bedoelt"):
        read_file(path, member="twe.csv")
    with pytest.raises(ContractError, match="2 bestanden om uit te kiezen"):
        read_file(path)


@pytest.mark.parametrize("name", ["lees.pdf", "leesmij.txt", "map/LEESMIJ.TXT"])
def test_a_zip_without_a_table_says_so_and_lists_what_is_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(ContractError, match=f"tabel zit niet in tabellen.zip; wel: {name}"):
        read_file(zipped(tmp_path, **{name: "a;b\n1;2\n"}))


def test_a_note_beside_the_table_is_no_second_table(tmp_path: Path) -> None:
    path = zipped(tmp_path, **{"leesmij.txt": "Let op\n", "een.csv": "a;b\n1;2\n"})
    table, facts = read_file(path)
    assert rows_of(table) == [["a", "b"], ["1", "2"]]
    assert facts["member"] == "een.csv"


def test_a_table_in_a_text_file_is_read_when_it_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path, **{"leesmij.txt": "Let op\n", "tabel.txt": "a;b\n1;2\n"})
    assert rows_of(read_file(path, member="tabel.txt")[0]) == [["a", "b"], ["1", "2"]]


def test_a_zip_that_was_cut_is_refused(test_data: Path, tmp_path: Path) -> None:
    body = (test_data / "areas/groningen_2017/buurt2017.zip").read_bytes()
    with pytest.raises(FetchError, match="geen hele zip"):
        read_file(write(tmp_path, body[:-500], "buurt.zip"))


def test_a_zip_with_a_changed_byte_is_refused(test_data: Path, tmp_path: Path) -> None:
    body = bytearray((test_data / "areas/groningen_2017/buurt2017.zip").read_bytes())
    body[20_000] ^= 0xFF
    with pytest.raises(FetchError, match="geen hele zip"):
        read_file(write(tmp_path, bytes(body), "buurt.zip"))


@pytest.mark.parametrize("name", ["../uit.csv", "/etc/uit.csv", "a\\..\\..\\uit.csv", "C:uit.csv"])
def test_a_member_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ContractError, match="buiten de zip"):
        read_file(zipped(tmp_path, **{name: "a;b\n1;2\n"}))


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    body = zipped(tmp_path, **{"nullen.csv": "0" * 4_000_000}).read_bytes()
    with (
        opened_zip(body, name="b.zip") as archive,
        pytest.raises(ContractError, match="zipbom"),
    ):
        unpack_member(archive, "nullen.csv", name="b.zip", limits=Limits(free=1_000_000))


def test_a_packed_bomb_is_refused() -> None:
    body = gzip.compress(b"0" * 4_000_000)
    with pytest.raises(ContractError, match="zipbom"):
        unpack_gzip(body, name="b.gz", limits=Limits(largest=2_000_000, ratio=10_000))
    assert len(unpack_gzip(body, name="b.gz")) == 4_000_000


def test_a_large_file_is_read_whole(tmp_path: Path) -> None:
    """1.3 million rows of five columns, as large as a month table for the whole country."""
    row = "1.1.1 ;GM0141    ;2019MM03;BU01411000;       .\n"
    path = write(tmp_path, "a;b;c;d;e\n" + row * 1_300_000)
    table, _ = read_file(path)
    assert (table.num_rows, table.num_columns) == (1_300_000, 5)
