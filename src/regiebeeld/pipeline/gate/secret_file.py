"""The secret of a region: read from a file or the environment, made once, never shown."""

import os
import secrets
from hashlib import sha256
from pathlib import Path

from regiebeeld.catalogue import Region
from regiebeeld.disclosure import Secret
from regiebeeld.domain import DisclosureError
from regiebeeld.settings import Settings

_BYTES = 48
_FILE = ("secret", "disclosure.key")
_OTHERS = 0o077
_NEXT = "zie docs/explanation/geheim.md; er is niets gepubliceerd"


def find_secret_file(settings: Settings) -> Path:
    """Give where the secret of a region lies."""
    if settings.secret_file:
        return Path(settings.secret_file)
    return settings.unprotected.joinpath(*_FILE)


def read_secret(settings: Settings, region: Region) -> Secret | None:
    """Read the secret; None when there is none yet.

    An invented region has a fixed one, so that its figures are the same everywhere. Raises
    DisclosureError for a file that others can read, or that holds no secret.
    """
    if region.invented:
        return Secret(sha256(f"regiebeeld: figures of {region.id}".encode()).digest())
    if settings.secret:
        return _as_secret(settings.secret, "REGIEBEELD_SECRET")
    path = find_secret_file(settings)
    if not path.is_file():
        return None
    if path.stat().st_mode & _OTHERS:
        raise DisclosureError(
            f"{path}: anderen op deze computer kunnen het geheim lezen. Maak er een nieuw aan als "
            f"dat gebeurd kan zijn, en zet de rechten op 600; {_NEXT}"
        )
    return _as_secret(path.read_text(encoding="ascii", errors="replace").strip(), str(path))


def make_secret(settings: Settings, region: Region) -> Path:
    """Make a secret of 48 random bytes in a file that only its owner can read; give the path.

    Raises DisclosureError when there is one already: another secret would undo the rounding.
    """
    if region.invented:
        raise DisclosureError(
            f"regio {region.id} is verzonnen en heeft een vast geheim; maak er geen voor haar"
        )
    path = find_secret_file(settings)
    if path.exists() or settings.secret:
        raise DisclosureError(
            "er is al een geheim. Met een tweede zou wie oude en nieuwe cijfers naast elkaar legt "
            "de aantallen kunnen terugrekenen; vervangen gaat volgens docs/explanation/geheim.md"
        )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_BYTES) + "\n")
    draft.rename(path)
    return path


def _as_secret(text: str, where: str) -> Secret:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        # The text itself may be the secret, mistyped: it is not repeated.
        raise DisclosureError(
            f"{where}: dit is geen geheim van hexadecimale tekens; {_NEXT}"
        ) from None
    return Secret(value)
