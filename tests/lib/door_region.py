"""The example region with its door: a copy of the catalogue to alter, and files to deliver."""

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from regiebeeld.ledger import Delivery, open_ledger
from regiebeeld.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
REGION = "voorbeeld"
ADDRESSES = "proef_adressen"
_ANALYSES = re.compile(r"^analyses:\s*\[([^\]]*)\]", re.MULTILINE)
_INTERPRETATION = ("signals", "hot_spots", "drivers", "effects")
# A contract with addresses as link keys; no contract of the catalogue needs one.
_CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: proef_adressen
name: Proef met adressen
version: 1.0.0
status: active
domain: veiligheid
description:
  purpose: Gebeurtenissen met een adres, om te zien dat adressen nergens blijven.
authoritativeDefinitions:
  - {type: license, url: 'https://wetten.overheid.nl', description: Alleen onder de afspraak}
schema:
  - name: proef_adressen
    physicalName: proef_adressen
    logicalType: object
    properties:
      - name: nummer
        logicalType: string
        required: true
        description: Pseudoniem nummer.
        examples: [Z-1]
        logicalTypeOptions: {pattern: 'Z-[A-Z0-9]{1,20}'}
        customProperties: [{property: role, value: row_key}]
      - name: soort
        logicalType: string
        required: true
        description: Soort.
        examples: [geluid]
        customProperties:
          - {property: role, value: event_set}
          - {property: values, value: [geluid, afval]}
      - name: begin
        logicalType: timestamp
        required: true
        description: Begin.
        examples: ['2025-01-09 18:30:00']
        logicalTypeOptions: {format: 'yyyy-MM-dd HH:mm:ss', minimum: '2000-01-01'}
        customProperties: [{property: role, value: begin}]
      - name: postcode
        logicalType: string
        required: false
        description: Postcode.
        examples: [9901 AA]
        logicalTypeOptions: {pattern: '[1-9][0-9]{3} ?[A-Za-z]{2}'}
        customProperties: [{property: role, value: postcode6}]
      - name: huisnummer
        logicalType: string
        required: false
        description: Huisnummer.
        examples: ['1']
        logicalTypeOptions: {pattern: '[1-9][0-9]{0,4}'}
        customProperties: [{property: role, value: house_number}]
      - name: gemeente
        logicalType: string
        required: false
        description: Gemeente.
        examples: [Wolderhage]
        customProperties: [{property: role, value: gemeente_name}]
customProperties:
  - property: regiebeeld
    value:
      kind: delivery
      table: proef_adressen
      publisher: Gemeente
      content: counts
      grain: event
      disclosure: persons
      unit: melding
      label: intern
      subject: woonoverlast
      effort: brengdelict
      atom: {level: buurt, period: month}
      finest:
        - {level: wijk, period: year}
      analyses: [trend]
      frequency: month
