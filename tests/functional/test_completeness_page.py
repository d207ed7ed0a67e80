"""The page of how recent everything is says how much of the last months is usually in."""

from pathlib import Path

from lib.page_server import connect
from lib.signal_release import OTHERS, shelve_signal_release
from regiebeeld.domain import AreaLevel
from regiebeeld.releases.writing import AudienceFile

REGIO = AudienceFile("regio", "De regio", ("openbaar", "intern"), AreaLevel.BUURT, AreaLevel.BUURT)


def test_the_page_reads_the_release_that_is_served(tmp_path: Path) -> None:
    shelf = shelve_signal_release(tmp_path, OTHERS, audiences=(REGIO,))

    with connect(shelf, "regio") as client:
        answer = client.get("/actualiteit")

    assert answer.status_code == 200
    assert "Geregistreerde misdrijven: gebruikelijk is na 1 maand 90 procent binnen" in answer.text
