"""Writes one release folder beside the others, checks it, and only then points at it."""

import fcntl
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from regiebeeld.catalogue import Audience, Catalogue, Region
from regiebeeld.catalogue.agreements import may_receive
from regiebeeld.catalogue.models import Gemeente
from regiebeeld.domain import ReleaseError
from regiebeeld.releases.shelf import (
    Shelf,
    check_release,
    compute_file_hash,
    read_manifest,
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
        if not audience.per_gemeente:
            files.append(_audience_file(catalogue, region, audience))
            continue
        files += [_audience_file(catalogue, region, audience, g) for g in region.gemeenten]
    return files


def _audience_file(
    catalogue: Catalogue, region: Region, audience: Audience, gemeente: Gemeente | None = None
) -> AudienceFile:
    code = gemeente.code if gemeente else None
    return AudienceFile(
        code.lower() if code else audience.id,
        f"Gemeente {gemeente.name}" if gemeente else audience.title,
        tuple(label.value for label in audience.labels),
        audience.own,
        audience.elsewhere,
        code,
        _not_for(catalogue, region, audience, code),
    )


def _not_for(
    catalogue: Catalogue, region: Region, audience: Audience, gemeente: str | None
) -> tuple[str, ...]:
    """Name the delivered sources of which this audience is no receiver by an agreement."""
    found = []
    for wanted in region.sources:
        if not catalogue.sources[wanted.source].terms.is_delivery:
            continue
        agreement = catalogue.agreement_for(region.id, wanted.source)
        if agreement is None or not may_receive(agreement, audience, gemeente):
            found.append(wanted.source)
    return tuple(found)


def publish_release(
    shelf: Shelf,
    tables: Mapping[str, pa.Table],
    *,
    about: Mapping[str, str],
    manifest: Mapping[str, Any],
    files: list[AudienceFile],
    before_use: Callable[[], None] = lambda: None,
) -> Published:
    """Write every audience file and the manifest, verify, serve, and drop old releases.

    before_use: what must be done, and done well, before anybody can read it. The folder is
    built under another name and moved whole; when anything fails, the release that was served
    before still is.
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
            _refuse_empty(cells, files)
            hashes = {name: compute_file_hash(draft / name) for name in _names(files)}
            write_manifest(draft, {**manifest, "id": release, "cells": cells, "files": hashes})
            if faults := [*check_release(draft), *_missing(draft, files)]:
                raise ReleaseError(f"versie {release} is niet heel: {'; '.join(faults)}")
            sync_folder(draft)
            before_use()
    finally:
        written.close()
    shelf.use(release)
    return Published(release, shelf.folder / release, cells, tuple(shelf.prune()))


def _names(files: list[AudienceFile]) -> list[str]:
    return sorted(f"{file.name}.duckdb" for file in files)


def _missing(draft: Path, files: list[AudienceFile]) -> list[str]:
    """A manifest can only prove what it lists, so it must list every file that was asked for."""
    listed = set(read_manifest(draft)["files"])
    return [f"{name} is niet geschreven" for name in _names(files) if name not in listed]


def _refuse_empty(cells: Mapping[str, Mapping[str, int]], files: list[AudienceFile]) -> None:
    whole = [file.name for file in files if file.gemeente is None]
    if not any(sum(cells[name].values()) for name in whole):
        raise ReleaseError(
            "geen enkele ontvanger zou een cijfer zien; kijk naar de labels van bronnen en "
            "indicatoren. Er is niets gepubliceerd, de vorige versie blijft staan"
        )


@contextmanager
def only_run(folder: Path, *others: Path) -> Iterator[None]:
    """Let one run at a time build here; raise ReleaseError when another is busy.

    What a run that was cut off left behind, here and in `others`, is removed: nobody else
    can be using it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise ReleaseError(
                f"{folder}: er wordt al een versie gemaakt; wacht tot die klaar is"
            ) from fault
        for each in (folder, *others):
            _remove_drafts(each)
        yield


def _named(statuses: Mapping[str, int]) -> dict[str, int]:
    return {STATUS_NUMBERS[int(number)].value: cells for number, cells in statuses.items()}


def _remove_drafts(folder: Path) -> None:
    for path in folder.glob(".*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
