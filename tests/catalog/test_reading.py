"""Every format, name, packing and way of writing a time that people have."""

import bz2
import gzip
import io
import json
import lzma
import os
import sys
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread

import polars as pl
import pyarrow as pa
import pytest

from limelight.catalog import Store, import_files, open_store, read_events, read_users
from limelight.catalog.cells import to_names
from limelight.catalog.columns import guess
from limelight.catalog.times import to_dates, to_microseconds
from limelight.catalog.vocabulary import EVENTS, USERS
from limelight.errors import LimelightWarning

DATA = Path(__file__).parents[2] / "../shared/data"


@pytest.fixture
def store(tmp_path: Path):
    with open_store(tmp_path / "store.db") as opened:
        yield opened


def write(folder: Path, content: str | bytes, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


class TestColumns:
    @pytest.mark.parametrize(
        ("name", "content", "row"),
        [
            (
                "ratings.csv",
                "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n",
                ("1", "31", "rating", 2.5, at(1260759144)),
            ),
            (
                "reviews.jsonl",
                '{"reviewerID": "A1", "asin": "B0", "overall": 5.0, "reviewTime": "07 3, 2014", '
                '"unixReviewTime": 1404345600, "reviewText": "fine", "helpful": [0, 0]}\n',
                ("A1", "B0", "rating", 5.0, at(1404345600)),
            ),
            (
                "user_artists.dat",
                "userID\tartistID\tweight\n2\t51\t13883\n",
                ("2", "51", "play", 13883.0, None),
            ),
            (
                "ml-100k.inter",
                "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n",
                ("196", "242", "rating", 3.0, at(881250949)),
            ),
            ("plain.tsv", "user\titem\nü\t7\n", ("ü", "7", "view", None, None)),
            (
                "log.csv",
                "ts;visitor_id;content-id;Event Type\n2020-01-01;v;c;Skip\n",
                ("v", "c", "skip", None, at(1577836800)),
            ),
            ("pipes.txt", "user|item|time\na|x|5\n", ("a", "x", "view", None, at(5))),
            ("blanks.txt", "user item stars\na x 5\n", ("a", "x", "rating", 5.0, None)),
        ],
    )
    def test_are_guessed_from_names_in_common_use(
        self, tmp_path: Path, name: str, content: str, row: tuple
    ):
        events = read_events(write(tmp_path, content, name))
        assert events.cast({pl.Categorical: pl.String}).schema == EVENTS
        assert events.rows() == [row]

    @pytest.mark.parametrize(
        ("name", "content", "row"),
        [
            ("ratings.dat", "1::1193::5::978300760\n", ("1", "1193", "rating", 5.0, at(978300760))),
            (
                "ratings_Beauty.csv",
                "A3,B0,4.0,1369699200\n",
                ("A3", "B0", "rating", 4.0, at(1369699200)),
            ),
            ("u.data", "196\t242\t3\t881250949\n", ("196", "242", "rating", 3.0, at(881250949))),
            ("pairs.csv", "3,4\n", ("3", "4", "view", None, None)),
            ("triples.csv", "3,4,0.5\n", ("3", "4", "rating", 0.5, None)),
            ("stamps.csv", "3,4,2020-01-01\n", ("3", "4", "view", None, at(1577836800))),
            (
                "lastfm-1k.tsv",
                "u1\t2009-05-04T23:08:57Z\tm-1\tDeep Dish\tt-9\tFuck Me Im Famous\n",
                ("u1", "t-9", "view", None, datetime(2009, 5, 4, 23, 8, 57, tzinfo=UTC)),
            ),
            (
                "lastfm-360k.tsv",
                "00000c2\t3bd73256\tbetty blowtorch\t2137\n",
                ("00000c2", "3bd73256", "play", 2137.0, None),
            ),
        ],
    )
    def test_of_well_known_files_without_a_header(
        self, tmp_path: Path, name: str, content: str, row: tuple
    ):
        with pytest.warns(LimelightWarning, match="has no header; its columns are read as"):
            events = read_events(write(tmp_path, content, name))
        assert events.rows() == [row]

    def test_can_be_said(self, tmp_path: Path):
        path = write(tmp_path, "who,what,rating,when,date\na,x,5,7,2020-01-01\n")
        mapping = {"user_id": "who", "item_id": "what", "time": "when", "value": ""}
        assert read_events(path, mapping=mapping, kind="like").rows() == [
            ("a", "x", "like", None, at(7))
        ]

    def test_of_a_file_without_a_header_are_numbers(self, tmp_path: Path):
        path = write(tmp_path, "x,first,a\nx,second,b\n")
        with pytest.warns(LimelightWarning, match="read as 1, 2, 3"):
            events = read_events(path, mapping={"item_id": "1", "user_id": "3"})
        assert events["user_id"].to_list() == ["a", "b"]

    def test_without_names_or_with_the_same_name_are_told_apart(self, store: Store, tmp_path: Path):
        path = write(tmp_path, ",id,note,note\n0,1,a,b\n")
        import_files(store, "items", path)
        assert json.loads(store.items()["attributes"][0]) == {
            "column 1": "0",
            "note": "a",
            "note (2)": "b",
        }

    def test_the_first_alias_wins_and_no_column_is_read_twice(self):
        assert guess(["date", "timestamp", "item", "movie", "user"], "events") == {
            "user_id": "user",
            "item_id": "item",
            "time": "timestamp",
        }
        assert guess(["id", "name", "type"], "items") == {
            "item_id": "id",
            "title": "name",
            "kind": "type",
        }

    def test_kinds_are_read_and_others_filled_in(self, tmp_path: Path):
        path = write(tmp_path, "user,item,event,rating\na,x, PLAY ,\na,y,,3\na,z,null,4\n")
        assert read_events(path)["kind"].to_list() == ["play", "rating", "rating"]
        assert read_events(path, kind="like")["kind"].to_list() == ["play", "like", "like"]


class TestFormats:
    def test_sequences_and_pairs(self, tmp_path: Path):
        sequences = read_events(write(tmp_path, "1 10 20 10\n2  30\n", "sequences.txt"))
        assert sequences.select("user_id", "item_id").rows() == [
            ("1", "10"),
            ("1", "20"),
            ("1", "10"),
            ("2", "30"),
        ]
        pairs = read_events(write(tmp_path, "1 10\n1 20\n1 10\n2 30", "sasrec.txt"))
        assert pairs.rows() == sequences.rows()

    def test_movielens_titles_and_users(self, store: Store, tmp_path: Path):
        movies = '1::Toy Story: a "film" (1995)::Animation|Children\'s\n2::Été::\n'.encode(
            "latin-1"
        )
        report = import_files(store, "items", write(tmp_path, movies, "movies.dat"))
        assert (report.added, report.rejected) == (2, 0)
        assert store.items()["title"].to_list() == ['Toy Story: a "film" (1995)', "Été"]
        assert store.items()["categories"].to_list() == [["Animation", "Children's"], None]
        import_files(store, "users", write(tmp_path, "1::F::1::10::48067\n", "users.dat"))
        assert json.loads(store.users()["attributes"][0]) == {
            "gender": "F",
            "age": "1",
            "occupation": "10",
            "zip_code": "48067",
        }

    def test_recbole_titles(self, store: Store, tmp_path: Path):
        text = (
            "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
            '1\t"Quoted\t1995\tAnimation Comedy\n'
        )
        path = write(tmp_path, text.replace('"Quoted', "Toy Story"), "ml-100k.item")
        import_files(store, "items", path)
        assert store.items().row(0) == (
            "1",
            "Toy Story",
            None,
            date(1995, 1, 1),
            ["Animation", "Comedy"],
            None,
            None,
            None,
        )

    def test_parquet_types(self, store: Store, tmp_path: Path):
        items = pl.DataFrame(
            {
                "item_id": [7, 8],
                "title": ["A", None],
                "released": [datetime(2020, 5, 6, 7), None],
                "genres": [["x", None, " y "], []],
                "seen": [True, None],
                "score": [1.5, float("nan")],
                "more": [{"a": [1]}, None],
            }
        )
        items.write_parquet(tmp_path / "items.parquet")
        import_files(store, "items", tmp_path / "items.parquet")
        assert store.items().select("item_id", "released", "categories").rows() == [
            ("7", date(2020, 5, 6), ["x", "y"]),
            ("8", None, []),
        ]
        assert json.loads(store.items()["attributes"][0]) == {
            "seen": True,
            "score": 1.5,
            "more": {"a": [1]},
        }
        assert store.items()["attributes"][1] is None

    def test_parquet_events_of_any_type(self, tmp_path: Path):
        moment = datetime(2020, 1, 1, 12, tzinfo=UTC)
        frame = pl.DataFrame(
            {
                "user_id": pl.Series(["a"]).cast(pl.Categorical),
                "item_id": pl.Series([5], dtype=pl.UInt16),
                "value": pl.Series([3], dtype=pl.Int8),
                "time": pl.Series([moment])
                .dt.convert_time_zone("Asia/Tokyo")
                .cast(pl.Datetime("ns", "Asia/Tokyo")),
            }
        )
        frame.write_parquet(tmp_path / "events.pq")
        assert read_events(tmp_path / "events.pq").rows() == [("a", "5", "view", 3.0, moment)]

    def test_json_lines_in_all_their_ways(self, tmp_path: Path):
        plain = '{"user": "a", "item": 12345678901234567890, "time": 5}\n'
        odd = '{"user": 7.0, "item": "\\ud83d\\ude00", "x": [1]}\n'
        assert read_events(write(tmp_path, plain, "e.jsonl")).rows() == [
            ("a", "12345678901234567890", "view", None, at(5))
        ]
        assert read_events(write(tmp_path, plain + odd, "e.json"))["item_id"].to_list() == [
            "12345678901234567890",
            "😀",
        ]

    @pytest.mark.parametrize(
        ("name", "pack"),
        [
            ("e.csv.gz", gzip.compress),
            ("e.csv.bz2", bz2.compress),
            ("e.csv.xz", lzma.compress),
            ("e.csv.zst", lambda data: pa.compress(data, codec="zstd", asbytes=True)),
            ("without_a_hint", gzip.compress),
            ("e.csv", lambda data: data),
        ],
    )
    def test_packings(self, tmp_path: Path, name: str, pack):
        rows = "".join(f"u{n},i{n}\n" for n in range(3_000))
        path = write(tmp_path, pack(("user,item\n" + rows).encode()), name)
        heard = []
        events = read_events(path, progress=lambda *said: heard.append(said))
        assert events["item_id"][-1] == "i2999"
        size = path.stat().st_size
        assert heard[0] == (0, size, f"reading {path}")
        assert heard[-1] == (size, size, f"reading {path}")

    def test_zip_with_one_file(self, tmp_path: Path):
        path = tmp_path / "e.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("folder/e.csv", "user,item\na,x\n")
            archive.writestr("__MACOSX/._e.csv", "junk")
        assert read_events(path).height == 1

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch):
        data = gzip.compress(b"user,item\na,x\n")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert read_events("-")["item_id"].to_list() == ["x"]
        assert not sys.stdin.buffer.closed

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
    def test_a_pipe_with_a_name(self, tmp_path: Path):
        path = tmp_path / "pipe"
        os.mkfifo(path)
        writer = Thread(target=path.write_bytes, args=(b"user,item\na,x\n",))
        writer.start()
        heard = []
        events = read_events(path, progress=lambda *said: heard.append(said))
        writer.join()
        assert events["item_id"].to_list() == ["x"]
        assert heard[-1] == (14, None, f"reading {path}")

    def test_globs_are_sorted_and_files_are_read_once(self, tmp_path: Path):
        (tmp_path / "deep").mkdir()
        write(tmp_path, "user,item\na,2\n", "b.csv")
        write(tmp_path, "user,item\na,1\n", "a.csv")
        write(tmp_path / "deep", "user,item\na,3\n", "c.csv")
        pattern = str(tmp_path / "**" / "*.csv")
        assert read_events(pattern)["item_id"].to_list() == ["1", "2", "3"]
        both = [tmp_path / "a.csv", str(tmp_path / "?.csv")]
        assert read_events(both)["item_id"].to_list() == ["1", "2"]

    def test_line_endings_and_a_missing_last_one(self, tmp_path: Path):
        for ending in ("\n", "\r\n", "\r"):
            path = write(tmp_path, ending.join(["", "user,item", "", "a,x", '"b","y"']))
            assert read_events(path)["item_id"].to_list() == ["x", "y"]


