"""The publication register: every protected figure ever published, and the counts behind it.

Lies on the unprotected side and is only added to; a release adds what is new in it. Refuses a
secret that is not the one the earlier figures were made with, and any file that was altered.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from regiebeeld.disclosure import Secret
from regiebeeld.domain import DisclosureError
from regiebeeld.pipeline.gate import register_tables as tables
from regiebeeld.pipeline.gate.told import Atoms, Earlier
from regiebeeld.pipeline.gate.union import leave_out_told
from regiebeeld.pipeline.gate.verdicts import Verdicts

REGISTER = "register"  # below the unprotected folder
_MARK = "secret.json"
_DONE = "done"
_VERDICTS = "verdicts"


@dataclass(frozen=True, slots=True)
class _Added:
    """What `done` says of a release: its number in the register, and the files of each group."""

    release: str
    number: int
    files: Mapping[str, Mapping[str, str]]  # group of events -> file -> SHA-256


@dataclass(frozen=True, slots=True)
class Register:
    """The register of one region, below its unprotected folder."""

    folder: Path

    def check_secret(self, secret: Secret) -> None:
        """Raise DisclosureError unless all earlier figures have this secret; note a first one."""
        path = self.folder / _MARK
        mark = secret.fingerprint()
        if not path.is_file():
            if self.releases():
                raise DisclosureError(
                    f"{path} ontbreekt, terwijl er al cijfers in het register staan; zet het terug "
                    "uit een kopie. Er is niets gepubliceerd"
                )
            _write_whole(path, json.dumps({"fingerprint": mark}).encode() + b"\n")
            return
        try:
            known = json.loads(path.read_text(encoding="utf-8"))["fingerprint"]
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise DisclosureError(
                f"{path}: niet te lezen; zet het terug uit een kopie. Er is niets gepubliceerd"
            ) from fault
        if known != mark:
            raise DisclosureError(
                "dit is niet het geheim waarmee de eerdere cijfers zijn afgerond. Met een ander "
                "geheim zou wie beide versies naast elkaar legt de aantallen kunnen terugrekenen. "
                "Zet het oude geheim terug, of volg docs/explanation/geheim.md. "
                "Er is niets gepubliceerd"
            )

    def releases(self) -> list[str]:
        """List the releases in the register in the order they were added, withdrawn ones too."""
        return [added.release for added in self._list_added()]

    def read(self, events: str) -> list[Earlier]:
        """Read what each release told anew about one group of events, oldest release first.

        Together that is everything ever told; a release that told nothing new is not in it.
        """
        return [moment for _, moment in self._read_until(events, None)]

    def read_counts(self, release: str, events: str) -> Atoms | None:
        """Read the counts that the figures of a release were made of; None when it has none."""
        moments = self._read_until(events, release)
        return moments[-1][1].atoms if moments else None

    def add(self, release: str, told: Mapping[str, Earlier]) -> None:
        """Add what is new in a release, whole or not at all.

        Raises DisclosureError when the release is there already.
        """
        target = self.folder / release
        before = self._list_added()
        if release in {added.release for added in before}:
            raise DisclosureError(f"versie {release} staat al in het register")
        if target.exists():
            shutil.rmtree(target)  # a run that was cut off, before anything was published
        target.mkdir(parents=True, mode=0o700)
        files = {events: self._write_group(target, events, each) for events, each in told.items()}
        number = max((added.number for added in before), default=0) + 1
        done = {"number": number, "files": {name: each for name, each in files.items() if each}}
        _write_whole(target / _DONE, json.dumps(done, indent=1).encode() + b"\n")

    def verdicts(self, events: str) -> Verdicts:
        """Give the verdicts on one group of events that need no second attack."""
        return Verdicts(self.folder / _VERDICTS / f"{events}.json")

    def _write_group(self, target: Path, events: str, told: Earlier) -> dict[str, str]:
        earlier = self.read(events)
        fresh = leave_out_told(told, earlier)
        if not len(fresh.figures) and not (fresh.withheld and len(fresh.withheld)):
            return {}
        last = {each.atoms.vintage: each.atoms for each in earlier}
        laid = {
            "figures": tables.lay_figures(fresh.figures),
            "counts": tables.lay_counts(fresh.atoms, last.get(fresh.atoms.vintage)),
        }
        if fresh.withheld is not None and len(fresh.withheld):
            laid["withheld"] = tables.lay_withheld(fresh.withheld)
        names = {name: f"{events}.{name}.parquet" for name in laid}
        return {names[n]: tables.write_table(each, target / names[n]) for n, each in laid.items()}

    def _read_until(self, events: str, release: str | None) -> list[tuple[str, Earlier]]:
        """Read the moments up to and with a release (None: all), each counted on from the last."""
        found: list[tuple[str, Earlier]] = []
        last: dict[int, Atoms] = {}
        for added in self._list_added():
            if files := added.files.get(events):
                read = self._open(added.release, files)
                atoms = tables.take_counts(read(f"{events}.counts.parquet"), last)
                last[atoms.vintage] = atoms
                kept = f"{events}.withheld.parquet"
                withheld = tables.take_figures(read(kept)) if kept in files else None
                figures = tables.take_figures(read(f"{events}.figures.parquet"))
                found.append((added.release, Earlier(atoms, figures, withheld)))
            if added.release == release:
                break
        return found

    def _open(self, release: str, files: Mapping[str, str]) -> Callable[[str], pa.Table]:
        return lambda name: tables.read_table(self.folder / release / name, files.get(name, ""))

    def _list_added(self) -> list[_Added]:
        """Read every `done` mark, by number; raise DisclosureError when one is damaged or gone."""
        if not self.folder.is_dir():
            return []
        marks = [path / _DONE for path in self.folder.iterdir() if (path / _DONE).is_file()]
        found = sorted((_read_done(path) for path in marks), key=lambda added: added.number)
        for number, added in enumerate(found, start=1):
            if added.number != number:
                raise DisclosureError(
                    f"{self.folder}: nummer {number} van het register ontbreekt (er is wel "
                    f"{added.release}); zet de map terug uit een kopie. Er is niets gepubliceerd"
                )
        return found


def _read_done(path: Path) -> _Added:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files = {str(events): dict(each) for events, each in found["files"].items()}
        return _Added(path.parent.name, int(found["number"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise tables.damaged(path) from fault


def _write_whole(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(body)
    draft.replace(path)
