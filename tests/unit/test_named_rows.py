"""A StatLine table of names comes out as the codes of its contract, or is refused in words."""

from dataclasses import dataclass

import pyarrow as pa
import pytest

from regiebeeld.catalogue import SourceTerms
from regiebeeld.catalogue.models import Gemeente
from regiebeeld.domain import AreaLevel, ContractError
from regiebeeld.pipeline.sources.conform_counts import ConformReport, CountFrame, conform_counts
from regiebeeld.pipeline.sources.named_rows import translate_names
from regiebeeld.pipeline.sources.place_names import read_places

AREA, PERIOD, OFFENCE, COUNT = (
    "WijkenEnBuurten",
    "Perioden",
    "SoortMisdrijf",
    "GeregistreerdeMisdrijven_1",
)
LONG = ("Soort misdrijf", "Perioden", "Regio's", "Geregisteerde misdrijven (aantal)")
TERMS = SourceTerms.model_validate(
    {
        "kind": "cbs_odata3",
        "base": "cbs_dataderden",
        "table": "47018NED",
        "publisher": "Politie",
        "content": "counts",
        "columns": {"area": AREA, "period": PERIOD, "event_set": OFFENCE, "count": COUNT},
        "total": "0.0.0",
    }
)


def gemeente(code: str, name: str, *aliases: str) -> Gemeente:
    return Gemeente(code=code, name=name, aliases=aliases)


TWENTE = (
    gemeente("GM0141", "Almelo"),
    gemeente("GM0153", "Enschede"),
    gemeente("GM0164", "Hengelo", "Hengelo (O.)"),
    gemeente("GM1735", "Hof van Twente"),
)


def long_table(*rows: tuple[str, str, str, str], titles: tuple[str, ...] = LONG) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table({t: pa.array(c, pa.string()) for t, c in zip(titles, columns, strict=True)})


def translated(*rows: tuple[str, str, str, str]) -> list[tuple[str, ...]]:
    table = translate_names(long_table(*rows), TERMS, TWENTE)
    assert table.column_names == [AREA, PERIOD, OFFENCE, COUNT]
    return [tuple(row.values()) for row in table.to_pylist()]


def placed(*names: str, gemeenten: tuple[Gemeente, ...] = TWENTE) -> dict[str, str]:
    return read_places(names, gemeenten, mixed=False)


@dataclass
class Conformed:
    report: ConformReport
    cells: dict[tuple[str, str, str], tuple[int, bool]]


def conformed(table: pa.Table) -> Conformed:
    """Read a table the way a run does."""
    codes = frozenset(g.code for g in TWENTE)
    frame = CountFrame(2024, codes, {AreaLevel.GEMEENTE: codes})
    seen, report = conform_counts(translate_names(table, TERMS, TWENTE), TERMS, frame)
    cells = {
        (seen.areas[a], seen.periods[p].id, seen.event_sets[e]): (int(n), bool(late))
        for a, p, e, n, late in zip(
            seen.area, seen.period, seen.event_set, seen.count, seen.provisional, strict=True
        )
    }
    return Conformed(report, cells)


def test_a_long_table_of_names_becomes_codes() -> None:
    rows = translated(
        ("1.1.1 Diefstal/inbraak woning", "2024", "Almelo", "12"),
        ("Totaal misdrijven", "2023", "Hengelo (O.)", "34"),
        ("2.6.10 Bestrijdingsmiddelen", "2023", "Nederland", "5"),
    )
    assert rows == [
        ("GM0141", "2024JJ00", "1.1.1", "12"),
        ("GM0164", "2023JJ00", "0.0.0", "34"),
        ("NL00 Nederland", "2023JJ00", "2.6.10", "5"),
    ]


def test_a_table_of_codes_passes_unchanged() -> None:
    row = ("GM0141    ", "2024JJ00", "1.1.1 ", "12")
    table = long_table(row, titles=(AREA, PERIOD, OFFENCE, COUNT))
    assert translate_names(table, TERMS, TWENTE) is table


def test_a_table_of_codes_whose_count_moved_is_left_for_conform_to_tell() -> None:
    row = ("GM0141", "2024JJ00", "1.1.1", "12")
    table = long_table(row, titles=(AREA, PERIOD, OFFENCE, "Misdrijven_7"))
    assert translate_names(table, TERMS, TWENTE) is table


