"""Reads the first file while the map is read; refuses to read one without a link of its own.

The link is a second name in the private folder: the sender's file may move meanwhile, and a
restart wipes what a crash leaves there.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regiebeeld.catalogue import Source
from regiebeeld.pipeline.intake.claims import PRIVATE, plain_name
from regiebeeld.pipeline.intake.reading_apart import Reader

AHEAD = "ahead"


@contextmanager
def reading_ahead(reader: Reader, work: Path, path: Path, source: Source) -> Iterator[None]:
    """Let the reader begin with a file; afterwards nothing of it is left but what was asked for.

    Where a file can have no second name, such as on another disk, it is read when it is asked for.
    """
    folder = work / AHEAD
    try:
        link = _link(path, folder)
        if link is not None:
            reader.begin(link, source)
        yield
    finally:
        reader.drop()
        shutil.rmtree(folder, ignore_errors=True)


def _link(path: Path, folder: Path) -> Path | None:
    link = folder / plain_name(path)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=PRIVATE)
        os.link(path, link, follow_symlinks=False)
    except (OSError, NotImplementedError):
        return None
    return link