"""


def consider(source: str, of: str) -> str:
    """Give the entry of the inventory of sources that a source of the tests needs."""
    reasons = "".join(
        f"    {word}: ja\n    {word}_because: Voor de test.\n" for word in ("helps", "can", "may")
    )
    return (
        f"  - id: {source}\n    title: Proef met {of}\n    supplier: Gemeente\n"
        f"    about: Een bron voor de test.\n{reasons}    decision: gebruikt\n"
        f"    reason: Voor de test.\n    sources: [{source}]\n"
    )


@dataclass(frozen=True)
class DoorRegion:
    """Settings of the example region with folders of its own."""

    settings: Settings
    interpreted: bool = False

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text in the copy of the catalogue or the regions; it must be there."""
        file = self.settings.catalogue.parent / name
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def use(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let commands that are called in this process work on this region."""
        for name in ("catalogue", "regions", "var"):
            monkeypatch.setenv(f"REGIEBEELD_{name.upper()}", str(getattr(self.settings, name)))

    def write(self, name: str, text: str) -> Path:
        file = self.settings.catalogue.parent / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def csv(self, rows: Sequence[dict[str, object]], name: str = "levering.csv") -> Path:
        """Write a file to deliver."""
        names = list(rows[0])
        lines = [names, *([str(row[n]) for n in names] for row in rows)]
        return self.write(name, "\n".join(";".join(line) for line in lines) + "\n")

    def cameras(self, *rows: tuple[str, str, int], name: str = "levering.csv") -> Path:
        """Write a delivery of camera areas: buurt, year, number."""
        told = [
            {"gebied": area, "periode": year, "soort": "cameragebied", "aantal": number}
            for area, year, number in rows
        ]
        return self.csv(told, name)

    def deliveries(self, source: str | None = None) -> list[Delivery]:
        ledger = open_ledger(self.settings)
        try:
            return ledger.read_deliveries(REGION, source)
        finally:
            ledger.close()

    def left_at_work(self) -> list[str]:
        """What lies in the private folder beside its lock."""
        folder = self.settings.unprotected / "intake"
        there = folder.iterdir() if folder.is_dir() else ()
        return sorted(path.name for path in there if path.name != "lock")

    def forget(self) -> None:
        """Begin anew, but for the copies of the maps."""
        for name in ("deliveries", "reports", "inbox", "intake", "schedule"):
            shutil.rmtree(self.settings.unprotected / name, ignore_errors=True)
        shutil.rmtree(self.settings.ledger, ignore_errors=True)
        shutil.rmtree(self.settings.releases, ignore_errors=True)
        copy_catalogue(self.settings.catalogue.parent, interpreted=self.interpreted)


def copy_catalogue(root: Path, *, interpreted: bool) -> None:
    """Copy the catalogue and the regions, with the contract with addresses added."""
    for folder in ("catalogue", "regions"):
        shutil.rmtree(root / folder, ignore_errors=True)
        shutil.copytree(ROOT / folder, root / folder)
    (root / f"catalogue/sources/{ADDRESSES}.odcs.yaml").write_text(_CONTRACT, encoding="utf-8")
    inventory = root / "catalogue/inventory.yaml"
    inventory.write_text(
        inventory.read_text(encoding="utf-8") + consider(ADDRESSES, "adressen"), encoding="utf-8"
    )
    agreed = root / "regions/voorbeeld/agreements"
    text = (agreed / "fietsendiefstal_gebeurtenissen.yaml").read_text(encoding="utf-8")
    text = text.replace("source: fietsendiefstal_gebeurtenissen", f"source: {ADDRESSES}")
    (agreed / f"{ADDRESSES}.yaml").write_text(text, encoding="utf-8")
    if not interpreted:
        _leave_out_interpretation(root)


def _leave_out_interpretation(root: Path) -> None:
    """Take away what costs a run most, and no test of the door looks at."""
    shutil.rmtree(root / "regions/voorbeeld/interventions")
    for path in (root / "catalogue/indicators").rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^factors:\s*\[[^\]]*\]\n", "", text, flags=re.MULTILINE)
        path.write_text(_ANALYSES.sub(_keep_plain, text), encoding="utf-8")


def _keep_plain(found: re.Match[str]) -> str:
    kept = [name for name in found[1].split(",") if name.strip() not in _INTERPRETATION]
    return f"analyses: [{','.join(kept).strip()}]"


def make_door_region(root: Path, example: Settings, *, interpreted: bool = False) -> DoorRegion:
    """Make the region with hard links to the files of the example, and an address file.

    interpreted: whether a run looks for signals, hot spots, drivers and effects, as it does in
    earnest; that takes half a minute each time.
    """
    copy_catalogue(root, interpreted=interpreted)
    settings = replace(
        read_settings({}),
        catalogue=root / "catalogue",
        regions=root / "regions",
        var=root / "var",
        quiet=True,
    )
    settings.files.mkdir(parents=True)
    for path in example.files.iterdir():
        if path.is_file():
            os.link(path, settings.files / path.name)
    write_addresses(settings.files / "pc6hnr2025.csv")
    return DoorRegion(settings, interpreted)


def write_addresses(path: Path) -> None:
    """Write addresses 1 to 40 of 9901 AA and AB, in two buurten, in the form of CBS pc6hnr."""
    lines = ["PC6;Huisnummer;Buurt2025;Wijk2025;Gem2025"]
    lines += [f"9901AA;{n};99010000;990100;9901" for n in range(1, 41)]
    lines += [f"9901AB;{n};99010001;990100;9901" for n in range(1, 41)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
