"""The commands in the how-to pages do what the page says: each block is run, in order."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.replay import ReplayServer

PAGES = sorted(Path("docs/how-to").glob("*.md"))
BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def server(test_data: Path) -> Iterator[ReplayServer]:
    with ReplayServer(test_data) as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_work(page: Path, server: ReplayServer, tmp_path: Path) -> None:
    for folder in ("catalogue", "regions"):
        shutil.copytree(folder, tmp_path / folder)
    blocks = [textwrap.dedent(text) for _, text in BLOCK.findall(page.read_text(encoding="utf-8"))]
    assert blocks, f"{page} has no commands"
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **server.environment, "PATH": programs}
    for block in blocks:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
