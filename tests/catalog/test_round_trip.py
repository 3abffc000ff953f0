"""Whatever a store may hold comes back from an export as it was."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.catalog import export_store, import_export, import_frame, open_store
from limelight.catalog.ids import MISSING
from limelight.catalog.vocabulary import EVENTS, ITEMS, USERS
from limelight.errors import BadInputError

words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)
ids = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=6)
    .map(str.strip)
    .filter(
        lambda text: text.lower() not in MISSING and text == pl.Series([text]).str.strip_chars()[0]
    )
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
attributes = st.dictionaries(words, st.none() | st.booleans() | numbers | words | st.integers())
items = st.lists(
    st.tuples(
        ids,
        st.none() | words,
        st.none() | ids.map(str.lower),
        st.none() | st.dates(min_value=date(1, 1, 1)),
        st.none() | st.lists(words.map(str.strip).filter(bool), max_size=3),
        st.none() | words,
        st.none() | ids,
        st.none() | attributes.map(json.dumps),
    ),
    max_size=6,
    unique_by=lambda row: row[0],
)
users = st.lists(
    st.tuples(ids, st.none() | attributes.map(json.dumps)), max_size=4, unique_by=lambda row: row[0]
)
moments = st.datetimes(
    min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)
)
events = st.lists(
    st.tuples(
        st.sampled_from("abc") | ids,
        st.sampled_from("xyz") | ids,
        st.sampled_from(["play", "skip"]) | ids.map(str.lower),
        st.none() | numbers,
        st.none() | moments | st.just(datetime(2020, 1, 1, tzinfo=UTC)),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(items=items, users=users, events=events)
def test_export_and_import_without_loss(items: list, users: list, events: list):
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        with open_store(place / "one.db") as one, open_store(place / "two.db") as two:
            import_frame(one, "events", pl.DataFrame(events, schema=EVENTS, orient="row"))
            import_frame(one, "items", pl.DataFrame(items, schema=ITEMS, orient="row"))
            import_frame(one, "users", pl.DataFrame(users, schema=USERS, orient="row"))
            export_store(one, place / "export")
            import_export(two, place / "export")
            assert two.items().equals(one.items())
            assert two.users().equals(one.users())
            assert two.events().equals(one.events())
            assert one.events().height <= len(events)
            state = two.fingerprint()
            import_export(two, place / "export")
            assert two.fingerprint() == state


def test_a_file_is_no_folder_to_export_to(tmp_path: Path):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    with (
        open_store(tmp_path / "store.db") as store,
        pytest.raises(BadInputError, match="is a file; name a folder"),
    ):
        export_store(store, tmp_path / "taken")
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"
