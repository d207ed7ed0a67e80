"""Doors of regions with real maps, to deliver real files at: Groningen from files, Twente fetched.

The agreements are those of the invented region: none of these parties signed anything.
"""

import shutil
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from lib.regions import settings_for
from lib.replay import ReplayServer
from regiebeeld.catalogue import read_catalogue
from regiebeeld.pipeline.intake.accepting import Accepted, Refused, accept_delivery
from regiebeeld.pipeline.run.gathering import gather_region
from regiebeeld.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
_GRONINGEN = """\
id: groningen
title: Groningen
vintage: 2017
gemeenten:
  - {code: GM0014, name: Groningen}
layouts:
  - vintage: 2017
    source: kaart_groningen
    levels: [buurt]
    files: {buurt: 'buurt2017.zip#buurt2017.shp'}
sources:
  - source: fietsendiefstal_gebeurtenissen
    release: false
themes: [algemeen]
"""
_COLUMNS = {"buurtcode": "BU_CODE", "buurtnaam": "BU_NAAM", "gemeentecode": "GM_CODE",
            "gemeentenaam": "GM_NAAM", "wijkcode": "WK_CODE"}  # fmt: skip


@dataclass(frozen=True)
class RealDoor:
    """A region with folders of its own; `accept` takes a copy, for the door removes the file."""

    region: str
    settings: Settings

    def accept(self, source: str, file: Path) -> Accepted | Refused:
        copy = self.settings.catalogue.parent / "in" / file.name
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, copy)
        done = accept_delivery(copy, source, self.region, self.settings)
        assert not copy.exists()
        return done

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text in the copy of the catalogue or the regions; it must be there."""
        path = self.settings.catalogue.parent / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")


def _copy(root: Path, settings: Settings) -> Settings:
    for folder in ("catalogue", "regions"):
        shutil.copytree(ROOT / folder, root / folder)
    return replace(
        settings,
        catalogue=root / "catalogue",
        regions=root / "regions",
        var=root / "var",
        quiet=True,
    )


def _agree(settings: Settings, region: str, *sources: str) -> None:
    folder = settings.regions / region / "agreements"
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources:
        text = (settings.regions / f"voorbeeld/agreements/{source}.yaml").read_text()
        # A region that is not invented may agree for ten years at most.
        last = date.today().year + 5
        text = text.replace("end: 2099-12-31", f"end: {last}-12-31")
        (folder / f"{source}.yaml").write_text(text)


def make_groningen(root: Path, test_data: Path) -> RealDoor:
    """Make a region of one gemeente whose map of 2017 lies as files under `var`."""
    settings = _copy(root, read_settings({}))
    contract = (settings.catalogue / "sources/cbs_wijken_en_buurten.odcs.yaml").read_text()
    contract = contract.replace("id: cbs_wijken_en_buurten\n", "id: kaart_groningen\n")
    head, _, tail = contract.partition("customProperties:\n")
    for name, there in _COLUMNS.items():
        tail = tail.replace(f": {name}\n", f": {there}\n")
    tail = tail.replace("meest_voorkomende_postcode", "POSTCODE").replace(
        "jrstatcode", "JRSTATCODE"
    )
    (settings.catalogue / "sources/kaart_groningen.odcs.yaml").write_text(
        f"{head}customProperties:\n{tail}"
    )
    (settings.regions / "groningen").mkdir()
    (settings.regions / "groningen/region.yaml").write_text(_GRONINGEN)
    _agree(settings, "groningen", "fietsendiefstal_gebeurtenissen")
    settings.files.mkdir(parents=True)
    shutil.copy(test_data / "areas/groningen_2017/buurt2017.zip", settings.files)
    return RealDoor("groningen", settings)


def make_twente(root: Path, server: ReplayServer, *sources: str) -> RealDoor:
    """Make Twente with its maps and public tables fetched from the server of the tests."""
    settings = _copy(root, settings_for(server, root / "var"))
    _agree(settings, "twente", *sources)
    catalogue = read_catalogue(settings.catalogue, settings.regions)
    gather_region(catalogue, catalogue.read_region("twente"), settings, progress=None)
    return RealDoor("twente", settings)