class TestCells:
    def test_times(self):
        noon = 1577880000_000000
        written = [
            "1577880000",
            "1577880000000",
            "1577880000000000",
            "1577880000000000000",
            "1577880000.0",
            "1.57788e9",
            "2020-01-01T12:00:00Z",
            "2020-01-01 12:00:00",
            "2020-01-01T12:00",
            "2020-01-01T14:00:00+02:00",
            "2020-01-01 14:00:00.000+0200",
            "2020-01-01 12:00:00 UTC",
            " 2020-01-01T12:00:00.000000 ",
            "20200101T120000",
            "2020-W01-3T12:00:00",
        ]
        assert to_microseconds(pl.Series(written)).to_list() == [noon] * len(written)
        assert to_microseconds(pl.Series(["-1", "0.5", "01 2, 1970"])).to_list() == [
            -1_000_000,
            500_000,
            86_400_000_000,
        ]
        wrong = ["", "soon", "nan", "inf", "1e300", "2020-13-01", "99999999999999999999"]
        assert to_microseconds(pl.Series(wrong)).null_count() == len(wrong)
        assert to_microseconds(pl.Series([1577880000, None])).to_list() == [noon, None]
        assert to_microseconds(pl.Series([1577880000.25])).to_list() == [noon + 250_000]
        assert to_microseconds(pl.Series([date(2020, 1, 1)])).to_list() == [noon - 43200_000000]
        assert to_microseconds(pl.Series([["no"]])).to_list() == [None]

    def test_dates(self):
        written = ["1995", "1995.0", "1995-01-01", "01-Jan-1995", "1 January 1995", "Jan 1, 1995"]
        assert set(to_dates(pl.Series(written))) == {date(1995, 1, 1)}
        assert to_dates(pl.Series([1995, None])).to_list() == [date(1995, 1, 1), None]
        assert to_dates(pl.Series(["788918400", "V", "95"])).to_list() == [
            date(1995, 1, 1),
            None,
            None,
        ]

    def test_lists_of_names(self):
        assert to_names("Action|Sci-Fi") == ["Action", "Sci-Fi"]
        assert to_names("Action, Drama ") == ["Action", "Drama"]
        assert to_names("Rock & Roll") == ["Rock & Roll"]
        assert to_names("a b", words=True) == ["a", "b"]
        assert to_names('["a", "b, c"]') == ["a", "b, c"]
        assert to_names("['a', 'b']") == ["a", "b"]
        assert to_names('[{"id": 28, "name": "Action"}]') == ["Action"]
        assert to_names("[unclosed|b") == ["[unclosed", "b"]
        assert to_names("(no genres listed)") == []
        assert to_names("") is None


