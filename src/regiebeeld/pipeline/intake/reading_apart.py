"""Reads a delivered file in a process of its own: a file can take that down, never the door.

The table comes back through memory that both processes see; nothing is written on the way.
"""

import json
import mmap
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from regiebeeld.catalogue.contracts import Source
from regiebeeld.pipeline.intake.delivered import Delivered, Facts, Note
from regiebeeld.pipeline.intake.limits import MEGABYTE, STANDARD, Limits, RefusedFile
from regiebeeld.pipeline.intake.reader_process import (
    ROW_COLUMN,
    read_handle,
    read_message,
    send_message,
)
from regiebeeld.pipeline.intake.reading import wanted_of
from regiebeeld.pipeline.intake.row_places import RowPlaces
from regiebeeld.settings import Settings

_PROGRAM = "regiebeeld.pipeline.intake.reader_process"
_SMALL = 32 * MEGABYTE  # after a larger file the process goes, and its memory with it
_Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Begun:
    """A file that is being read ahead: its name for the reader, what it is of, and which it is."""

    name: Path
    source: str
    file: os.stat_result

    def is_of(self, path: Path, source: Source) -> bool:
        """Tell whether this is that file, however it is called now."""
        return self.source == source.id and os.path.samestat(self.file, path.lstat())


class BrokenReaderError(RuntimeError):
    """The reader met a fault of the program; the words are its kind and place."""


class Reader:
    """A process that reads files, started at the first one and again after each that breaks it."""

    def __init__(self, *, gigabytes: float, seconds: float) -> None:
        self._gigabytes, self._seconds = gigabytes, seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._begun: _Begun | None = None

    def start(self) -> None:
        """Start the process ahead of the first file, so that it loads while others are busy."""
        if self._process is not None:
            return
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program and three numbers
                self._command(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # what a parser says as it dies may hold a value
            )
        ours.settimeout(self._seconds)
        self._socket = ours

    def _command(self, number: int) -> list[str]:
        told = (str(number), str(self._gigabytes), str(self._seconds))
        return [sys.executable, "-P", "-m", _PROGRAM, *told]

    def close(self) -> None:
        """End the process, whatever it is at."""
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._socket = self._process = None
        self._forget()

    def _forget(self) -> None:
        if self._begun is not None:
            self._begun.name.unlink(missing_ok=True)
        self._begun = None

    def begin(self, path: Path, source: Source) -> None:
        """Begin to read a file that `read` asks for later, by whatever name it then has.

        path: a name for the reader alone, removed with its answer. Whoever may not come to `read`
        calls `drop`.
        """
        self.drop()
        try:
            self._send(_request(path, source, STANDARD))
            self._begun = _Begun(path, source.id, path.lstat())
        except OSError:
            self.close()

    def drop(self) -> None:
        """Forget a file that was begun and that nobody asked for; its process goes with it."""
        if self._begun is not None:
            self.close()

    def read(self, path: Path, source: Source, *, limits: Limits = STANDARD) -> Delivered:
        """Read a file as `reading.read_delivery` does; a file that is too much is refused.

        Raises RefusedFile, or BrokenReaderError for a fault of the program.
        """
        begun = self._begun
        is_begun = begun is not None and limits is STANDARD and begun.is_of(path, source)
        if not is_begun:
            self.drop()
        try:
            answer, handle = self._ask(None if is_begun else _request(path, source, limits))
            self._forget()
        except BaseException:  # also when somebody stops the door
            self.close()
            raise
        return self._take(answer, handle)

    def _send(self, request: _Message) -> None:
        self.start()
        send_message(self._door(), json.loads(json.dumps(request, default=sorted)))

    def _door(self) -> socket.socket:
        if self._socket is None:
            raise BrokenReaderError("the reader has no socket")
        return self._socket

    def _ask(self, request: _Message | None) -> tuple[_Message, int | None]:
        """Ask for a file, or for the one that was begun, and wait for the answer."""
        try:
            if request:
                self._send(request)
            door = self._door()
            answer = read_message(door)
            handle = read_handle(door) if answer and "facts" in answer else None
        except OSError:  # it is over time, or it died
            answer, handle = None, None
        return answer or {"heavy": True}, handle

    def _take(self, answer: _Message, handle: int | None) -> Delivered:
        if "refused" in answer:
            told = answer["refused"]
            raise RefusedFile(
                told["rule"], told["words"], column=told["column"], rows=tuple(told["rows"])
            )
        if "fault" in answer:
            self.close()
            raise BrokenReaderError(answer["fault"])
        if handle is None:
            self.close()
            raise too_heavy()
        facts = _facts(answer["facts"])
        if facts.size > _SMALL:
            self.close()
        table, places = _map_table(handle), RowPlaces(answer["first"])
        if ROW_COLUMN in table.column_names:
            places = replace(places, numbers=table[ROW_COLUMN].combine_chunks())
            table = table.drop_columns([ROW_COLUMN])
        return Delivered(table, facts, places)


@contextmanager
def open_reader(settings: Settings) -> Iterator[Reader]:
    """Yield a reader with the limits of the settings, ended with the block."""
    reader = Reader(gigabytes=settings.reader_gigabytes, seconds=settings.reader_seconds)
    try:
        yield reader
    finally:
        reader.close()


def too_heavy() -> RefusedFile:
    """Say that a file asks more of this machine than it may."""
    return RefusedFile(
        "too_heavy",
        "Het bestand is te zwaar om te lezen. Lever het in kleinere delen, of als CSV.",
    )


def _environment() -> dict[str, str]:
    """Give the environment of the reader: where this program is, and nothing else of ours.

    An address of the ledger with its password is no business of the process that a file may break.
    """
    paths = os.pathsep.join(path for path in sys.path if path)
    threads = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}  # each costs memory only
    return {**threads, "PYTHONPATH": paths, "PYTHONUTF8": "1"}


def _request(path: Path, source: Source, limits: Limits) -> _Message:
    return {
        "path": str(path.absolute()),
        "wanted": asdict(wanted_of(source)),
        "limits": asdict(limits),
    }


def _facts(told: _Message) -> Facts:
    return Facts(**{**told, "notes": tuple(Note(**note) for note in told["notes"])})


def _map_table(handle: int) -> pa.Table:
    """Give the table that lies in the memory of an open file; it goes with the table."""
    try:
        memory = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
    finally:
        with suppress(OSError):
            os.close(handle)
    return pa.ipc.open_file(pa.BufferReader(pa.py_buffer(memory))).read_all()
