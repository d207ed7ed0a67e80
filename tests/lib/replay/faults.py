"""Faults a test injects: slow, cut off, refused or empty answers; each for a number of times."""

import threading
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong; SLOW alone lets the answer through."""

    SLOW = "slow"
    CUT = "cut"
    STATUS = "status"
    BODY = "body"


@dataclass(slots=True)
class Fault:
    """One planted fault: it hits addresses that contain `path_part`, `times` more times."""

    kind: Kind
    path_part: str
    times: int
    seconds: float = 0.0
    after_bytes: int = 0
    code: int = 200
    retry_after: str | None = None
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"


@dataclass(slots=True)
class Faults:
    """The faults still waiting; matched on the decoded path with its query."""

    waiting: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def slow(self, path_part: str, seconds: float, times: int = 1) -> None:
        """Answer well, but only after so many seconds."""
        self._plant(Fault(Kind.SLOW, path_part, times, seconds=seconds))

    def cut(self, path_part: str, after_bytes: int, times: int = 1) -> None:
        """Close the connection after so many bytes of a body whose length promises more."""
        self._plant(Fault(Kind.CUT, path_part, times, after_bytes=after_bytes))

    def status(
        self, path_part: str, code: int, times: int = 1, retry_after: str | int | None = None
    ) -> None:
        """Answer with a status code, and with Retry-After (seconds or a date) when given."""
        wait = None if retry_after is None else str(retry_after)
        self._plant(Fault(Kind.STATUS, path_part, times, code=code, retry_after=wait))

    def empty(self, path_part: str, times: int = 1) -> None:
        """Answer 200 with no body at all."""
        self._plant(Fault(Kind.BODY, path_part, times))

    def body(self, path_part: str, text: str | bytes, times: int = 1) -> None:
        """Answer 200 with something else, such as the page of a proxy or of maintenance."""
        content = text.encode() if isinstance(text, str) else text
        self._plant(Fault(Kind.BODY, path_part, times, body=content))

    def clear(self) -> None:
        with self.lock:
            self.waiting.clear()

    def take(self, address: str) -> list[Fault]:
        """Use up one turn of what hits this address: every SLOW, and the first other fault."""
        with self.lock:
            hits = [fault for fault in self.waiting if fault.path_part in address]
            slow = [fault for fault in hits if fault.kind is Kind.SLOW]
            taken = slow + [fault for fault in hits if fault.kind is not Kind.SLOW][:1]
            for fault in taken:
                fault.times -= 1
            self.waiting = [fault for fault in self.waiting if fault.times > 0]
        return taken

    def _plant(self, fault: Fault) -> None:
        with self.lock:
            self.waiting.append(fault)
