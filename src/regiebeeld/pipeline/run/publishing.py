"""Writes one release folder beside the others, checks it, and only then points at it."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from regiebeeld.catalogue import Catalogue, Region
from regiebeeld.domain import ReleaseError
from regiebeeld.releases.shelf import (
    Shelf,
    check_release,
    compute_file_hash,
    replacing,
    sync_folder,
    write_manifest,
)
from regiebeeld.releases.tables import STATUS_NUMBERS
from regiebeeld.releases.writing import AudienceFile, ReleaseTables


@dataclass(frozen=True, slots=True)
class Published:
    """A release that is now served, and how many cells of each status each audience got."""

    id: str
    folder: Path
    cells: Mapping[str, Mapping[str, int]]
    removed: tuple[str, ...]


def list_audience_files(catalogue: Catalogue, region: Region) -> list[AudienceFile]:
    """List the files to write: one an audience, and one a gemeente where the policy says so."""
    if catalogue.audiences is None:
        raise ReleaseError(
            "catalogue/audiences.yaml is niet gelezen; zonder beleid wordt niets uitgegeven"
        )
    files = []
    for audience in catalogue.audiences.audiences:
        labels = tuple(label.value for label in audience.labels)
        if not audience.per_gemeente:
            files.append(
                AudienceFile(audience.id, audience.title, labels, audience.own, audience.elsewhere)
            )
            continue
        files += [
            AudienceFile(
                g.code.lower(),
                f"Gemeente {g.name}",
                labels,
                audience.own,
                audience.elsewhere,
                g.code,
            )
            for g in region.gemeenten
        ]
    return files


def publish_release(
    shelf: Shelf,
    tables: Mapping[str, pa.Table],
    *,
    about: Mapping[str, str],
    manifest: Mapping[str, Any],
    files: list[AudienceFile],
) -> Published:
    """Write every audience file and the manifest, verify, serve, and drop old releases.

    The folder is built under another name and moved whole; when anything fails,
    the release that was served before still is.
    """
    release = about["release"]
    written = ReleaseTables(tables, about=about)
    try:
        with replacing(shelf.folder / release) as draft:
            draft.mkdir(parents=True)
            cells = {
                file.name: _named(written.write(draft / f"{file.name}.duckdb", file))
                for file in files
            }
            hashes = {path.name: compute_file_hash(path) for path in sorted(draft.iterdir())}
            write_manifest(draft, {**manifest, "id": release, "cells": cells, "files": hashes})
            if faults := check_release(draft):
                raise ReleaseError(f"versie {release} is niet heel: {'; '.join(faults)}")
            sync_folder(draft)
    finally:
        written.close()
    shelf.use(release)
    return Published(release, shelf.folder / release, cells, tuple(shelf.prune()))


def _named(statuses: Mapping[str, int]) -> dict[str, int]:
    return {STATUS_NUMBERS[int(number)].value: cells for number, cells in statuses.items()}


def remove_drafts(folder: Path) -> None:
    """Remove what a run that was cut off left behind."""
    for path in folder.glob(".*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
