"""A copy of the real catalogue in which a test plants a fault and sees what is told."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from regiebeeld.catalogue import read_catalogue
from regiebeeld.domain import CatalogueError

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class CatalogueCopy:
    """The two folders, under a temporary root."""

    root: Path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the first `old` of a file; the file must hold it."""
        file = self.root / name
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def line_of(self, name: str, snippet: str, *, after: str = "") -> int:
        """Count, by plain text, the line on which `snippet` first stands after `after`."""
        text = (self.root / name).read_text(encoding="utf-8")
        start = text.index(after) if after else 0
        return text.count("\n", 0, text.index(snippet, start)) + 1

    def faults(self) -> list[str]:
        """Read the copy; give the faults, with paths from its root."""
        try:
            read_catalogue(self.root / "catalogue", self.root / "regions")
        except CatalogueError as error:
            return [fault.replace(self.root.as_posix() + "/", "") for fault in error.faults]
        return []


def copy_catalogue(root: Path) -> CatalogueCopy:
    """Copy the catalogue and the regions, without the example region, which is generated."""
    leave_out = shutil.ignore_patterns("voorbeeld")
    for folder in ("catalogue", "regions"):
        shutil.copytree(ROOT / folder, root / folder, ignore=leave_out)
    return CatalogueCopy(root)
