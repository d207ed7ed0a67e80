"""Log, progress and manifest name sources, tables and rows, and never the value of a cell."""

import logging
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from lib.regions import settings_for
from lib.replay import ReplayServer
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.run import run_region
from regiebeeld.releases import Shelf

CANARY = 98_765_431


def _plant(rows: pa.Table) -> pa.Table:
    mine = pc.and_(
        pc.equal(rows["WijkenEnBuurten"], "GM0153    "),
        pc.and_(pc.equal(rows["SoortMisdrijf"], "1.1.1 "), pc.equal(rows["Perioden"], "2024JJ00")),
    )
    name = "GeregistreerdeMisdrijven_1"
    planted = pc.if_else(mine, pa.scalar(CANARY, rows[name].type), rows[name])
    return rows.set_column(rows.column_names.index(name), name, planted)


def test_a_planted_count_is_in_the_release_and_nowhere_else(
    test_data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    with ReplayServer(test_data) as server:
        server.patch_rows("47018NED", _plant)
        settings = settings_for(server, tmp_path)
        with caplog.at_level(logging.DEBUG):
            published = run_region(
                "twente", settings, progress=lambda *words: told.append(repr(words))
            )
    release = Shelf(settings.releases).open_current("regio")
    cell = release.read_map("woninginbraken", AreaLevel.GEMEENTE, "2024")["GM0153"]
    release.close()
    assert cell.value == CANARY
    manifest = (published.folder / "manifest.json").read_text(encoding="utf-8")
    for text in (caplog.text, *told, manifest):
        assert str(CANARY) not in text
    assert "47018NED" in manifest
    assert "bronnen ophalen" in caplog.text
