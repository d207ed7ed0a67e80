"""A small invented region of which reports are delivered month by month, for an outsider."""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from lib.door_region import REGION, DoorRegion, consider, make_door_region
from regiebeeld.pipeline.intake.accepting import Accepted, accept_delivery
from regiebeeld.pipeline.run import run_region
from regiebeeld.pipeline.run.publishing import Published
from regiebeeld.settings import Settings

SOURCE = "proef_meldingen"
KINDS, WAYS = ("geluid", "afval"), ("voltooid", "poging")
# Of each indicator the kinds and the ways that it adds up: a total, and two ways to split it.
INDICATORS = {
    "proef_alle": (KINDS, WAYS),
    "proef_geluid": (("geluid",), WAYS),
    "proef_afval": (("afval",), WAYS),
    "proef_pogingen": (KINDS, ("poging",)),
}
TOTAL = "proef_alle"
GEMEENTEN = ("GM9913", "GM9914")
RELEASES = 12
# One month of one buurt holds a number that stands nowhere else; it is corrected half-way.
CANARY, CORRECTED, SINCE = 87_013, 87_028, 6
Atom = tuple[str, str, str, str]  # buurt, month, kind, way
Counts = dict[Atom, int]
_CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: proef_meldingen
name: Proef met meldingen
version: 1.0.0
status: active
domain: veiligheid
description:
  purpose: Aantallen per buurt en maand, om te zien dat ze niet zijn terug te rekenen.
authoritativeDefinitions:
  - {type: license, url: 'https://wetten.overheid.nl', description: Alleen onder de afspraak}
schema:
  - name: proef_meldingen
    physicalName: proef_meldingen
    logicalType: object
    properties:
      - name: gebied
        logicalType: string
        required: true
        description: Code van de buurt.
        examples: [BU99010000]
        logicalTypeOptions: {pattern: 'BU[0-9]{4}[0-9A-Z]{4}'}
        customProperties: [{property: role, value: area_code}]
      - name: periode
        logicalType: string
        required: true
        description: Maand.
        examples: [2024-01]
        logicalTypeOptions: {format: periode, pattern: '[0-9]{4}-(0[1-9]|1[0-2])'}
        customProperties: [{property: role, value: period}]
      - name: soort
        logicalType: string
        required: true
        description: Soort.
        examples: [geluid]
        customProperties:
          - {property: role, value: event_set}
          - {property: values, value: [geluid, afval]}
      - name: poging
        logicalType: string
        required: true
        description: Voltooid of poging.
        examples: [voltooid]
        customProperties:
          - {property: role, value: attempt}
          - {property: values, value: [voltooid, poging]}
      - name: aantal
        logicalType: integer
        required: false
        description: Aantal.
        examples: [12]
        logicalTypeOptions: {minimum: 0, maximum: 1000000}
        customProperties: [{property: role, value: count}]
customProperties:
  - property: regiebeeld
    value:
      kind: delivery
      table: proef_meldingen
      publisher: Gemeente
      content: counts
      grain: count
      disclosure: persons
      unit: melding
      label: intern
      subject: veelvoorkomende_misdrijven
      effort: brengdelict
      atom: {level: buurt, period: month}
      finest:
        - {level: wijk, period: rolling_12_months}
        - {level: gemeente, period: month}
      analyses: [trend]
      frequency: month
      due_days: 40
      same_events_as: [politie_misdrijven_maand]
      same_event_sets: {geluid: ["1.1.1"]}
"""
_INDICATOR = """\
id: {name}
title: {name}
definition: Meldingen voor de test.
caution: Alleen voor de test.
unit: melding
effort: brengdelict
label: intern
sources:
  - source: proef_meldingen
    event_sets: [{sets}]
denominator: {{figures: [inwoners], per: 1000, minimum: 100, years_apart: 3}}
finest:
  - {{level: wijk, period: rolling_12_months}}
  - {{level: gemeente, period: month}}
