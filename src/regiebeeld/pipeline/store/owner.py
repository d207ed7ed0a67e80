"""Binds a folder to one region at its first use; refuses every other, which would overwrite it."""

from regiebeeld.domain import ReleaseError
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings

FOLDER, FILE = "owner", "region"  # a folder, for its owner only like all beside it


def bind_region(settings: Settings, region: str) -> None:
    """Make `settings.var` the folder of this region; raise ReleaseError when it is another's.

    A folder from before this file belongs to the region of its releases.
    """
    path = settings.unprotected / FOLDER / FILE
    owner = (
        path.read_text(encoding="utf-8").strip() if path.is_file() else _owner_by_release(settings)
    )
    if owner not in (None, region):
        raise ReleaseError(
            f"{settings.var} hoort bij regio {owner}, niet bij {region}; "
            "geef elke regio een eigen map met --var"
        )
    if not path.is_file():
        settings.unprotected.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        draft = path.with_name(f".{FILE}")
        draft.write_text(f"{region}\n", encoding="utf-8")
        draft.replace(path)


def _owner_by_release(settings: Settings) -> str | None:
    for release in Shelf(settings.releases).read_releases():
        if release.fault is None:
            return str(release.manifest.get("region"))
    return None
