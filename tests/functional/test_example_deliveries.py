"""Every delivery of the invented partners goes through the door and ends as was planted."""

import hashlib
import os
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from regiebeeld.catalogue import Catalogue, read_catalogue
from regiebeeld.domain import AreaLevel, ContractError
from regiebeeld.example.deliveries import (
    MONTHLY,
    SECOND_DAY,
    ExampleDelivery,
    write_address_file,
    write_deliveries,
)
from regiebeeld.example.deliveries_faults import FICTITIOUS_BSN, FICTITIOUS_EMAIL
from regiebeeld.example.deliveries_police import WEEK_OFFENCES
from regiebeeld.example.rates import MONTHS
from regiebeeld.example.sending import PARCELS, Sent, deliver_example, refuse_unplanned
from regiebeeld.example.truths import DeliveryFault, Expected
from regiebeeld.example.write import Example, make_example
from regiebeeld.ledger import open_ledger, read_freshness
from regiebeeld.pipeline.intake.counting_home import count_at_home
from regiebeeld.pipeline.intake.history import state_as_of
from regiebeeld.pipeline.intake.places import read_link_frame
from regiebeeld.pipeline.intake.reading import read_delivery
from regiebeeld.pipeline.intake.revisions import compute_revisions
from regiebeeld.settings import Settings, read_settings

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
BURGLARIES, MAP, AT_HOME = (
    "woninginbraken_gebeurtenissen",
    "mik_woninginbraken",
    "woninginbraken_aantallen",
)
ALL_IN = "2025-09"  # the last month of which every event was registered in January 2026
CHANGED = "GM9907"  # the gemeente whose buurten changed between the layouts


@dataclass(frozen=True)
class Story:
    """All deliveries, what the door said, and the settings whose store they ended in."""

    settings: Settings
    catalogue: Catalogue
    received: tuple[Sent, ...]

    def of(self, fault: DeliveryFault, example: Example) -> Sent:
        planted = next(one for one in example.truths.deliveries if one.fault is fault)
        (found,) = [one for one in self.received if one.delivery.why == planted.sentence]
        return found

    def state(self, source: str, day: date | None = None) -> pa.Table:
        return state_as_of(self.settings.unprotected / "deliveries", source, day).counts


@pytest.fixture(scope="module")
def example() -> Example:
    return make_example(truths=ROOT / "regions/voorbeeld/planted_truths.yaml")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, example: Example) -> list[ExampleDelivery]:
    """The deliveries as they were sent; nothing takes these files away."""
    return write_deliveries(tmp_path_factory.mktemp("bewaard"), example=example)


@pytest.fixture(scope="module")
def settings(
    tmp_path_factory: pytest.TempPathFactory, example_region: Settings, example: Example
) -> Settings:
    """Settings with the maps of the example and its address file, and a store of their own."""
    settings = replace(read_settings({}), var=tmp_path_factory.mktemp("deur"), quiet=True)
    settings.files.mkdir(parents=True)
    for path in example_region.files.glob("gebieden_*"):
        os.link(path, settings.files / path.name)
    write_address_file(settings.files, example=example)
    return settings


@pytest.fixture(scope="module")
def sent(settings: Settings, example: Example, catalogue: Catalogue) -> Story:
    """Send every file through the door, each on its own day."""
    return Story(settings, catalogue, tuple(deliver_example(settings, example)))


def test_every_source_with_an_agreement_is_sent(
    kept: list[ExampleDelivery], catalogue: Catalogue
) -> None:
    assert {one.source for one in kept} == {*catalogue.agreements["voorbeeld"], "kentekens"}
    assert [one.as_of for one in kept] == sorted(one.as_of for one in kept)
    suffixes = Counter(one.path.suffix for one in kept)
    assert set(suffixes) == {".csv", ".xlsx", ".ods", ".json", ".parquet"}


def test_each_delivery_ends_as_planted(sent: Story, kept: list[ExampleDelivery]) -> None:
    ended = {one.delivery.path.name: one.outcome for one in sent.received}
    assert ended == {one.path.name: one.expected for one in kept}
    assert not any(one.delivery.path.exists() for one in sent.received)


def test_each_delivery_was_received_on_its_planned_day(sent: Story) -> None:
    rows = {one.done.delivery.id: one for one in sent.received if one.done}
    ledger = open_ledger(sent.settings)
    for row in ledger.read_deliveries("voorbeeld"):
        assert row.received_at.date() == rows[row.id].delivery.as_of
    ledger.close()


