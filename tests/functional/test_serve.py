"""`regiebeeld serve` listens on this computer only, says where, and tells a taken port."""

import socket
import subprocess
import sys
import urllib.request

import pytest

from regiebeeld.cli import main
from regiebeeld.domain import AccessError
from regiebeeld.settings import Settings


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "regiebeeld.example"])
def test_any_address_beyond_this_computer_is_refused(
    host: str, example_region: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--var", str(example_region.var), "serve", "--host", host, "--port", "0"])
    assert code == AccessError.exit_code
    assert host in capsys.readouterr().err


def test_a_taken_port_is_told(example_region: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code = main(["--var", str(example_region.var), "serve", "--port", str(port)])
    assert code == AccessError.exit_code
    assert "--port" in capsys.readouterr().err


def test_it_says_where_it_is_and_answers(example_region: Settings) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "regiebeeld.cli", "--var", str(example_region.var)]
    with subprocess.Popen(
        [*command, "serve", "--port", str(port)], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            assert f"http://127.0.0.1:{port}" in server.stdout.readline()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=30) as answer:
                assert answer.status == 200
        finally:
            server.terminate()
