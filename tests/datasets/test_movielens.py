from datetime import UTC, date, datetime
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest

from limelight.catalog.vocabulary import EVENTS, ITEMS, USERS
from limelight.datasets.dataset import Tables
from limelight.datasets.movielens import (
    MovieLens1M,
    MovieLens100k,
    MovieLens100kInRecBole,
    MovieLensLatestSmall,
    readable,
)

SHARED = Path(__file__).parents[2] / "../shared/data"


def archive(path: Path, members: dict[str, str], encoding: str = "utf-8") -> Path:
    with ZipFile(path, "w") as file:
        for name, text in members.items():
            file.writestr(name, text.encode(encoding))
    return path


def flags(*genres: int) -> str:
    return "|".join("1" if genre in genres else "0" for genre in range(19))


@pytest.fixture
def official(tmp_path) -> MovieLens100k:
    members = {
        "ml-100k/u.data": "1\t2\t3\t881250949\n2\t1\t5\t881250950\n",
        "ml-100k/u.item": (
            f"1|Misérables, Les (1995)|01-Jan-1995||http://us.imdb.com/M|{flags(8, 12)}\n"
            f"2|unknown||||{flags(0)}\n"
            f"3|Land (1995) (V)|01-Jan-1995||http://us.imdb.com/M|{flags(3, 4)}\n"
        ),
        "ml-100k/u.user": "1|24|M|technician|85711\n2|53|F|other|T8H1N\n",
    }
    return MovieLens100k(archive(tmp_path / "ml-100k.zip", members, "latin-1"))


@pytest.fixture
def in_recbole(tmp_path) -> MovieLens100kInRecBole:
    folder = "recbole/dataset_example/ml-100k/ml-100k"
    members = {
        f"{folder}.inter": (
            "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
            "1\t2\t3\t881250949\n2\t1\t5\t881250950\n"
        ),
        f"{folder}.item": (
            "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
            "1\tMisérables, Les\t1995\tDrama Musical\n"
            "2\tunkonwn\tunkonwn\tunknown\n"
            "3\tLand (1995)\tV\tAnimation Children's\n"
        ),
        f"{folder}.user": (
            "user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token\n"
            "1\t24\tM\ttechnician\t85711\n2\t53\tF\tother\tT8H1N\n"
        ),
    }
    return MovieLens100kInRecBole(archive(tmp_path / "recbole.whl", members))


def test_100k_is_the_same_from_either_source(official, in_recbole):
    assert official.events().equals(in_recbole.events())
    assert official.items().equals(in_recbole.items())
    assert official.users().equals(in_recbole.users())


def test_100k_in_the_catalogues_columns(official):
    assert official.events().row(0) == (
        "1",
        "2",
        "rating",
        3.0,
        datetime(1997, 12, 4, 15, 55, 49, tzinfo=UTC),
    )
    january = date(1995, 1, 1)
    assert official.items().select("item_id", "title", "kind", "released", "categories").rows() == [
        ("1", "Les Misérables (1995)", "film", january, ["Drama", "Musical"]),
        ("2", "unknown", "film", None, []),
        ("3", "Land (1995)", "film", january, ["Animation", "Children's"]),
    ]
    assert official.items().select("text", "parent_id", "attributes").row(0) == (None, None, "{}")
    assert official.users()["attributes"].str.json_path_match("$.occupation").to_list() == [
        "technician",
        "other",
    ]


def test_1m(tmp_path):
    members = {
        "ml-1m/ratings.dat": "1::1193::5::978300760\n",
        "ml-1m/movies.dat": "1193::Cérémonie, La (1995)::Drama|Film-Noir\n",
        "ml-1m/users.dat": "1::F::1::10::48067\n",
    }
    tables = MovieLens1M(archive(tmp_path / "ml-1m.zip", members, "latin-1"))
    check_columns(tables)
    assert tables.events()["time"].to_list() == [datetime(2000, 12, 31, 22, 12, 40, tzinfo=UTC)]
    assert tables.items().row(0)[:5] == (
        "1193",
        "La Cérémonie (1995)",
        "film",
        date(1995, 1, 1),
        ["Drama", "Film-Noir"],
    )
    assert tables.users().row(0) == (
        "1",
        '{"gender":"F","age":1,"occupation":"K-12 student","zip_code":"48067"}',
    )


def test_latest_small(tmp_path):
    folder = SHARED / "movielens-latest-small"
    if not folder.exists():
        pytest.skip("MovieLens-latest-small is not beside this repository")
    members = {
        f"ml-latest-small/{name}.csv": (folder / f"{name}.csv").read_text(encoding="utf-8")
        for name in ("ratings", "movies", "links")
    }
    tables = MovieLensLatestSmall(archive(tmp_path / "small.zip", members))
    check_columns(tables)
    assert tables.events().height == 100_836
    assert tables.users().height == 610
    items = tables.items()
    assert items.height == 9_742
    assert items["released"].null_count() == 12
    assert items.filter(item_id="1")["attributes"].item() == '{"imdb":"tt0114709","tmdb":"862"}'
    assert items.filter(item_id="171749")["released"].item() == date(2006, 1, 1)
    assert items.filter(item_id="156605")["categories"].to_list() == [[]]


def check_columns(tables: Tables) -> None:
    assert tables.events().schema == EVENTS
    assert tables.items().schema == ITEMS
    assert tables.users().schema == USERS


@pytest.mark.parametrize(
    ("catalogued", "read"),
    [
        ("Usual Suspects, The (1995)", "The Usual Suspects (1995)"),
        ("Lost World: Jurassic Park, The (1997)", "The Lost World: Jurassic Park (1997)"),
        ("Lover, The (Amant, L') (1992)", "The Lover (L'Amant) (1992)"),
        ("Convent, The (Convento, O) (1995)", "The Convent (O Convento) (1995)"),
        ("Bye Bye, Love (1995)", "Bye Bye, Love (1995)"),
        ("Postino, Il", "Il Postino"),
        ("A Chef in Love (1996)", "A Chef in Love (1996)"),
        (" Vidocq  (Vidocq) (2001) ", "Vidocq (Vidocq) (2001)"),
        ("Land (1995) (V)", "Land (1995)"),
        ("", ""),
    ],
)
def test_titles_are_as_people_read_them(catalogued, read):
    assert pl.select(readable(pl.lit(catalogued))).item() == read
