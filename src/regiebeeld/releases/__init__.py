"""Releases: one protected DuckDB file an audience, written whole and opened read-only."""

from regiebeeld.releases.reading import Release
from regiebeeld.releases.shelf import Shelf, ShelvedRelease
from regiebeeld.releases.tables import (
    About,
    AreaChange,
    Indicator,
    KeyFigure,
    ReleasedArea,
    ReleasedCell,
    SourceNote,
    SourceRow,
    Theme,
)

__all__ = [
    "About",
    "AreaChange",
    "Indicator",
    "KeyFigure",
    "Release",
    "ReleasedArea",
    "ReleasedCell",
    "Shelf",
    "ShelvedRelease",
    "SourceNote",
    "SourceRow",
    "Theme",
]
