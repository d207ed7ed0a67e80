"""The commands in the how-to pages do what the page says: each block is run, in order."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import regiebeeld
from lib.replay import ReplayServer
from regiebeeld.domain import Status
from regiebeeld.releases import Delivered, Hidden, Release, Shelf
from regiebeeld.settings import read_settings

PAGES = sorted(Path("docs/how-to").glob("*.md"))
KEURMERK, BUURTEN = "keurmerk_winkelgebieden", ("BU99010000", "BU99010001")
BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def server(test_data: Path) -> Iterator[ReplayServer]:
    with ReplayServer(test_data) as running:
        yield running


def _program_under_test(folder: Path) -> Path:
    """Make `regiebeeld` start the code that is tested here, also when another one is installed."""
    folder.mkdir()
    program = folder / "regiebeeld"
    here = Path(regiebeeld.__file__).parents[1]
    python = shlex.join([sys.executable, "-m", "regiebeeld.cli"])
    program.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(here))} exec {python} "$@"\n')
    program.chmod(0o755)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_work(page: Path, server: ReplayServer, tmp_path: Path) -> None:
    for folder in ("catalogue", "regions"):
        shutil.copytree(folder, tmp_path / folder)
    blocks = [textwrap.dedent(text) for _, text in BLOCK.findall(page.read_text(encoding="utf-8"))]
    assert blocks, f"{page} has no commands"
    folders = (_program_under_test(tmp_path / "bin"), Path(sys.executable).parent)
    programs = os.pathsep.join([*map(str, folders), os.environ["PATH"]])
    environment = {**os.environ, **server.environment, "PATH": programs}
    for block in blocks:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
    if read := RESULTS.get(page.stem):
        read(tmp_path)


def _hide_nothing(region: str, delivered: tuple[Delivered, ...]) -> Hidden:
    del region, delivered
    return Hidden()


def _see_the_keurmerk(folder: Path) -> None:
    """Read what the page promises: the figures of the last step, in the release of everybody."""
    settings = replace(read_settings({}), var=folder / "var" / "voorbeeld")
    shelf = Shelf(settings.releases)
    release = Release(shelf.folder / shelf.read_current_id() / "openbaar.duckdb", _hide_nothing)
    with closing(release):
        cells = [release.read_area_cells(area, period="2025")[KEURMERK] for area in BUURTEN]
        assert release.indicators[KEURMERK].title not in {r.indicator for r in release.left_out}
    assert [(cell.value, cell.status) for cell in cells] == [(2, Status.SHOWN), (0, Status.SHOWN)]


RESULTS = {"add_a_partner_source": _see_the_keurmerk}
