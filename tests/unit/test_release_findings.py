"""What the statistics found goes to those who may see the cells it was found in, and no other."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lib.release_tables import (
    ABOUT,
    ALMELO,
    AREAS,
    DRIEHOEK,
    OPENBAAR,
    cells,
    release_tables,
)
from lib.searching import find_words
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Hidden, Release
from regiebeeld.releases.findings import (
    KINDS,
    Cluster,
    Concentration,
    Driver,
    Effect,
    Finding,
    HotSpot,
    Peer,
    Signal,
    read_content,
    write_findings,
)
from regiebeeld.releases.writing import AudienceFile, ReleaseTables

INDICATORS = ("woninginbraken", "kwetsbare_cijfers")
BUURT, GEMEENTE, REGIO = AreaLevel.BUURT, AreaLevel.GEMEENTE, AreaLevel.REGIO


def signal(since: str = "2024-01") -> Signal:
    return Signal("rise", 12, 11, 19, 4.5, 1.0, 9.0, since, 0.001, 0.02, None)


def release(tmp_path: Path, audience: AudienceFile, findings: Sequence[Finding[Any]]) -> Release:
    table = write_findings(findings, indicators=INDICATORS, areas=AREAS)
    written = ReleaseTables({**release_tables(cell=cells()), "finding": table}, about=ABOUT)
    written.write(tmp_path / "file.duckdb", audience)
    written.close()
    return Release(tmp_path / "file.duckdb", hide=lambda *_: Hidden())


def areas_of(found: Release) -> list[str | None]:
    return [each.area for each in found.read_findings(Signal)]


def test_what_is_written_is_read_back_whole(tmp_path: Path) -> None:
    told = Finding(signal(), BUURT, "woninginbraken", "BU01410101", "2024-01", 0, ("GM0141",))

    assert release(tmp_path, OPENBAAR, [told]).read_findings(Signal) == [told]


@pytest.mark.parametrize(
    ("audience", "seen"),
    [
        (OPENBAAR, ["GM0141", "BU01410101", "BU01530101"]),
        # Own buurten, and of the neighbour the gemeente only.
        (ALMELO, ["GM0141", "BU01410101"]),
    ],
)
def test_a_neighbours_buurt_is_not_told(
    tmp_path: Path, audience: AudienceFile, seen: list[str]
) -> None:
    findings = [
        Finding(signal(), GEMEENTE, "woninginbraken", "GM0141"),
        Finding(signal(), BUURT, "woninginbraken", "BU01410101"),
        Finding(signal("2031-07"), BUURT, "woninginbraken", "BU01530101"),
    ]

    found = release(tmp_path, audience, findings)

    assert areas_of(found) == seen
    there = find_words([tmp_path], ["2031-07"])
    assert bool(there) is (len(seen) == 3)


def test_the_signal_of_a_neighbours_gemeente_stays_where_that_of_its_buurt_does_not(
    tmp_path: Path,
) -> None:
    above = Finding(signal(), GEMEENTE, "woninginbraken", "GM0153", "2024-01")
    within = Finding(signal("2031-07"), BUURT, "woninginbraken", "BU01530101", "2024-01")

    found = release(tmp_path, ALMELO, [above, within]).read_findings(Signal)

    assert found == [above]
    assert not find_words([tmp_path], ["2031-07"])


def test_what_speaks_of_a_hidden_area_is_not_told(tmp_path: Path) -> None:
    both = ("BU01410101", "BU01530101")
    findings = [
        Finding(Cluster(both, 40, 11.5, 0.001), BUURT, "woninginbraken", also=both),
        Finding(Cluster(both[:1], 30, 9.5, 0.001), REGIO, "woninginbraken", also=both[:1]),
        Finding(Concentration(90, 0.1, 0.7, 0.4), BUURT, "woninginbraken"),
    ]

    found = release(tmp_path, ALMELO, findings)

    assert [each.also for each in found.read_findings(Cluster)] == [both[:1]]
    # Made of all buurten, of which this file may hold its own only.
    assert found.read_findings(Concentration) == []


def test_what_is_about_an_indicator_with_another_label_is_not_told(tmp_path: Path) -> None:
    findings = [Finding(signal(), GEMEENTE, "kwetsbare_cijfers", "GM0141")]

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    assert areas_of(release(tmp_path / "a", OPENBAAR, findings)) == []
    assert areas_of(release(tmp_path / "b", DRIEHOEK, findings)) == ["GM0141"]


def test_what_is_about_a_source_that_is_hidden_now_is_not_told(tmp_path: Path) -> None:
    findings = [
        Finding(signal(), GEMEENTE, "woninginbraken", "GM0141"),
        Finding(Peer("GM0153", 0.4, ("x",), ()), REGIO, None, "GM0141"),
    ]
    release(tmp_path, OPENBAAR, findings).close()

    hidden = Hidden((("politie", "De afspraak is afgelopen."),))
    found = Release(tmp_path / "file.duckdb", hide=lambda *_: hidden)

    assert areas_of(found) == []
    assert len(found.read_findings(Peer)) == 1


def test_findings_are_asked_by_indicator_and_by_area(tmp_path: Path) -> None:
    findings = [
        Finding(signal(), GEMEENTE, "woninginbraken", "GM0141", "2024-01", 1),
        Finding(signal(), GEMEENTE, "woninginbraken", "GM0153", "2024-01", 0),
    ]

    found = release(tmp_path, OPENBAAR, findings)

    assert areas_of(found) == ["GM0153", "GM0141"]
    assert len(found.read_findings(Signal, area="GM0141")) == 1
    assert found.read_findings(Signal, indicator="fietsendiefstal") == []
    assert found.read_findings(Driver) == []


def test_a_release_without_the_statistics_has_no_findings(tmp_path: Path) -> None:
    written = ReleaseTables(release_tables(), about=ABOUT)
    written.write(tmp_path / "file.duckdb", OPENBAAR)
    written.close()

    assert Release(tmp_path / "file.duckdb").read_findings(Signal) == []


def test_a_number_that_is_no_number_is_refused() -> None:
    wrong = Finding(Concentration(9, float("nan"), 0.1, 0.1), REGIO, "woninginbraken")

    with pytest.raises(ValueError, match="not JSON compliant"):
        write_findings([wrong], indicators=INDICATORS, areas=AREAS)


def test_tuples_within_tuples_come_back_as_they_were() -> None:
    text = (
        '{"intervention": "i", "title": "t", "kind": "k", "start": "2024-01", "reach": "",'
        ' "areas": ["BU1"], "baseline": 20.0, "verdict": "too_few", "smallest": null,'
        ' "ratio": null, "lower": null, "upper": null, "agree": null, "why": "",'
        ' "methods": [["did", 0.6, 0.5, 0.7, ""]], "remarks": ["a", "b"]}'
    )

    found = read_content(Effect, text)

    assert found.methods == (("did", 0.6, 0.5, 0.7, ""),)
    assert found.remarks == ("a", "b")
    assert found.smallest is None


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len(set(KINDS.values())) == len(KINDS)


def test_findings_in_an_older_form_are_left_out(tmp_path: Path) -> None:
    told = Finding(Concentration(9, 0.1, 0.2, 0.3), REGIO, "woninginbraken")
    table = write_findings([told], indicators=INDICATORS, areas=AREAS)
    older = table.set_column(
        table.column_names.index("content"), "content", pa.array(['{"areas": 9, "gini": 0.2}'])
    )
    written = ReleaseTables({**release_tables(cell=cells()), "finding": older}, about=ABOUT)
    written.write(tmp_path / "file.duckdb", OPENBAAR)
    written.close()

    found = Release(tmp_path / "file.duckdb", hide=lambda *_: Hidden())

    assert found.read_findings(Concentration) == []


def test_what_is_made_of_its_neighbours_is_told_to_who_may_see_those(tmp_path: Path) -> None:
    hot = HotSpot("high", 4.2, 0.001, 0.02)
    findings = [
        Finding(hot, BUURT, "woninginbraken", "BU01410101", place=0, also=("BU01530101",)),
        Finding(hot, BUURT, "woninginbraken", "BU01410101", place=1),
    ]

    assert len(release(tmp_path, ALMELO, findings).read_findings(HotSpot)) == 1


def test_the_order_tells_nothing_of_what_is_left_out(tmp_path: Path) -> None:
    findings = [
        Finding(signal(), BUURT, "woninginbraken", code, "2024-01", place)
        for place, code in enumerate(("BU01530101", "BU01530101", "BU01410101", "BU01410101"))
    ]

    found = release(tmp_path, ALMELO, findings).read_findings(Signal)

    assert [each.place for each in found] == [0, 1]