def test_codes_under_the_untyped_titles_of_another_table_stay() -> None:
    row = ("0.0.0 ", "2024JJ00", "GM0141    ", "12")
    titles = ("SoortMisdrijf", "Perioden", "RegioS", COUNT)
    found = conformed(long_table(row, titles=titles))
    assert found.cells == {("GM0141", "2024", "0.0.0"): (12, False)}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2024", "2024JJ00"),
        ("2024**", "2024JJ00"),
        ("2024 januari", "2024MM01"),
        ("2024 December*", "2024MM12"),
        ("2024 1e kwartaal", "2024KW01"),
        ("2024 2e halfjaar*", "2024HJ02"),
        ("2024MM03", "2024MM03"),
        ("2024 zomer", "2024 zomer"),
        ("20241", "20241"),
    ],
)
def test_a_period_becomes_a_key_or_stays_for_conform_to_tell(text: str, key: str) -> None:
    assert translated(("Totaal misdrijven", text, "Almelo", "1"))[0][1] == key


def test_a_star_at_a_period_goes_to_its_numbers_only() -> None:
    rows = translated(
        ("Totaal misdrijven", "2024*", "Almelo", "4005"),
        ("Totaal misdrijven", "2024*", "Enschede", "       ."),
        ("Totaal misdrijven", "2023", "Almelo", "3900"),
    )
    assert [row[3] for row in rows] == ["4005*", "       .", "3900"]


def test_a_starred_period_is_provisional_once_conformed() -> None:
    found = conformed(
        long_table(
            ("Totaal misdrijven", "2024*", "Almelo", "4005"),
            ("Totaal misdrijven", "2023", "Almelo", "3900"),
        )
    )
    assert found.cells["GM0141", "2024", "0.0.0"] == (4005, True)
    assert found.cells["GM0141", "2023", "0.0.0"] == (3900, False)


def test_names_match_without_case_accents_apostrophes_or_gemeente() -> None:
    region = (
        gemeente("GM1900", "Súdwest-Fryslân"),
        gemeente("GM0518", "'s-Gravenhage"),
        gemeente("GM0014", "Groningen"),
    )
    names = ("SUDWEST-FRYSLAN", "’s-gravenhage (gemeente)", " Groningen  (gemeente) ")
    assert list(placed(*names, gemeenten=region).values()) == ["GM1900", "GM0518", "GM0014"]


def test_a_province_is_not_the_gemeente_of_its_name() -> None:
    region = (gemeente("GM0014", "Groningen"),)
    found = placed("Groningen (PV)", "Noord-Nederland (LD)", gemeenten=region)
    assert set(found.values()) == {"NL00 Groningen (PV)", "NL00 Noord-Nederland (LD)"}


def test_a_cut_name_is_read_when_it_can_be_one_gemeente_only() -> None:
    assert placed("Hof van Twe")["Hof van Twe"] == "GM1735"
    two = (*TWENTE, gemeente("GM9999", "Hof van Twello"))
    assert placed("Hof van Twe", gemeenten=two)["Hof van Twe"].startswith("Hof van Twe (bedoelt u")


def test_a_short_beginning_is_another_place() -> None:
    region = (gemeente("GM0748", "Bergen op Zoom"),)
    assert placed("Bergen", gemeenten=region)["Bergen"] == "NL00 Bergen"


def test_a_cut_name_beside_the_whole_one_is_another_place() -> None:
    assert placed("Hof van Twente", "Hof van Twe")["Hof van Twe"] == "NL00 Hof van Twe"


def test_a_misspelt_gemeente_is_asked_after_and_not_lost_as_outside() -> None:
    found = placed("Enschdee")
    assert found["Enschdee"].startswith("Enschdee (bedoelt u Enschede?")
    table = long_table(
        ("Totaal misdrijven", "2024", "Enschdee", "1"), ("Totaal misdrijven", "2024", "Almelo", "2")
    )
    with pytest.raises(ContractError, match="bedoelt u Enschede"):
        conformed(table)


def test_an_addition_that_the_region_does_not_name_is_asked_after() -> None:
    region = (gemeente("GM0164", "Hengelo"),)
    assert "bedoelt u Hengelo?" in placed("Hengelo (O.)", gemeenten=region)["Hengelo (O.)"]


def test_a_name_of_two_gemeenten_is_neither() -> None:
    region = (
        gemeente("GM0373", "Bergen (NH.)", "Bergen"),
        gemeente("GM0893", "Bergen (L.)", "Bergen"),
    )
    found = placed("Bergen", "Bergen (NH.)", "Bergen (L.)", gemeenten=region)
    assert found["Bergen"] == "Bergen (een naam van GM0373 en GM0893)"
    assert found["Bergen (L.)"] == "GM0893"


def test_other_places_count_as_outside_the_region_and_none_as_unreadable() -> None:
    names = ("Nederland", "Overijssel (PV)", "Oost-Nederland (RE)", "Zwolle", "Bunnik", "Almelo")
    found = conformed(long_table(*(("Totaal misdrijven", "2024", n, "7") for n in names)))
    assert found.report.refused == {"gebied buiten de regio": 5}
    assert found.report.rows_in == 6
    assert found.cells == {("GM0141", "2024", "0.0.0"): (7, False)}