@pytest.mark.skipif(not DATA.exists(), reason="the shared data sets are not here")
class TestRealFiles:
    def test_movielens(self, store: Store):
        small = DATA / "movielens-latest-small"
        assert import_files(store, "events", small / "ratings.csv").added == 100_836
        report = import_files(store, "items", small / "movies.csv")
        assert (report.added, report.updated, report.rejected) == (18, 9_724, 0)
        toy_story = store.items(["1"]).row(0, named=True)
        assert toy_story["title"] == "Toy Story (1995)"
        assert toy_story["categories"] == [
            "Adventure",
            "Animation",
            "Children",
            "Comedy",
            "Fantasy",
        ]
        report = import_files(store, "users", DATA / "movielens-1m" / "users.dat")
        assert (report.read, report.rejected) == (6_040, 0)

    def test_sequences(self):
        events = read_events(DATA / "movielens-1m" / "sasrec.txt.gz")
        assert events.height == 999_611
        assert events.n_unique("user_id") == 6_040
        assert events.n_unique("item_id") == 3_416
        beauty = read_events(DATA / "amazon-beauty" / "sequences.txt.gz")
        assert beauty.height == 198_502

    def test_films_with_json_in_csv_in_a_zip(self, store: Store):
        report = import_files(store, "items", DATA / "tmdb-films" / "tmdb_5000_movies.csv.zip")
        assert (report.read, report.rejected) == (4_803, 0)
        avatar = store.items(["19995"]).row(0, named=True)
        assert avatar["title"] == "Avatar"
        assert avatar["categories"] == ["Action", "Adventure", "Fantasy", "Science Fiction"]
        assert avatar["released"] == date(2009, 12, 10)


def test_users_without_a_store(tmp_path: Path):
    first = write(tmp_path, "user_id,age,country\nann,25-34,DE\nben,,\n,1,2\n", "one.csv")
    second = write(tmp_path, '{"user_id":"ann","age":30}\n', "two.jsonl")
    with pytest.warns(LimelightWarning, match="no user_id"):
        found = read_users([first, second])
    assert found.schema == USERS
    assert sorted(found.rows()) == [("ann", '{"age":30}'), ("ben", None)]
