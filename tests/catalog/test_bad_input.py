"""Whatever a file holds, the answer is rows or a sentence that a person can act on."""

import bz2
import gzip
import io
import json
import os
import sys
from pathlib import Path

import polars as pl
import pytest

from limelight.catalog import Store, import_files, open_store, read_events
from limelight.catalog.report import ImportReport
from limelight.errors import BadInputError, CorruptError, LimelightWarning, UnavailableError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


@pytest.fixture
def store(tmp_path: Path):
    with open_store(tmp_path / "store.db") as opened:
        yield opened


def write(folder: Path, content: str | bytes, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def bad(report: ImportReport) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in report.examples]


class TestBadRows:
    def test_each_bad_row_is_named_with_its_line_and_reason(self, store: Store, tmp_path: Path):
        path = write(
            tmp_path,
            "user,item,rating,time\n"  # 1
            "a,x,5,100\n"
            ",x,5,100\n"  # 3
            "a,,5,100\n"
            "a,x,lots,100\n"  # 5
            "a,x,NaN,100\n"
            "a,x,inf,100\n"  # 7
            "a,x,5,yesterday\n"
            "a,x,5\n"  # 9
            "a,x,5,100,6\n"
            "\n"  # 11
            "nan,x,5,100\n"
            f"{'u' * 513},x,5,100\n"  # 13
            "a\x01b,x,5,100\n"
            "-7,-8,-1,-100\n",  # 15
        )
        rejects = tmp_path / "bad.csv"
        report = import_files(store, "events", path, rejects=rejects)
        assert (report.read, report.added, report.rejected) == (13, 2, 11)
        assert sorted(bad(report)) == [
            (3, "no user_id"),
            (4, "no item_id"),
            (5, "value is no finite number"),
            (6, "value is no finite number"),
            (7, "value is no finite number"),
            (8, "time is neither a number since 1970 nor an ISO date"),
            (9, "3 fields instead of 4"),
            (10, "5 fields instead of 4"),
            (12, "no user_id"),
            (13, "user_id is longer than 512 bytes"),
            (14, "user_id holds a control character"),
        ]
        assert (
            "11 of 13 rows are bad: 3 × value is no finite number (lines 5, 6, 7)" in report.why()
        )
        written = pl.read_csv(rejects)
        assert written.columns == ["file", "line", "reason", "text"]
        assert written["line"].to_list() == [3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14]
        assert written.row(0) == (str(path), 3, "no user_id", ",x,5,100")
        assert store.events("-7")["item_id"].to_list() == ["-8"]

    def test_the_rejects_file_can_be_json_lines(self, store: Store, tmp_path: Path):
        path = write(tmp_path, 'user,item,rating\na,"x,y","5\n')
        rejects = tmp_path / "bad.jsonl"
        import_files(store, "events", path, rejects=rejects)
        assert json.loads(rejects.read_text(encoding="utf-8")) == {
            "file": str(path),
            "line": 2,
            "reason": "a quotation mark is opened and not closed",
            "text": 'a,"x,y","5',
        }

    def test_no_rejects_no_file(self, store: Store, tmp_path: Path):
        import_files(store, "events", write(tmp_path, "user,item\na,x\n"), rejects=tmp_path / "r")
        assert not (tmp_path / "r").exists()

    def test_a_rejects_file_that_cant_be_written(self, store: Store, tmp_path: Path):
        path = write(tmp_path, "user,item\n,x\n")
        with pytest.raises(UnavailableError, match="rejected rows can't be written to"):
            import_files(store, "events", path, rejects=tmp_path / "none" / "r.csv")

    def test_the_rejects_file_is_not_the_file_itself(self, store: Store, tmp_path: Path):
        path = write(tmp_path, "user,item\n,x\n")
        with pytest.raises(BadInputError, match="write the rejected rows to another file"):
            import_files(store, "events", path, rejects=tmp_path / "." / "events.csv")
        assert path.read_text(encoding="utf-8") == "user,item\n,x\n"

    def test_lines_are_right_in_later_blocks(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("limelight.catalog.formats.lines.BLOCK_BYTES", 64)
        rows = [f"u{n},i{n},{n}" for n in range(2, 200)]
        for line in (50, 51, 150):
            rows[line - 2] = f"u{line},i{line}"
        for line in (70, 170):
            rows[line - 2] = f"u{line},i{line},none"
        for ending in ("\n", "\r\n", "\r"):
            path = write(tmp_path, ending.join(["user,item,value", *rows]))
            report = import_files(store, "events", path, rejects=tmp_path / "bad.csv")
            assert (report.read, report.rejected) == (198, 5)
            written = pl.read_csv(tmp_path / "bad.csv")
            assert written["line"].to_list() == [50, 51, 70, 150, 170]
            assert written["text"].to_list()[2] == "u70,i70,none"

    def test_a_stray_quote_swallows_no_other_line(self, store: Store, tmp_path: Path):
        lines = ["user,item,kind", "a,x,view", '"b,y,view', 'c,"z",view', 'd,12" disc,view']
        report = import_files(store, "events", write(tmp_path, "\n".join(lines) + "\n"))
        assert bad(report) == [(3, "a quotation mark is opened and not closed")]
        assert store.events()["item_id"].to_list() == ["x", "z", '12" disc']

    def test_quoted_fields_may_hold_newlines_in_titles(self, store: Store, tmp_path: Path):
        text = 'id,title,text\n1,"One, two","a ""b""\n\nc"\n2,"bad\n3,Three,d\n4,Four\n'
        report = import_files(store, "items", write(tmp_path, text))
        assert bad(report) == [(5, "2 fields instead of 3"), (7, "2 fields instead of 3")]
        assert store.items()["text"].to_list() == ['a "b"\n\nc', "d"]
        assert store.items()["title"].to_list() == ["One, two", "Three"]

    def test_a_row_of_a_million_fields(self, store: Store, tmp_path: Path):
        path = write(tmp_path, "user,item\na,x\n" + "," * 999_999 + "\nb,y\n")
        report = import_files(store, "events", path)
        assert bad(report) == [(3, "1,000,000 fields instead of 2")]
        assert report.added == 2

    def test_an_id_described_twice(self, store: Store, tmp_path: Path):
        path = write(tmp_path, "id,title\n1,One\n2,Two\n1,Uno\n2,Two\n1,Eins\n")
        report = import_files(store, "items", path)
        assert (report.added, report.unchanged, report.rejected) == (2, 1, 2)
        assert bad(report) == [
            (4, "the id of line 2 with other values"),
            (6, "the id of line 2 with other values"),
        ]
        assert store.items()["title"].to_list() == ["One", "Two"]

    def test_titles_with_bad_cells(self, store: Store, tmp_path: Path):
        path = write(
            tmp_path,
            '{"id": 1, "year": "soon"}\n'
            '{"id": 2, "attributes": [1]}\n'
            '{"id": 3, "title": "a\\u0000b"}\n'
            '{"id": 4, "title": "\\ud800"}\n'
            '{"id": 5, "score": NaN}\n'
            '["id", 6]\n'
            '{"id": 7\n'
            '{"id": 8, "title": "good", "score": 1.5, "tags": {"a": [1]}}\n',
            "items.jsonl",
        )
        report = import_files(store, "items", path)
        assert [line for line, _ in sorted(bad(report))] == [1, 2, 3, 4, 5, 6, 7]
        assert dict(bad(report)) == {
            1: "released is neither a date nor a year",
            2: "attributes is no JSON object",
            3: "title holds a NUL character",
            4: "half a character (a lone surrogate)",
            5: "not JSON",
            6: "not a JSON object",
            7: "not JSON",
        }
        assert store.items()["attributes"].to_list() == ['{"score":1.5,"tags":{"a":[1]}}']

    def test_json_events_with_bad_lines(self, store: Store, tmp_path: Path):
        path = write(
            tmp_path,
            '{"user": "a", "item": 1, "rating": 4.5, "time": 100}\n'
            "\n"
            '{"user": {"id": "a"}, "item": 1}\n'
            "{broken\n"
            '{"user": 2, "item": 1.0}\n'
            '{"item": 3}\n',
            "events.jsonl",
        )
        report = import_files(store, "events", path)
        assert sorted(bad(report)) == [
            (3, "user is neither text nor a number"),
            (4, "not JSON"),
            (6, "no user_id"),
        ]
        assert store.events().select("user_id", "item_id", "value").rows() == [
            ("2", "1", None),
            ("a", "1", 4.5),
        ]

    def test_parquet_rows_are_named_by_their_number(self, store: Store, tmp_path: Path):
        path = tmp_path / "events.parquet"
        frame = pl.DataFrame(
            {"user_id": [1.0, None, 2.0], "item_id": [7, 8, 9], "value": [1.0] * 3}
        )
        frame.with_columns(value=pl.Series([1.0, 2.0, float("nan")])).write_parquet(path)
        report = import_files(store, "events", path)
        assert bad(report) == [(2, "no user_id"), (3, "value is no finite number")]
        assert report.examples[0].text == '{"user_id": null, "item_id": 8, "value": 2.0}'
        assert store.events()["user_id"].to_list() == ["1"]

    def test_a_sequence_without_titles(self, store: Store, tmp_path: Path):
        path = write(tmp_path, "1 10 20 10\n2\n3 30\n", "sequences.txt")
        report = import_files(store, "events", path, format="sequences")
        assert bad(report) == [(2, "a user without a title")]
        assert store.events("1")["item_id"].to_list() == ["10", "20", "10"]

    def test_reading_without_a_store_warns_of_bad_rows(self, tmp_path: Path):
        path = write(tmp_path, "user,item\na,x\n,x\n")
        with pytest.warns(LimelightWarning, match=r"left out, 1 of 2 rows are bad: 1 × no user_id"):
            assert read_events(path).height == 1
        with pytest.raises(BadInputError, match="is refused: 1 of 2 rows"):
            read_events(path, strict=True)


class TestEncodings:
    text = "user,item\nJosé,Amélie\n李,影\n"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
    def test_unicode_is_recognised(self, tmp_path: Path, encoding: str):
        events = read_events(write(tmp_path, self.text.encode(encoding)))
        assert events.select("user_id", "item_id").rows() == [("José", "Amélie"), ("李", "影")]

    @pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
    def test_legacy_text_is_read_and_said_so(self, tmp_path: Path, encoding: str):
        path = write(tmp_path, "user,item\nplain,x\nJosé,Amélie\n".encode(encoding))
        with pytest.warns(LimelightWarning, match=r"not UTF-8; read as Windows-1252 \(Latin-1\)"):
            events = read_events(path)
        assert events["item_id"].to_list() == ["x", "Amélie"]

    def test_bytes_without_a_meaning_in_windows(self, store: Store, tmp_path: Path):
        report = import_files(store, "items", write(tmp_path, b"id,title\n1,\xe9\x81\n"))
        assert "Windows-1252" in report.notes[0]
        assert store.items()["title"].to_list() == ["é\x81"]

    def test_an_encoding_can_be_said(self, tmp_path: Path):
        path = write(tmp_path, self.text.replace("é", "e").encode("gb18030"))
        assert read_events(path, encoding="gb18030")["user_id"].to_list() == ["Jose", "李"]
        with pytest.raises(BadInputError, match="is not utf-16"):
            read_events(path, encoding="utf-16")
        with pytest.raises(BadInputError, match="there is no encoding 'klingon'"):
            read_events(path, encoding="klingon")

    def test_a_broken_line_among_unicode_is_one_bad_row(self, store: Store, tmp_path: Path):
        path = write(tmp_path, self.text.encode() + b"Jos\xe9,x\nz,y\n")
        report = import_files(store, "events", path)
        assert bad(report) == [(4, "not valid UTF-8")]
        assert report.examples[0].text == "Jos\\xe9,x"
        assert report.added == 3


class TestFilesThatAreNoTables:
    @pytest.mark.parametrize(
        ("content", "name", "sentence"),
        [
            (b"", "events.csv", "is empty"),
            (b"\n\n \n", "events.csv", "is empty"),
            (b"\xef\xbb\xbf", "events.csv", "is empty"),
            (gzip.compress(b"", mtime=0), "events.csv.gz", "is empty"),
            (PNG, "events.csv", "is no table but a PNG picture"),
            (PNG, "events.parquet", "is no table but a PNG picture"),
            (gzip.compress(PNG, mtime=0), "events.csv.gz", "is no table but a PNG picture"),
            (
                gzip.compress(gzip.compress(b"user,item\n", mtime=0), mtime=0),
                "e.csv.gz",
                "is packed twice",
            ),
            (b"user,item\na,x\n", "e.csv.gz", "called .gz but is not packed with gzip"),
            (b"user,item\na,x\n", "e.zst", "called .zst but is not packed with zstd"),
            (b"user,item\na,x\n", "e.parquet", "called Parquet but is not"),
            (b"PAR1" + b"x" * 100, "e.parquet", "damaged or cut off and can't be read as Parquet"),
            (b"<html><body>404</body></html>", "e.csv", "is no table but a web page"),
            (b"[{}]", "e.json", "is one JSON array; write one object a line"),
            (b"a\x00b\x00,\x00c\x00\n\x00" * 20, "e.csv", "holds NUL bytes"),
            (b"PK\x03\x04garbage", "e.zip", "can't be unpacked"),
            (b"(" * 100, "e.csv", r"no column looks like user_id or item_id among \({40}…"),
        ],
    )
    def test_is_said_what_it_is(self, tmp_path: Path, content: bytes, name: str, sentence: str):
        path = write(tmp_path, content, name)
        with pytest.raises(BadInputError, match=sentence) as caught:
            read_events(path)
        assert str(path) in str(caught.value)

    @pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
    def test_a_file_cut_off_imports_nothing(self, store: Store, tmp_path: Path, pack):
        rows = "".join(f"u{n * 7919 % 10007},i{n * 104729 % 1009}\n" for n in range(20_000))
        packed = pack(("user,item\n" + rows).encode())
        path = write(tmp_path, packed[: len(packed) // 2], "events.csv.packed")
        with pytest.raises(BadInputError, match="is damaged or cut off: after"):
            import_files(store, "events", path)
        assert store.counts() == {"users": 0, "items": 0, "events": 0}

    def test_parquet_cut_off_or_damaged_inside_imports_nothing(self, store: Store, tmp_path: Path):
        path = tmp_path / "events.parquet"
        frame = pl.DataFrame({"user": [f"u{n}" for n in range(5_000)], "item": ["x"] * 5_000})
        frame.write_parquet(path)
        content = path.read_bytes()
        damaged = content[:4] + b"\xff" * 200 + content[204:]
        for broken in (content[: len(content) // 2], damaged):
            path.write_bytes(broken)
            with pytest.raises(BadInputError, match="damaged or cut off"):
                import_files(store, "events", path)
        assert store.counts()["events"] == 0

    def test_a_header_of_a_million_columns(self, tmp_path: Path):
        path = write(tmp_path, ",".join(f"c{n}" for n in range(1_000_000)) + "\n")
        with pytest.raises(BadInputError, match=r"first line has 1,000,000 columns"):
            read_events(path)

    def test_missing_columns_are_named(self, tmp_path: Path):
        path = write(tmp_path, "person,thing,when\n" + "a,b,c\n")
        with pytest.raises(
            BadInputError,
            match=r"no column looks like user_id or item_id among person, thing, when; .*"
            "user_id=COLUMN",
        ):
            read_events(path)
        with pytest.raises(BadInputError, match="no column 'whom' to read user_id from; it has"):
            read_events(path, mapping={"user_id": "whom", "item_id": "thing"})
        with pytest.raises(BadInputError, match="events have no field 'stars'; they have user_id"):
            read_events(path, mapping={"stars": "thing"})

    def test_paths_that_are_no_files(self, tmp_path: Path):
        for source, sentence in [
            (tmp_path, "is a folder; name files in it"),
            (tmp_path / "none.csv", "there is no file"),
            (tmp_path / "*.csv", "no file matches"),
            ([], "no files are named"),
            ("", "name is empty"),
        ]:
            with pytest.raises(BadInputError, match=sentence):
                read_events(source)

    @pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may read every file"
    )
    def test_an_unreadable_file(self, tmp_path: Path):
        path = write(tmp_path, "user,item\n")
        path.chmod(0)
        with pytest.raises(UnavailableError, match="can't be read: Permission denied"):
            read_events(path)

    def test_reading_that_fails_is_explained(self, tmp_path: Path, monkeypatch):
        def refuse(*_args, **_kwargs):
            raise PermissionError(13, "Permission denied")

        path = write(tmp_path, "user,item\n")
        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(UnavailableError, match=r"events.csv can't be read: Permission denied"):
            read_events(path)

    def test_standard_input_can_be_damaged_too(self, monkeypatch):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
        with pytest.raises(BadInputError, match="standard input is empty"):
            read_events("-")

    def test_names_of_tables_and_formats(self, store: Store, tmp_path: Path):
        path = write(tmp_path, "user,item\n")
        with pytest.raises(BadInputError, match="no table 'films'; say items, users or events"):
            import_files(store, "films", path)
        with pytest.raises(BadInputError, match="no format 'xlsx'; say csv, tsv"):
            read_events(path, format="xlsx")


class TestStores:
    def test_a_path_may_hold_any_character(self, tmp_path: Path):
        path = tmp_path / "a folder?" / "100% #1 é.db"
        with open_store(path) as store:
            assert store.counts()["events"] == 0
        with open_store(str(path)) as store:
            assert store.place == str(path)
        assert path.exists()

    def test_places_that_cant_be_a_store(self, tmp_path: Path):
        (tmp_path / "text.db").write_text("not a database at all " * 100, encoding="utf-8")
        for place, sentence in [
            (tmp_path, "is a folder; name a file"),
            (tmp_path / "text.db", "is not a store of Limelight but some other file"),
            (tmp_path / "text.db" / "store.db", "can't be made"),
            ("sqlite://", "a store needs a file"),
            ("mysql://localhost/x", "can't be kept in 'mysql'"),
            ("://", "that is no store"),
        ]:
            with pytest.raises((BadInputError, UnavailableError, CorruptError), match=sentence):
                open_store(place)

    def test_a_server_that_is_not_there(self):
        pytest.importorskip("psycopg")
        with pytest.raises(UnavailableError, match="can't be used") as caught:
            open_store("postgresql://somebody:secret@127.0.0.1:9/none")
        assert "secret" not in str(caught.value)
