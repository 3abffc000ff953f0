"""One contract, kept by SQLite and by PostgreSQL alike."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from limelight.catalog import (
    Store,
    export_store,
    import_export,
    import_files,
    import_frame,
    open_store,
)
from limelight.catalog.migrations import VERSION_TABLE
from limelight.catalog.schema import metadata
from limelight.catalog.vocabulary import EVENTS, ITEMS, USERS
from limelight.errors import BadInputError


def csv(folder: Path, text: str, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def changes(report) -> tuple[int, int, int, int]:
    assert report.read == report.added + report.updated + report.unchanged + report.rejected
    return report.added, report.updated, report.unchanged, report.rejected


TIMED = "user,item,rating,timestamp\na,x,4,100\nb,y,5,50\na,y,3,100\n"


class TestStoreContract:
    def test_a_new_store_is_empty(self, store: Store):
        assert store.counts() == {"users": 0, "items": 0, "events": 0}
        assert store.items().schema == ITEMS
        assert store.users().schema == USERS
        assert store.events().schema == EVENTS
        assert store.events("nobody").is_empty()
        assert list(store.event_batches()) == []

    def test_events_come_in_the_order_of_time_then_arrival(self, store: Store, tmp_path: Path):
        report = import_files(store, "events", csv(tmp_path, TIMED))
        assert changes(report) == (3, 0, 0, 0)
        assert store.events().schema == EVENTS
        assert store.events().rows() == [
            ("b", "y", "rating", 5.0, datetime(1970, 1, 1, 0, 0, 50, tzinfo=UTC)),
            ("a", "x", "rating", 4.0, datetime(1970, 1, 1, 0, 1, 40, tzinfo=UTC)),
            ("a", "y", "rating", 3.0, datetime(1970, 1, 1, 0, 1, 40, tzinfo=UTC)),
        ]
        assert store.events("a")["item_id"].to_list() == ["x", "y"]
        assert pl.concat(store.event_batches())["user_id"].to_list() == ["a", "b", "a"]

    def test_the_newest_events_alone(self, store: Store, tmp_path: Path):
        assert store.events(within=timedelta(days=1)).is_empty()
        import_files(store, "events", csv(tmp_path, "user,item\na,x\n", "untimed.csv"))
        assert store.events(within=timedelta(days=1)).is_empty()
        import_files(store, "events", csv(tmp_path, TIMED))
        assert store.events(within=timedelta(seconds=49))["user_id"].to_list() == ["a", "a"]
        assert store.events(within=timedelta(seconds=50))["user_id"].to_list() == ["b", "a", "a"]
        assert store.events("b", within=timedelta(seconds=49)).is_empty()
        assert store.events(within=timedelta.max).height == 3

    def test_unknown_users_and_titles_get_bare_rows(self, store: Store, tmp_path: Path):
        import_files(store, "events", csv(tmp_path, TIMED))
        assert store.users().rows() == [("a", None), ("b", None)]
        assert store.items()["item_id"].to_list() == ["x", "y"]
        assert store.counts() == {"users": 2, "items": 2, "events": 3}

    def test_the_same_file_twice_changes_nothing(self, store: Store, tmp_path: Path):
        path = csv(tmp_path, TIMED)
        import_files(store, "events", path)
        before, fingerprint = store.events(), store.fingerprint()
        assert changes(import_files(store, "events", path)) == (0, 0, 3, 0)
        assert store.events().equals(before)
        assert store.fingerprint() == fingerprint

    def test_a_later_value_replaces_the_earlier(self, store: Store, tmp_path: Path):
        import_files(store, "events", csv(tmp_path, TIMED))
        later = TIMED.replace("a,x,4", "a,x,1")
        assert changes(import_files(store, "events", csv(tmp_path, later))) == (0, 1, 2, 0)
        assert store.events("a")["value"].to_list() == [1.0, 3.0]

    def test_an_event_said_twice_in_a_file_is_one_and_the_last_value_counts(
        self, store: Store, tmp_path: Path
    ):
        path = csv(tmp_path, "user,item,rating,time\na,x,1,9\na,y,1,9\na,x,2,9\na,x,2,9\n")
        assert changes(import_files(store, "events", path)) == (2, 0, 2, 0)
        assert changes(import_files(store, "events", path)) == (0, 0, 4, 0)
        assert store.events().select("item_id", "value").rows() == [("x", 2.0), ("y", 1.0)]

    def test_events_without_times_are_counted_within_their_file(self, store: Store, tmp_path: Path):
        path = csv(tmp_path, "user,item\na,x\na,y\na,x\n")
        assert changes(import_files(store, "events", path)) == (3, 0, 0, 0)
        assert changes(import_files(store, "events", path)) == (0, 0, 3, 0)
        longer = csv(tmp_path, "user,item\na,x\na,y\na,x\na,z\na,x\n")
        assert changes(import_files(store, "events", longer)) == (2, 0, 3, 0)
        assert store.events()["item_id"].to_list() == ["x", "y", "x", "z", "x"]
        assert store.events()["time"].null_count() == 5

    def test_chunks_make_no_difference(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        text = "user,item,value,time\n" + "".join(
            f"u{n % 3},i{n % 5},{n},{'' if n % 2 else n % 7 + 1}\n" for n in range(200)
        )
        path = csv(tmp_path, text)
        with open_store(tmp_path / "whole.db") as whole:
            report = import_files(whole, "events", path)
            expected = whole.events()
        monkeypatch.setattr("limelight.catalog.event_writing.ROWS_A_CHUNK", 20)
        monkeypatch.setattr("limelight.catalog.formats.lines.BLOCK_BYTES", 600)
        assert import_files(store, "events", path).added == report.added
        assert store.events().equals(expected)

    def test_titles_are_merged_cell_by_cell(self, store: Store, tmp_path: Path):
        import_files(store, "events", csv(tmp_path, "user,item\na,x\n"))
        first = "id,title,genres,year,studio\nx,The X,A|B,1999,Z\ny,Why,,,\n"
        items = csv(tmp_path, first, "items.csv")
        assert changes(import_files(store, "items", items)) == (1, 1, 0, 0)
        assert changes(import_files(store, "items", items)) == (0, 0, 2, 0)
        more = csv(tmp_path, "id,title,overview,country\nx,,About X,FR\n", "more.csv")
        assert changes(import_files(store, "items", more, kind="film")) == (0, 1, 0, 0)
        assert store.items(["x"]).rows() == [
            (
                "x",
                "The X",
                "film",
                date(1999, 1, 1),
                ["A", "B"],
                "About X",
                None,
                '{"country":"FR","studio":"Z"}',
            )
        ]
        assert store.items(["y", "nothing"])["title"].to_list() == ["Why"]
        assert store.items()["item_id"].to_list() == ["x", "y"]

    def test_users_keep_what_is_said_of_them(self, store: Store, tmp_path: Path):
        path = csv(tmp_path, "userId,age,city\n1,33,Łódź\n2,,\n")
        assert changes(import_files(store, "users", path)) == (2, 0, 0, 0)
        assert changes(import_files(store, "users", path)) == (0, 0, 2, 0)
        assert store.users().rows() == [("1", '{"age":"33","city":"Łódź"}'), ("2", None)]

    def test_strict_refuses_the_whole_file(self, store: Store, tmp_path: Path):
        import_files(store, "events", csv(tmp_path, TIMED))
        before, fingerprint = store.events(), store.fingerprint()
        bad = csv(tmp_path, "user,item,rating,time\nc,z,1,1\nc,z,many,2\n", "bad.csv")
        with pytest.raises(BadInputError, match=r"1 of 2 rows are bad: 1 × value .* \(line 3\)"):
            import_files(store, "events", bad, strict=True)
        assert store.events().equals(before)
        assert store.counts() == {"users": 2, "items": 2, "events": 3}
        assert store.fingerprint() == fingerprint

    def test_interruption_leaves_nothing_half_done(self, store: Store, tmp_path: Path):
        import_files(store, "events", csv(tmp_path, TIMED))
        before = store.events()
        path = csv(tmp_path, "user,item\nc,z\n", "more.csv")
        heard = []

        def stop_while_writing(done: float, total: float | None, message: str) -> None:
            heard.append((done, total, message))
            if message == "writing events" and done:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            import_files(store, "events", path, progress=stop_while_writing)
        size = path.stat().st_size
        assert heard[0] == (0, size, f"reading {path}")
        assert (size, size, f"reading {path}") in heard
        assert heard[-1] == (1, 1, "writing events")
        assert store.events().equals(before)
        assert store.counts() == {"users": 2, "items": 2, "events": 3}
        assert changes(import_files(store, "events", path)) == (1, 0, 0, 0)

    def test_the_fingerprint_tells_states_apart_and_machines_not(
        self, store: Store, tmp_path: Path
    ):
        contents = (TIMED, TIMED.replace("a,x,4", "a,x,1"), "user,item\nq,x\n")
        files = [csv(tmp_path, content, f"{n}.csv") for n, content in enumerate(contents)]
        seen = {store.fingerprint()}
        for file in files:
            import_files(store, "events", file)
            seen.add(store.fingerprint())
        assert len(seen) == 4
        with open_store(tmp_path / "other.db") as other:
            import_files(other, "events", files)
            assert other.fingerprint() == store.fingerprint()

    def test_a_store_is_reopened_as_it_was(self, store_url: str, tmp_path: Path):
        with open_store(store_url) as store:
            import_files(store, "events", csv(tmp_path, TIMED))
            before = store.events()
        with open_store(store_url) as store:
            assert store.events().equals(before)
            assert changes(import_files(store, "events", csv(tmp_path, TIMED))) == (0, 0, 3, 0)

    def test_export_and_back_is_without_loss(self, store: Store, tmp_path: Path):
        items = 'id,title,genres,released,x\nx,"A ""b"",\nc",A|B,2001-02-03,1\n,bad,,,\n'
        import_files(store, "items", csv(tmp_path, items, "items.csv"))
        import_files(store, "users", csv(tmp_path, "id,age\nq,3\n", "users.csv"))
        import_files(store, "events", csv(tmp_path, TIMED))
        import_files(store, "events", csv(tmp_path, "user,item\na,x\na,x\n", "plays.csv"))
        files = export_store(store, tmp_path / "export")
        assert sorted(path.name for path in (tmp_path / "export").iterdir()) == sorted(
            path.name for path in files.values()
        )
        with open_store(tmp_path / "back.db") as back:
            import_export(back, tmp_path / "export")
            assert back.items().equals(store.items())
            assert back.users().equals(store.users())
            assert back.events().equals(store.events())
        again = import_export(store, tmp_path / "export")
        assert all(report.added + report.updated == 0 for report in again.values())

    def test_odd_text_is_kept_as_it_is(self, store: Store):
        titles = [
            "\\.",
            "\\N",
            "NULL",
            ' "q" ',
            "a\nb",
            "a\tb",
            "a,b",
            "'",
            "100%",
            "李😀",
            "\u2028",
            None,
        ]
        frame = pl.DataFrame({"item_id": [f"{n}\\." for n in range(len(titles))], "title": titles})
        frame = frame.with_columns(attributes=pl.lit('{"\\u0000":"\\\\"}'))
        import_frame(store, "items", frame)
        assert store.items()["title"].to_list() == titles
        assert store.items()["item_id"].to_list() == frame["item_id"].to_list()
        assert store.items()["attributes"][0] == '{"\\u0000":"\\\\"}'
        assert changes(import_frame(store, "items", frame)) == (0, 0, len(titles), 0)
        changed = frame.with_columns(title=pl.lit("\\."))
        assert changes(import_frame(store, "items", changed)) == (0, len(titles) - 1, 1, 0)

    def test_tables_in_memory_are_imported_whole_or_not_at_all(self, store: Store):
        good = pl.DataFrame({"item_id": ["x"], "categories": [["A"]], "released": [date(1, 1, 1)]})
        assert changes(import_frame(store, "items", good)) == (1, 0, 0, 0)
        assert store.items()["released"].to_list() == [date(1, 1, 1)]
        bad = pl.DataFrame({"user_id": ["a", None], "item_id": ["x", "x"]})
        with pytest.raises(BadInputError, match=r"1 of 2 rows are bad: 1 × no user_id \(line 2\)"):
            import_frame(store, "events", bad)
        assert store.counts()["events"] == 0

    def test_the_migrations_make_the_schema(self, store_url: str):
        open_store(store_url).close()
        engine = create_engine(store_url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
            )
            assert compare_metadata(context, metadata) == []
        engine.dispose()

    def test_a_store_of_a_newer_limelight_is_refused(self, store_url: str):
        open_store(store_url).close()
        engine = create_engine(store_url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
        engine.dispose()
        with pytest.raises(BadInputError, match=r"written by a newer Limelight \(schema 9999\)"):
            open_store(store_url)

    def test_another_programs_database_is_refused(self, store_url: str):
        engine = create_engine(store_url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE orders (id INTEGER)"))
        engine.dispose()
        with pytest.raises(BadInputError, match=r"tables of another program \(orders\)"):
            open_store(store_url)
