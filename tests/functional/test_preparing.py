"""A server that starts draws some pages beside it: what they need is read, no page is kept."""

from pathlib import Path

from lib.small_release import shelve_small_release
from regiebeeld.dashboard.web.answers import Desk
from regiebeeld.dashboard.web.app import create_app
from regiebeeld.dashboard.web.preparing import draw_first, prepare
from regiebeeld.releases import Shelf


def make_desk(shelf: Shelf) -> Desk:
    desk: Desk = create_app(shelf, audience="openbaar").state.desk
    return desk


def test_a_page_of_each_kind_is_drawn_and_none_is_kept(tmp_path: Path) -> None:
    desk = make_desk(shelve_small_release(tmp_path))
    release = desk.open_release()
    themes, buurt = min(2, len(release.themes)), 1
    assert draw_first(desk) == 1 + 2 * themes + (2 + buurt) + 1
    assert len(desk.cache) == 0
    assert not desk.states


def test_without_a_release_the_server_starts_all_the_same(tmp_path: Path) -> None:
    desk = make_desk(Shelf(tmp_path))
    assert draw_first(desk) == 0
    thread = prepare(desk)
    thread.join(10)
    assert not thread.is_alive()
    assert thread.daemon