analyses: [trend]
"""


def list_months(number: int) -> list[str]:
    """Give the first months from January 2024 on."""
    return [f"{2024 + m // 12}-{m % 12 + 1:02d}" for m in range(number)]


def name_day(number: int) -> date:
    """Give the day of a release: three weeks after its last month."""
    return date(2025, number, 22)


def draw_history(buurten: Sequence[str], seed: int = 8) -> list[Counts]:
    """Draw what stands in each delivery: a month more than before, and some counts corrected.

    In one wijk of five hardly anything happens. Of the last three months events come in late.
    """
    generator = np.random.default_rng(seed)
    places = [*buurten, *(f"BU{code[2:]}9999" for code in GEMEENTEN)]
    rates = generator.uniform(6, 16, len(places))
    quiet = [i for i, code in enumerate(buurten) if code in choose_quiet(buurten)]
    rates[quiet] = generator.uniform(0.02, 0.12, len(quiet))
    rates[-len(GEMEENTEN) :] = 0.2
    split = np.outer((0.6, 0.4), (0.65, 0.35))
    size = 11 + RELEASES
    final = generator.poisson(rates[:, None, None, None] * split, (len(places), size, 2, 2))
    loud = next(i for i in range(len(buurten)) if i not in quiet)
    late = [generator.binomial(final, share) for share in (0.12, 0.06, 0.02)]
    history = []
    for number in range(RELEASES):
        known = final[:, : 12 + number].copy()
        for back in range(3):
            known[:, -1 - back] -= late[back][:, 11 + number - back]
        known[loud, 11, 0, 0] = CANARY if number < SINCE else CORRECTED
        history.append(_name_counts(places, known))
        _correct(final, generator)
    return history


def choose_quiet(buurten: Sequence[str]) -> set[str]:
    """Choose the last wijk of each gemeente."""
    last = {code[2:6]: code[:8] for code in buurten}
    return {code for code in buurten if code[:8] in last.values()}


def _correct(final: NDArray[np.int64], generator: np.random.Generator) -> None:
    """Correct a few counts of long ago by one."""
    at = tuple(generator.integers(0, size, 8) for size in (final.shape[0], 10, 2, 2))
    final[at] = np.maximum(final[at] + generator.choice([-1, 1], 8), 0)


def _name_counts(places: Sequence[str], known: NDArray[np.int64]) -> Counts:
    months = list_months(known.shape[1])
    names = product(places, months, KINDS, WAYS)
    return dict(zip(names, known.ravel().tolist(), strict=True))


@dataclass
class OutsiderRegion:
    """The region, what was truly delivered at each moment, and how to make the next release."""

    door: DoorRegion
    truths: list[Counts] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return self.door.settings

    def list_buurten(self) -> list[str]:
        """List the buurten of the region that are drawn."""
        path = self.settings.files / "gebieden_2025_buurten.geojson"
        found = json.loads(path.read_text(encoding="utf-8"))
        named = [each["properties"] for each in found["features"]]
        return sorted(n["buurtcode"] for n in named if n["gemeentecode"] in GEMEENTEN)

    def release(self, counts: Counts, day: date) -> Published:
        """Deliver the counts as they stand on a day, and make the release of that day."""
        rows = [
            {"gebied": area, "periode": month, "soort": kind, "poging": way, "aantal": count}
            for (area, month, kind, way), count in sorted(counts.items())
        ]
        path = self.door.csv(rows)
        done = accept_delivery(path, SOURCE, REGION, self.settings, as_of=day)
        assert isinstance(done, Accepted), done
        with on_day(day):
            published = run_region(REGION, self.settings)
        self.truths.append(counts)
        return published


@contextmanager
def on_day(day: date) -> Iterator[None]:
    """Let a run believe that it is another day: it names the release."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return cls(day.year, day.month, day.day, 12, tzinfo=tz)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("regiebeeld.pipeline.run.order.datetime", Clock)
        yield


def make_outsider_region(root: Path, example: Settings) -> OutsiderRegion:
    """Cut the example region down to two gemeenten and one source about persons."""
    door = make_door_region(root, example, interpreted=True)
    (door.settings.files / "pc6hnr2025.csv").unlink()  # of other gemeenten, and not needed
    shutil.rmtree(door.settings.regions / REGION / "interventions")  # of other gemeenten
    (door.settings.regions / REGION / "places.yaml").unlink()  # of other gemeenten
    path = door.settings.regions / REGION / "region.yaml"
    region = yaml.safe_load(path.read_text(encoding="utf-8"))
    region["gemeenten"] = [g for g in region["gemeenten"] if g["code"] in GEMEENTEN]
    region["layouts"] = [each for each in region["layouts"] if each["vintage"] == 2025]
    kept = [s for s in region["sources"] if s["source"] == "voorbeeld_kerncijfers"]
    region["sources"] = [*kept, {"source": SOURCE}]
    region["themes"] = ["woonoverlast"]
    path.write_text(yaml.safe_dump(region, allow_unicode=True), encoding="utf-8")
    door.write(f"catalogue/sources/{SOURCE}.odcs.yaml", _CONTRACT)
    for name, (kinds, ways) in INDICATORS.items():
        sets = [f'"{k}"' if ways == WAYS else f'"{k}:attempt={w}"' for k in kinds for w in ways]
        text = _INDICATOR.format(name=name, sets=", ".join(dict.fromkeys(sets)))
        door.write(f"catalogue/indicators/woonoverlast/{name}.yaml", text)
    _add(door, "catalogue/inventory.yaml", consider(SOURCE, "meldingen"))
    _add(door, "catalogue/themes/woonoverlast.yaml", "".join(f"  - {n}\n" for n in INDICATORS))
    _agree(door)
    return OutsiderRegion(door)


def _add(door: DoorRegion, name: str, text: str) -> None:
    path = door.settings.catalogue.parent / name
    door.write(name, path.read_text(encoding="utf-8") + text)


def _agree(door: DoorRegion) -> None:
    """Leave one agreement, with a time long enough for counts of long ago."""
    folder = door.settings.regions / REGION / "agreements"
    text = (folder / "woonoverlast.yaml").read_text(encoding="utf-8")
    for each in folder.glob("*.yaml"):
        each.unlink()
    text = text.replace("source: woonoverlast", f"source: {SOURCE}")
    door.write(
        f"regions/{REGION}/agreements/{SOURCE}.yaml",
        re.sub(r"retention_months: \d+", "retention_months: 240", text),
    )