def test_abroad_and_nowhere_have_reasons_of_their_own() -> None:
    names = ("Buitenland", "Gemeente onbekend", "Almelo")
    found = conformed(long_table(*(("Totaal misdrijven", "2024", n, "7") for n in names)))
    reasons = sorted(reason.split(":")[0] for reason in found.report.refused)
    assert reasons == ["buitenland", "plaats onbekend in heel Nederland"]


def test_an_empty_place_is_unreadable_and_not_elsewhere() -> None:
    assert placed("", " ") == {"": "", " ": " "}


def test_names_of_wijken_and_buurten_are_refused() -> None:
    titles = (
        "Soort misdrijf",
        "Perioden",
        "Wijken en buurten",
        "Geregistreerde misdrijven (aantal)",
    )
    good = [("Totaal misdrijven", "2024", name, "1") for name in ("Nederland", "Almelo")]
    table = translate_names(long_table(*good, titles=titles), TERMS, TWENTE)
    assert table[AREA].to_pylist() == ["NL00 Nederland", "GM0141"]
    wijk = ("Totaal misdrijven", "2024", "Binnenstad", "1")
    with pytest.raises(ContractError, match=r"Binnenstad.*onbewerkte gegevens"):
        translate_names(long_table(*good, wijk, titles=titles), TERMS, TWENTE)


def test_an_offence_without_a_code_is_told() -> None:
    rows = (("Fietsen", "2024", "Almelo", "1"), ("1.1.1 Woning", "2024", "Almelo", "1"))
    with pytest.raises(ContractError, match=r"kolom Soort misdrijf.*'Fietsen'.*1\.1\.1"):
        translated(*rows)


def test_a_subtotal_is_not_the_total() -> None:
    with pytest.raises(ContractError, match="Totaal vermogensmisdrijven"):
        translated(("Totaal vermogensmisdrijven", "2024", "Almelo", "1"))


@pytest.mark.parametrize(
    "title", ["Aangiften (aantal)", "Geregistreerde misdrijven (per 1 000 inwoners)"]
)
def test_a_subject_that_is_not_the_contracts_count_is_refused(title: str) -> None:
    table = long_table(("Totaal misdrijven", "2024", "Almelo", "1"), titles=(*LONG[:3], title))
    with pytest.raises(ContractError, match=r"GeregistreerdeMisdrijven_1 \(aantal\)"):
        translate_names(table, TERMS, TWENTE)


def test_further_subjects_are_left_aside() -> None:
    table = long_table(("Totaal misdrijven", "2024", "Almelo", "1"))
    more = table.append_column("Aangiften (aantal)", pa.array(["9"]))
    assert translate_names(more, TERMS, TWENTE)[COUNT].to_pylist() == ["1"]


def test_a_missing_dimension_is_named() -> None:
    table = long_table(("Totaal misdrijven", "2024", "Almelo", "1")).drop_columns("Soort misdrijf")
    with pytest.raises(ContractError, match="SoortMisdrijf"):
        translate_names(table, TERMS, TWENTE)


def test_a_breakdown_that_the_contract_does_not_name_is_refused() -> None:
    table = long_table(("Totaal misdrijven", "2024", "Almelo", "1"))
    with pytest.raises(ContractError, match=r"'Poging' is een uitsplitsing"):
        translate_names(table.append_column("Poging", pa.array(["Ja"])), TERMS, TWENTE)


def pivot(*rows: tuple[str, str, str, str]) -> pa.Table:
    """Rows of (place, subject, unit, value) as they come out of the reader of pivots."""
    titles = ("Regio's", "Onderwerp", "Eenheid", "Waarde")
    table = long_table(*rows, titles=titles)
    fixed = {"Soort misdrijf": "Totaal misdrijven", "Perioden": "2024"}
    for title, value in fixed.items():
        table = table.append_column(title, pa.array([value] * len(rows)))
    return table


def test_of_a_pivot_only_the_contracts_subject_in_pieces_is_read() -> None:
    table = pivot(
        ("Almelo", "Geregistreerde misdrijven", "aantal", "4005"),
        ("Almelo", "Geregistreerde misdrijven", "per 1 000 inwoners", "54.2"),
        ("Almelo", "Aangiften", "aantal", "2000"),
    )
    assert translate_names(table, TERMS, TWENTE).to_pylist() == [
        {AREA: "GM0141", PERIOD: "2024JJ00", OFFENCE: "0.0.0", COUNT: "4005"}
    ]


def test_a_pivot_of_another_subject_is_refused() -> None:
    table = pivot(("Almelo", "Aangiften", "aantal", "2000"))
    with pytest.raises(ContractError, match="GeregistreerdeMisdrijven_1"):
        translate_names(table, TERMS, TWENTE)