def test_what_did_not_end_as_planted_is_an_error(sent: Story) -> None:
    refuse_unplanned(sent.received)
    bad = next(one for one in sent.received if one.outcome is Expected.REFUSED)
    good = replace(bad, delivery=replace(bad.delivery, expected=Expected.ACCEPTED))
    with pytest.raises(ContractError, match=f"{bad.delivery.path.name}: geweigerd, verwacht aang"):
        refuse_unplanned([good, *sent.received])


def test_freshness_is_that_of_the_last_planned_day(sent: Story) -> None:
    written_at, rows = read_freshness(sent.settings) or (None, ())
    assert written_at == datetime(2026, 2, 15, 12, tzinfo=UTC)
    fresh = {row.source: row for row in rows}
    assert set(fresh) >= set(sent.catalogue.agreements["voorbeeld"])
    assert fresh["whatsapp_groepen"].last_delivery == "2026-01-20"
    assert fresh["whatsapp_groepen"].last_period == "2025-Q4"
    assert fresh["whatsapp_groepen"].days_late == 0
    # 2025-Q4 was due 21 days after the end of the year, and half February it is still not there.
    assert fresh["preventieadviezen"].days_late == 25
    assert "31-12-2025" in fresh["netbeheerder_fraude"].words
    assert fresh["voorbeeld_kerncijfers"].days_late == 0


@pytest.mark.parametrize(
    ("fault", "rule", "words"),
    [
        (DeliveryFault.LATE, "late", "2025-Q4 had er al moeten zijn"),
        (DeliveryFault.WRONG_COLUMN, "unknown_column", "Kolom 'uitkomst' ontbreekt"),
        (DeliveryFault.CUT_ROW, "row_cut", "afgebroken midden in de laatste regel"),
        (DeliveryFault.BSN, "personal_bsn", "burgerservicenummer"),
        (DeliveryFault.EMAIL, "personal_email", "Kolom 'soort': 1 rij"),
        (DeliveryFault.SENT_TWICE, "", "al aangenomen als levering"),
        (DeliveryFault.AGREEMENT_ENDED, "agreement", "afgelopen op 31-12-2025"),
        (DeliveryFault.NO_AGREEMENT, "", "geen bron die een partner levert"),
        (DeliveryFault.NEXT_YEAR, "date_window", "ligt niet tussen"),
    ],
)
def test_each_fault_is_told_for_what_it_is(
    sent: Story, example: Example, fault: DeliveryFault, rule: str, words: str
) -> None:
    found = sent.of(fault, example)
    findings = found.done.report.findings if found.done and found.done.report else ()
    assert not rule or rule in {one.rule for one in findings}, found.words
    assert words in found.words


def test_nothing_of_what_was_unlawful_is_left(sent: Story, kept: list[ExampleDelivery]) -> None:
    bodies = [one.path.read_bytes() for one in kept]
    for canary in (FICTITIOUS_BSN, FICTITIOUS_EMAIL):
        assert sum(canary.encode() in body for body in bodies) == 1
    for path in sent.settings.var.rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            assert FICTITIOUS_BSN.encode() not in body, path
            assert FICTITIOUS_EMAIL.encode() not in body, path
    assert [path.name for path in (sent.settings.unprotected / "intake").iterdir()] == ["lock"]
    assert not (sent.settings.unprotected / PARCELS).exists()


def _cells(counts: pa.Table, *names: str) -> dict[tuple[str, ...], int]:
    """Add counts up to the named columns."""
    rows = counts.group_by(list(names)).aggregate([("count", "sum")]).to_pylist()
    return {tuple(row[n] for n in names): row["count_sum"] for row in rows if row["count_sum"]}


def _at_gemeente(counts: pa.Table) -> pa.Table:
    codes = pa.array([f"GM{area[2:6]}" for area in counts["area"].to_pylist()])
    return counts.set_column(counts.column_names.index("area"), "area", codes)


def _police(example: Example, offence: str, prefix: str) -> dict[tuple[str, str], int]:
    """What the police table of the example holds above zero, by area and month."""
    values = example.counts.values[:, example.counts.offences.index(offence)]
    return {
        (area, month): int(values[i, m])
        for i, area in enumerate(example.counts.areas)
        if area.startswith(prefix)
        for m, month in enumerate(MONTHS)
        if values[i, m]
    }


