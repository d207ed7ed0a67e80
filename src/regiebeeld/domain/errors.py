"""The errors a reader of this system can meet, one a kind, each with its exit code."""


class RegiebeeldError(Exception):
    """Something went wrong that a person can act on.

    The message says what, where and the next step; `exit_code` tells a script
    which kind of fault it was.
    """

    exit_code = 1


class CatalogueError(RegiebeeldError):
    """The catalogue or a region file holds faults; `faults` lists them all."""

    exit_code = 3

    def __init__(self, message: str, faults: tuple[str, ...] = ()) -> None:
        self.faults = faults
        super().__init__("\n".join((message, *faults)))


class ContractError(RegiebeeldError):
    """A table does not meet its contract."""

    exit_code = 4


class FetchError(RegiebeeldError):
    """A source could not be fetched whole."""

    exit_code = 5


class LinkError(RegiebeeldError):
    """Rows or areas could not be linked to the area layout."""

    exit_code = 6


class DisclosureError(RegiebeeldError):
    """Something would be shown that may not be shown, or cannot be proven safe."""

    exit_code = 7


class ReleaseError(RegiebeeldError):
    """A release is missing, damaged or not fit to be served."""

    exit_code = 8


class AccessError(RegiebeeldError):
    """Somebody, or some address, may not have what it asks for."""

    exit_code = 9


class LedgerError(RegiebeeldError):
    """The records that people make cannot be read, written or brought up to date."""

    exit_code = 10


class RecoveredError(RegiebeeldError):
    """An attack derived a protected figure, or could not prove that nobody can."""

    exit_code = 11
