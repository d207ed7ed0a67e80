"""The process that reads delivered files for the door: small, bounded, and free to die.

Started by `reading_apart`; it answers one request at a time until the other end closes.
"""

import array
import gc
import json
import os
import resource
import signal
import socket
import struct
import sys
import tempfile
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from regiebeeld.pipeline.intake.delivered import Delivered
from regiebeeld.pipeline.intake.limits import Limits, RefusedFile
from regiebeeld.pipeline.intake.wanted import Wanted, read_wanted

_LENGTH = struct.Struct("!I")
ROW_COLUMN = "\n"  # no header of a file can hold it
_GIGABYTE = 2**30


def main() -> None:
    """Answer the requests of the socket in the first argument; gigabytes and seconds follow."""
    number, gigabytes, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    # A stop signal goes to the whole group; the door decides when this process ends.
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.SIG_IGN)
    refuse_core_dump()
    _lower(resource.RLIMIT_AS, int(gigabytes * _GIGABYTE))
    with socket.socket(fileno=number) as door:
        while (request := read_message(door)) is not None:
            _allow_seconds(seconds)
            if not _answer(door, request):
                return


def refuse_core_dump() -> None:
    """Let no crash of this process write its memory to a disk.

    1 and not 0: the kernel hands a dump of 0 bytes to a crash reporter all the same (core(5)),
    and takes 1 for "none at all"; a file would need a page.
    """
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (1 if most else 0, most))


def _lower(limit: int, value: int) -> None:
    most = resource.getrlimit(limit)[1]
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.setrlimit(limit, (value, value))


def _allow_seconds(seconds: float) -> None:
    """Let the kernel end this process when one file takes more processor time than this."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    end = int(used.ru_utime + used.ru_stime + seconds) + 1
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (end, most))


def _answer(door: socket.socket, request: dict[str, Any]) -> bool:
    """Read one file and send what came of it; False when this process is no longer fit to go on."""
    try:
        delivered = _read(request)
    except RefusedFile as fault:
        refused = {"rule": fault.rule, "words": fault.words, "column": fault.column}
        send_message(door, {"refused": {**refused, "rows": fault.rows}})
        return True
    except MemoryError:  # pyarrow's own is one too
        send_message(door, {"heavy": True})
        return False
    except BaseException as fault:  # its words may hold a value, so only its kind and place
        last = traceback.extract_tb(fault.__traceback__)[-1]
        place = f"{type(fault).__name__} in {Path(last.filename).name}:{last.lineno}"
        send_message(door, {"fault": place})
        return False
    _send_table(door, delivered)
    del delivered
    gc.collect()
    return True


def _read(request: dict[str, Any]) -> Delivered:
    told = request["wanted"]
    wanted = Wanted(
        names=tuple(told["names"]),
        numbers=tuple(told["numbers"]),
        axes=tuple(told["axes"]) if told["axes"] else None,
        own={name: frozenset(texts) for name, texts in told["own"].items()},
    )
    return read_wanted(Path(request["path"]), wanted, limits=Limits(**request["limits"]))


def _send_table(door: socket.socket, delivered: Delivered) -> None:
    """Send the facts, and the table in memory without a name: no disk ever holds it."""
    table, places = delivered.table, delivered.places
    if places.numbers is not None:
        table = table.append_column(ROW_COLUMN, places.numbers)
    handle = _nameless_file()
    try:
        with (
            os.fdopen(handle, "wb", closefd=False) as file,
            pa.ipc.new_file(file, table.schema) as writer,
        ):
            writer.write_table(table)
        told = {"facts": asdict(delivered.facts), "first": places.first}
        send_message(door, told, handle)
    finally:
        os.close(handle)


def _nameless_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("levering")
    with tempfile.TemporaryFile() as file:  # a system other than Linux
        return os.dup(file.fileno())


def send_message(to: socket.socket, message: dict[str, Any], handle: int | None = None) -> None:
    """Send a message, with an open file when one is given."""
    body = json.dumps(message).encode()
    to.sendall(_LENGTH.pack(len(body)) + body)
    if handle is not None:
        socket.send_fds(to, [b"."], [handle])


def read_message(sent: socket.socket) -> dict[str, Any] | None:
    """Read a message; None when the other end is gone."""
    head = _read_bytes(sent, _LENGTH.size)
    body = _read_bytes(sent, _LENGTH.unpack(head)[0]) if head else b""
    return json.loads(body) if body else None


def read_handle(sent: socket.socket) -> int | None:
    """Read the open file that follows a message; None when there is none."""
    _, handles, _, _ = socket.recv_fds(sent, 1, 1)
    return handles[0] if handles else None


def _read_bytes(sent: socket.socket, length: int) -> bytes:
    """Read exactly so many bytes; none when the other end is gone."""
    pieces = array.array("B")
    while len(pieces) < length:
        piece = sent.recv(min(length - len(pieces), 2**20))
        if not piece:
            return b""
        pieces.frombytes(piece)
    return pieces.tobytes()


if __name__ == "__main__":
    main()
