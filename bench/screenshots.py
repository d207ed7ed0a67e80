"""Pictures of every page at three sizes: `python -m bench.screenshots [folder]`.

Of the first region in var/; written to var/screenshots unless another folder is named. To be
looked at: nothing here says whether a page is good.
"""

import re
import sys
from pathlib import Path

from bench.browser import browsing
from bench.machine import ROOT
from bench.pages import find_releases, list_addresses, serving

WIDTHS = (360, 768, 1440)
HEIGHT = 900


def list_pages(folder: Path) -> list[str]:
    """List one address of each kind of page."""
    from regiebeeld.releases import Shelf

    release = Shelf(folder).open_current("regio")
    kinds = list_addresses(folder)
    themes = [f"/thema/{theme}" for theme in release.themes]
    fine = next(iter(reversed([a for a in release.areas.values() if a.path])))
    others = [
        "/signalen", "/signalen/algoritmeregister", "/nieuw", "/zoek", "/zoek?woord=inbraak",
        "/vergelijk", "/themas", "/begrippen", "/toegankelijkheid", "/bronnen", "/privacy",
        "/actualiteit", "/afspraken", "/nergens",
    ]  # fmt: skip
    first = [kinds["overview"][0], kinds["overview"][1], *themes, kinds["area"][0]]
    return [*first, f"/gebied/{fine.code}", *others]


def main(target: Path | None = None) -> None:
    folder, target = find_releases(), target or ROOT / "var" / "screenshots"
    target.mkdir(parents=True, exist_ok=True)
    with serving(folder, "regio") as server, browsing() as browser:
        for width in WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": HEIGHT})
            for address in list_pages(folder):
                answer = page.goto(f"http://127.0.0.1:{server.port}{address}")
                name = re.sub(r"[^a-z0-9]+", "_", address.lower()).strip("_") or "overzicht"
                page.screenshot(path=target / f"{name}_{width}.png", full_page=True)
                wide, high = page.evaluate(
                    "() => [document.documentElement.scrollWidth,"
                    " document.documentElement.scrollHeight]"
                )
                told = f", {wide - width} px too wide" if wide > width else ""
                print(f"{width} {answer.status if answer else '?'} {address}: {high} px{told}")
            page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
