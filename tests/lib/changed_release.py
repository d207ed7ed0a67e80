"""A small release with a few statements run on it, on a shelf of its own."""

from pathlib import Path

import duckdb

from lib.small_release import SmallRelease, build_small_release
from regiebeeld.releases import Shelf
from regiebeeld.releases.shelf import compute_file_hash, write_manifest


def shelve_changed_release(folder: Path, *statements: str, name: str = "openbaar") -> Shelf:
    """Build a small release, change it, and serve it; `name`: the audience file it becomes."""
    release = SmallRelease().release
    path = build_small_release(folder / release)
    with duckdb.connect(str(path)) as file:
        for statement in statements:
            file.execute(statement)
    path = path.rename(path.with_name(f"{name}.duckdb"))
    hashes = {path.name: compute_file_hash(path)}
    write_manifest(path.parent, {"id": release, "files": hashes})
    shelf = Shelf(folder)
    shelf.use(release)
    return shelf
