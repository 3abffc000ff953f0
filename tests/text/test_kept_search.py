"""The search that is kept in a file: the same answers, and never those of an older catalogue."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from limelight.catalog import Store, describe_items, import_frame, open_store
from limelight.errors import BadInputError, NotFoundError
from limelight.text import kept_search as module
from limelight.text.embed import TfIdf
from limelight.text.kept_search import kept_search
from limelight.text.rounded import Rounded
from limelight.text.titles import ATTRIBUTE, embed_titles, rounded_of, searching

TITLES = {
    "a|1": ("Alien", "The crew of a spaceship is hunted."),
    "g": ("The Godfather", "The head of a crime family hands over."),
    "流": ("流浪地球", "太阳即将毁灭。"),
}


def add(store: Store, **titles: tuple[str, str]) -> None:
    rows = [(item_id, *told) for item_id, told in titles.items()]
    schema = ["item_id", "title", "text"]
    import_frame(store, "items", pl.DataFrame(rows, schema=schema, orient="row"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.db") as opened:
        add(opened, **TITLES)
        yield opened


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many titles were made ready, each time that they were."""
    times: list[int] = []

    def counting(items: pl.DataFrame, vectors: Rounded | None = None) -> object:
        times.append(len(items))
        return searching(items, vectors)

    monkeypatch.setattr(module, "searching", counting)
    return times


def test_what_is_kept_answers_as_what_was_made(
    store: Store, tmp_path: Path, made: list[int]
) -> None:
    file = tmp_path / "home" / "search.safetensors"
    embedder = TfIdf(dimensions=2)
    embed_titles(store, embedder)
    first_ids, first = kept_search(store, file)
    ids, search = kept_search(store, file)
    assert made == [3]
    assert set(ids) == set(TITLES)
    assert ids == first_ids
    assert search.vectors is not None
    assert search.vectors.dimensions == 2
    for query in ("teh godfahter", "alein", "流浪地求", "spaceship crew"):
        (vector,) = embedder.vectors([query])
        assert search.find(query, 3, vector) == first.find(query, 3, vector)
        assert search.corrections(query) == first.corrections(query)
    assert ids[search.find("流浪地求", 1)[0].row] == "流"


def test_a_changed_catalogue_is_made_ready_again(
    store: Store, tmp_path: Path, made: list[int]
) -> None:
    file = tmp_path / "search.safetensors"
    assert kept_search(store, file)[1].find("xenomorph") == []
    add(store, x=("Xenomorph", "Another."))
    ids, search = kept_search(store, file)
    assert ids[search.find("xenomorph")[0].row] == "x"
    assert made == [3, 4]


def test_an_import_of_events_makes_nothing_anew(
    store: Store, tmp_path: Path, made: list[int]
) -> None:
    file = tmp_path / "search.safetensors"
    kept_search(store, file)
    events = {"user_id": ["u"], "item_id": ["g"], "time": [1_700_000_000]}
    import_frame(store, "events", pl.DataFrame(events))
    ids, search = kept_search(store, file)
    assert ids[search.find("godfather")[0].row] == "g"
    assert made == [3]
    before = file.stat().st_mtime_ns
    kept_search(store, file)
    assert file.stat().st_mtime_ns == before


def test_after_a_change_search_is_what_it_would_be_anew(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "search.safetensors"
    embed_titles(store, TfIdf(dimensions=2))
    kept_search(store, file)
    read: list[int] = []

    def counting(items: pl.DataFrame) -> object:
        read.append(len(items))
        return rounded_of(items)

    monkeypatch.setattr(module, "rounded_of", counting)
    add(store, x=("Xenomorph", "Another."), g=("The Godfather", "A son inherits an empire."))
    describe_items(store, {"x": {ATTRIBUTE: [0.6, 0.8]}})
    ids, search = kept_search(store, file)
    assert read == [2]
    anew_ids, anew = kept_search(store, tmp_path / "anew.safetensors")
    assert ids == anew_ids
    vector = np.array([0.6, 0.8], np.float32)
    for query in ("empire", "xenomrph", "alein", "太阳毁灭"):
        assert search.find(query, 4, vector) == anew.find(query, 4, vector)
        assert search.corrections(query) == anew.corrections(query)


def test_vectors_of_another_length_are_all_or_none(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "search.safetensors"
    embed_titles(store, TfIdf(dimensions=2))
    kept_search(store, file)
    describe_items(store, {"g": {ATTRIBUTE: [0.1, 0.2, 0.3]}})
    with pytest.raises(BadInputError, match="several lengths"):
        kept_search(store, file)
    describe_items(store, {name: {ATTRIBUTE: [0.1, 0.2, 0.3]} for name in TITLES})
    vectors = kept_search(store, file)[1].vectors
    assert vectors is not None
    assert vectors.dimensions == 3


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x08" + b"\x00" * 7 + b"{}      "])
def test_a_damaged_file_is_made_anew(
    store: Store, tmp_path: Path, made: list[int], damage: bytes
) -> None:
    file = tmp_path / "search.safetensors"
    kept_search(store, file)
    file.write_bytes(damage or file.read_bytes()[:-9])
    kept_search(store, file)
    kept_search(store, file)
    assert made == [3, 3]


def test_where_nothing_can_be_kept_there_is_search_all_the_same(
    store: Store, tmp_path: Path, made: list[int]
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    for _ in range(2):
        ids, search = kept_search(store, tmp_path / "file" / "search.safetensors")
        assert ids[search.find("alien")[0].row] == "a|1"
    assert made == [3, 3]


def test_a_catalogue_without_titles_is_told(tmp_path: Path) -> None:
    with open_store(tmp_path / "empty.db") as empty, pytest.raises(NotFoundError, match="no title"):
        kept_search(empty, tmp_path / "search.safetensors")
    assert not (tmp_path / "search.safetensors").exists()
