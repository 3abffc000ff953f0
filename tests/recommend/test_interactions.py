from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.errors import BadInputError, CorruptError, NotFoundError, UnavailableError
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.ordering import order_events


def frame(**columns):
    return pl.DataFrame(columns)


def test_histories_are_in_the_order_of_time_whatever_the_order_of_rows():
    start = datetime(2020, 1, 1, tzinfo=UTC)
    events = frame(
        user_id=["b", "a", "b", "a"],
        item_id=["x", "y", "z", "x"],
        time=[start + timedelta(hours=h) for h in (3, 2, 1, 1)],
    )
    built = Interactions.from_frame(events)
    assert built.user_ids.to_list() == ["a", "b"]
    assert built.item_ids.to_list() == ["x", "y", "z"]
    assert built.histories.offsets.tolist() == [0, 2, 4]
    assert built.histories.items.tolist() == [0, 1, 2, 0]
    assert built.histories.times[0] == (start + timedelta(hours=1)).timestamp() * 1e6


def test_without_times_rows_keep_their_order_and_ties_too():
    events = frame(user_id=[7, 7, 3, 7], item_id=[9, 10, 9, 9])
    built = Interactions.from_frame(events)
    assert built.user_ids.to_list() == ["3", "7"]
    assert built.item_ids.to_list() == ["9", "10"], "numbers are ordered by size"
    assert built.histories.items.tolist() == [0, 0, 1, 0]
    assert built.histories.times is None


def test_kinds_have_weights_and_unknown_kinds_count_one():
    events = frame(
        user_id=["a"] * 4, item_id=["x", "y", "z", "w"], kind=["like", "skip", "hum", "play"]
    )
    built = Interactions.from_frame(events, kind_weights={"play": 0.5})
    assert built.histories.weights.tolist() == [2, -1, 1, 0.5]
    assert built.histories.positive().items.tolist() == [1, 3, 0]


def test_titles_without_events_have_an_index():
    built = Interactions.from_frame(frame(user_id=["a"], item_id=["m"]), item_ids=["z", "b", "m"])
    assert built.item_ids.to_list() == ["m", "b", "z"]
    assert built.histories.n_items == built.n_items == 3


def test_what_is_missing_is_said():
    with pytest.raises(BadInputError, match="no column 'item_id'"):
        Interactions.from_frame(frame(user_id=["a"]))
    with pytest.raises(BadInputError, match="no events"):
        Interactions.from_frame(pl.DataFrame(schema={"user_id": pl.String, "item_id": pl.String}))
    with pytest.raises(BadInputError, match="1 events have no user_id"):
        Interactions.from_frame(frame(user_id=["a", None], item_id=["x", "y"]))
    with pytest.raises(BadInputError, match="between 0 and 2"):
        Histories.from_lists([[3]], 3)


def test_a_user_is_found_or_said_to_be_unknown():
    built = Interactions.from_frame(frame(user_id=["a", "b"], item_id=["x", "y"]))
    assert built.history("b").items.tolist() == [1]
    with pytest.raises(NotFoundError, match="no user 'c'"):
        built.history("c")


def test_saved_arrays_are_mapped_back(tmp_path):
    events = frame(user_id=["a", "ü"], item_id=["x", "电影"], time=[1, 2])
    built = Interactions.from_frame(events)
    built.save(tmp_path / "store")
    built.save(tmp_path / "store")
    loaded = Interactions.load(tmp_path / "store")
    assert isinstance(loaded.histories.items, np.memmap)
    assert loaded.user_ids.equals(built.user_ids)
    assert loaded.item_ids.equals(built.item_ids)
    for name in ("offsets", "items", "weights", "times"):
        assert np.array_equal(getattr(loaded.histories, name), getattr(built.histories, name))
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_damaged_folders_are_refused(tmp_path):
    with pytest.raises(NotFoundError, match="no saved interactions"):
        Interactions.load(tmp_path)
    folder = tmp_path / "store"
    Interactions.from_frame(frame(user_id=["a"], item_id=["x"])).save(folder)
    (folder / "items.npy").write_bytes(b"not an array")
    with pytest.raises(CorruptError, match="build it again"):
        Interactions.load(folder)


def test_what_is_not_ours_is_not_replaced(tmp_path):
    interactions = Interactions.from_frame(frame(user_id=["a"], item_id=["x"]))
    (tmp_path / "letters").mkdir()
    interactions.save(tmp_path / "letters")
    interactions.save(tmp_path / "letters")
    with pytest.raises(BadInputError, match="holds something else"):
        interactions.save(tmp_path)
    assert Interactions.load(tmp_path / "letters").item_ids.to_list() == ["x"]
    (tmp_path / "file").write_text("", encoding="utf-8")
    for taken in (tmp_path / "file", tmp_path / "file" / "inside"):
        with pytest.raises(UnavailableError, match="can't be written"):
            interactions.save(taken)


@pytest.mark.parametrize(
    "columns",
    [
        {"user_id": [0.5], "item_id": ["x"]},
        {"user_id": ["a"], "item_id": [["x"]]},
        {"user_id": ["a"], "item_id": ["x"], "time": ["yesterday"]},
        {"user_id": ["a"], "item_id": ["x"], "time": [float("nan")]},
        {"user_id": ["a"], "item_id": ["x"], "kind": [1]},
    ],
)
def test_columns_of_other_types_are_refused(columns):
    with pytest.raises(BadInputError, match=r"^ids must be text or integers.*, not \{.*\}$"):
        Interactions.from_frame(pl.DataFrame(columns))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 2)), max_size=30))
def test_events_are_ordered_as_a_stable_sort_orders_them(events):
    users = np.array([user for user, _ in events], np.int32)
    times = np.array([time for _, time in events], np.int64)
    order, offsets = order_events(users, 5, times)
    assert order.tolist() == np.lexsort([times, users]).tolist()
    assert offsets.tolist() == [0, *np.cumsum(np.bincount(users, minlength=5))]
    assert order_events(users, 5, None)[0].tolist() == np.argsort(users, kind="stable").tolist()


ROWS = st.lists(st.lists(st.integers(0, 4), max_size=6), max_size=6)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.data())
def test_rows_are_taken_like_lists(lists, data):
    histories = Histories.from_lists(lists, 5)

    def as_lists(taken):
        return [
            taken.items[taken.offsets[h] : taken.offsets[h + 1]].tolist() for h in range(len(taken))
        ]

    assert as_lists(histories) == lists
    start, stop = data.draw(st.integers(0, 6)), data.draw(st.integers(0, 6))
    assert as_lists(histories[start:stop]) == lists[start:stop]
    assert as_lists(histories[::-1]) == lists[::-1]
    if lists:
        chosen = data.draw(st.lists(st.integers(0, len(lists) - 1), max_size=5))
        assert as_lists(histories[np.array(chosen, int)]) == [lists[row] for row in chosen]
    n = data.draw(st.integers(1, 4))
    assert as_lists(histories.last(n)) == [row[-n:] for row in lists]
    keep = histories.items != 2
    assert as_lists(histories.where(keep)) == [[i for i in row if i != 2] for row in lists]
    counts = np.array([np.bincount(row, minlength=5) for row in lists]).reshape(len(lists), 5)
    assert np.array_equal(histories.matrix().toarray(), counts)
    assert np.array_equal(histories.matrix(binary=True).toarray(), counts > 0)
