"""Lets many readers look at once: `python -m bench.readers [readers] [seconds]`.

Prints views a second, how long they took, faults, and the memory of the server; once with every
page in the cache, once for so many readers. The readers share the machine with the server, so the
server alone would do more.
"""

import asyncio
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.machine import describe_machine
from bench.pages import ask, find_regions, find_releases, list_addresses, serving

READERS, SECONDS = 200, 60
VIEWS_TARGET, P99_MS, MEMORY_MIB = 1000, 25, 600
_AFTER_HEAD = b"\r\n\r\n"


@dataclass(slots=True)
class Seen:
    """What readers saw: milliseconds of each view, and answers that were no page."""

    took: list[float] = field(default_factory=list)
    faults: int = 0


async def read_pages(port: int, addresses: list[str], until: float, seen: Seen) -> None:
    """Read one page after the other over one connection, as a browser keeps it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    at = id(writer) % len(addresses)
    try:
        while time.perf_counter() < until:
            at = (at + 1) % len(addresses)
            asked = (
                f"GET {addresses[at]} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br\r\n\r\n"
            )
            started = time.perf_counter()
            writer.write(asked.encode())
            head = await reader.readuntil(_AFTER_HEAD)
            await reader.readexactly(_length(head))
            seen.took.append((time.perf_counter() - started) * 1000)
            seen.faults += not head.startswith(b"HTTP/1.1 200")
    finally:
        writer.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise ValueError("an answer without content-length")


async def let_read(port: int, addresses: list[str], readers: int, seconds: float) -> Seen:
    seen, until = Seen(), time.perf_counter() + seconds
    done = await asyncio.gather(
        *(read_pages(port, addresses, until, seen) for _ in range(readers)),
        return_exceptions=True,
    )
    seen.faults += sum(isinstance(each, BaseException) for each in done)
    return seen


def memory_of(pid: int) -> float:
    """Read the most memory that a process had, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def tell(name: str, seen: Seen, seconds: float) -> None:
    took = sorted(seen.took)
    print(
        f"{name}: {len(took) / seconds:.0f} views/s, median {statistics.median(took):.1f} ms,"
        f" 99 in 100 under {took[int(len(took) * 0.99)]:.1f} ms, {seen.faults} faults"
    )


def main(words: list[str] | None = None) -> None:
    readers, seconds = (*map(int, words or []), *(READERS, SECONDS)[len(words or []) :])
    for folder in find_regions() or [find_releases()]:
        print(f"readers of {folder}")
        measure_readers(folder, readers, seconds)


def measure_readers(folder: Path, readers: int, seconds: int) -> None:
    """Let them read every page of one region, first a few readers, then all."""
    addresses = [each for kind in list_addresses(folder).values() for each in kind]
    with serving(folder) as server:
        port = int(server.port or 0)
        for address in addresses:  # every page is made once
            ask(server, address)
        before = server.read_processor()
        seen = asyncio.run(let_read(port, addresses, 8, 10))
        tell(f"8 readers, cached (target {VIEWS_TARGET}/s, p99 {P99_MS} ms)", seen, 10)
        used = server.read_processor() - before
        print(f"processor of the server: {len(seen.took) / used:.0f} cached views a second of it")
        seen = asyncio.run(let_read(port, addresses, readers, seconds))
        tell(f"{readers} readers for {seconds} s (target: no fault)", seen, seconds)
        print(f"most memory of the server: {memory_of(server.pid):.0f} MiB (target {MEMORY_MIB})")


if __name__ == "__main__":
    print(f"machine: {describe_machine()}")
    main(sys.argv[1:])