@pytest.mark.parametrize(
    ("source", "offence"),
    [(BURGLARIES, "1.1.1"), (AT_HOME, "1.1.1"), ("fietsendiefstal_gebeurtenissen", "1.2.3")],
)
def test_events_are_those_that_the_police_counted(
    sent: Story, example: Example, source: str, offence: str
) -> None:
    counts = sent.state(source)
    counts = counts.filter(pc.less_equal(counts["period"], ALL_IN))
    assert _cells(_at_gemeente(counts), "area", "period") == _until(
        ALL_IN, _police(example, offence, "GM")
    )

    def comparable(cells: dict[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
        # Before 2025 the buurten of the changed gemeente are those of the older map.
        return {k: n for k, n in cells.items() if CHANGED[2:] != k[0][2:6] or k[1] >= "2025"}

    found = comparable(_cells(counts, "area", "period"))
    assert found == comparable(dict(_until(ALL_IN, _police(example, offence, "BU"))))


def _until(month: str, cells: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    return {key: number for key, number in cells.items() if key[1] <= month}


@pytest.mark.parametrize(
    ("source", "offence"), [(AT_HOME, "1.1.1"), ("fietsendiefstal_gebeurtenissen", "1.2.3")]
)
def test_of_the_last_months_the_planted_part_is_in(
    sent: Story, example: Example, source: str, offence: str
) -> None:
    counts = _cells(sent.state(source), "period")
    police = _police(example, offence, "GM")
    for month, planted in (("2025-12", 0.72), ("2025-11", 0.9), ("2025-10", 0.985)):
        whole = sum(n for (_, period), n in police.items() if period == month)
        error = (planted * (1 - planted) / whole) ** 0.5
        assert abs(counts[month,] / whole - planted) < 4 * error, month


def test_monthly_sources_tell_their_last_months_anew(kept: list[ExampleDelivery]) -> None:
    for source in MONTHLY:
        days = [one.as_of for one in kept if one.source == source]
        assert len({(day.year, day.month) for day in days}) == len(days) >= 14


def test_the_map_of_burglaries_holds_each_that_has_a_place(sent: Story, example: Example) -> None:
    placed: dict[tuple[str, str], int] = {}
    for (area, month), number in _police(example, "1.1.1", "BU").items():
        if not area.endswith("9999"):
            key = (f"GM{area[2:6]}", month)
            placed[key] = placed.get(key, 0) + number
    counts = _cells(_at_gemeente(sent.state(MAP)), "area", "period")
    assert _until(ALL_IN, counts) == _until(ALL_IN, placed)  # type: ignore[arg-type]


def test_the_hub_counted_at_home_what_its_events_say(
    sent: Story, kept: list[ExampleDelivery]
) -> None:
    last = {one.source: one for one in kept if one.expected.value != "refused"}
    sources = sent.catalogue.sources
    region = sent.catalogue.read_region("voorbeeld")
    frame = read_link_frame(sent.catalogue, region, sent.settings)
    events = read_delivery(last[BURGLARIES].path, sources[BURGLARIES])
    home = count_at_home(
        events, sources[BURGLARIES], sources[AT_HOME], frame=frame, as_of=SECOND_DAY
    )
    delivered = read_delivery(last[AT_HOME].path, sources[AT_HOME]).table.to_pylist()
    assert delivered
    told = {tuple(str(row[name]) for name in delivered[0]) for row in home.rows}
    assert told == {tuple(row.values()) for row in delivered}
    by = ("area", "period", "breakdown")
    assert _cells(sent.state(AT_HOME), *by) == _cells(sent.state(BURGLARIES), *by)


def test_online_crime_adds_up_to_the_police_table(sent: Story, example: Example) -> None:
    found = _cells(sent.state("cybercrime_aangiften"), "area", "event_set", "period")
    for words, offence in (({"computervredebreuk"}, "3.7.4"), (None, "3.9.1")):
        expected: dict[tuple[str, str], int] = {}
        for (area, month), number in _police(example, offence, "GM").items():
            key = (area, f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}")
            expected[key] = expected.get(key, 0) + number
        summed: dict[tuple[str, str], int] = {}
        for (area, word, period), number in found.items():
            if (word in words) if words else word != "computervredebreuk":
                summed[area, period] = summed.get((area, period), 0) + number
        assert summed == expected, offence


def test_weeks_lie_within_the_months_of_the_police_table(sent: Story, example: Example) -> None:
    found = _cells(sent.state("politie_weekcijfers"), "area", "event_set")
    assert {word for _, word in found} == set(WEEK_OFFENCES)
    for (area, word), number in found.items():
        months = _police(example, WEEK_OFFENCES[word], "GM")
        own = {m: n for (code, m), n in months.items() if code == area and m >= "2023"}
        # 1 January 2023 and 29 to 31 December 2025 lie in weeks that are not whole.
        edges = own.get("2023-01", 0) + own.get("2025-12", 0)
        assert sum(own.values()) - edges <= number <= sum(own.values()), (area, word)


def test_attempts_rise_where_that_was_planted(sent: Story, example: Example) -> None:
    share = example.truths.attempts
    counts = _at_gemeente(sent.state(BURGLARIES))

    def attempts(rows: pa.Table) -> tuple[float, int]:
        total = pc.sum(rows["count"]).as_py()
        tried = rows.filter(pc.equal(rows["breakdown"], "attempt=poging"))
        return pc.sum(tried["count"]).as_py() / total, total

    there = pc.equal(counts["area"], share.area)
    early, late = pc.less(counts["period"], share.start), pc.greater(counts["period"], "2024-99")
    # In 2025, months 37 to 48 of 48, the planted share is 0.33 + 0.27 x 42.5 / 48 = 0.569.
    for rows, expected in (
        (pc.invert(there), share.usual),
        (pc.and_(there, early), share.usual),
        (pc.and_(there, late), 0.569),
    ):
        found, size = attempts(counts.filter(rows))
        assert abs(found - expected) < 4 * (0.25 / size) ** 0.5, (found, expected, size)
    # Of the last months, where it is highest, not all is in.
    assert attempts(counts.filter(pc.and_(there, late)))[0] > share.usual + 0.05


def test_a_later_delivery_revised_the_month_before(sent: Story, example: Example) -> None:
    police = _police(example, "1.1.1", "GM")
    whole = sum(n for (_, month), n in police.items() if month == "2025-09")
    known = sent.state(BURGLARIES, date(2025, 12, 31))
    september = known.filter(pc.equal(known["period"], "2025-09"))
    first = pc.sum(september["count"]).as_py()
    assert 0.6 * whole < first < 0.84 * whole  # 0.72 was planted
    revised = compute_revisions(sent.settings.unprotected / "deliveries", BURGLARIES)
    told = [one for one in revised if one.period == "2025-09"]
    assert [one.total for one in told] == [first, whole]
    assert told[1].change == whole - first


def test_every_address_links_by_postcode_and_number(sent: Story) -> None:
    region = sent.catalogue.read_region("voorbeeld")
    book = read_link_frame(sent.catalogue, region, sent.settings).books[2025]
    lines = (sent.settings.files / "pc6hnr2025.csv").read_text().splitlines()[1:]
    assert len(book.keys) == len(lines) > 60_000
    assert (book.doubtful, book.unreadable) == (0, 0)
    assert {line[4:6] for line in lines} == {"SA", "SD", "SS"}  # letters that no postcode has
    assert len({line.split(";")[2] for line in lines}) == len(
        {area for area in _newest(sent) if not area.endswith(("9999", "9997"))}
    )


def _newest(sent: Story) -> set[str]:
    region = sent.catalogue.read_region("voorbeeld")
    layout = read_link_frame(sent.catalogue, region, sent.settings).layouts[2025]
    return {area.code for area in layout.at(AreaLevel.BUURT)}


def test_files_are_written_as_old_systems_do(
    kept: list[ExampleDelivery], catalogue: Catalogue
) -> None:
    path = next(one.path for one in kept if one.source == "fietsendiefstal_gebeurtenissen")
    facts = read_delivery(path, catalogue.sources["fietsendiefstal_gebeurtenissen"]).facts
    assert (facts.encoding, facts.delimiter, facts.decimal) == ("windows-1252", ";", ",")
    burglaries = next(one.path for one in kept if one.source == BURGLARIES)
    assert burglaries.read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_same_seed_gives_the_same_bytes(
    kept: list[ExampleDelivery], example: Example, tmp_path: Path
) -> None:
    again = write_deliveries(tmp_path, example=example)
    assert [replace(one, path=one.path.name) for one in again] == [
        replace(one, path=one.path.name) for one in kept
    ]
    for first, second in zip(kept, again, strict=True):
        assert _hash(first.path) == _hash(second.path), first.path.name
    files = [write_address_file(tmp_path / name, example=example) for name in ("a", "b")]
    assert _hash(files[0]) == _hash(files[1])


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
