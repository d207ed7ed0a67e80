"""Keeps the folders of one region to those who may read them; see docs/how-to/doorlopend_draaien.

Refuses nothing: a folder of somebody else is left as it is.
"""

from contextlib import suppress
from pathlib import Path

from regiebeeld.settings import Settings

# Its owner only; or its group too, which passes through to the inbox, and reads the ledger and
# the releases.
OWNER, GROUP, GROUP_FILE = 0o700, 0o750, 0o640
# The group may put a file here, and not see or remove what others put.
SENDERS = 0o1730
_MADE = ("copies", "deliveries", "reports", "store")  # before something is in them


def keep_private(settings: Settings) -> None:
    """Make the folders that hold something, and take from others what they may not read."""
    for folder in (settings.unprotected, settings.ledger, settings.releases):
        folder.mkdir(parents=True, exist_ok=True)
        allow(folder, GROUP)
    for name in _MADE:
        (settings.unprotected / name).mkdir(exist_ok=True)
    for path in settings.unprotected.iterdir():
        if path.is_dir() and path.name != settings.inbox.name:
            allow(path, OWNER)
    for path in settings.ledger.iterdir():
        if path.is_file():
            allow(path, GROUP_FILE)


def allow(path: Path, mode: int) -> None:
    """Set who may read; only its owner can, and a link is not followed."""
    if path.is_symlink() or path.stat().st_mode & 0o7777 == mode:
        return
    with suppress(PermissionError):
        path.chmod(mode)
