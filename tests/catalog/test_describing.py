"""What was found out about titles goes into their attributes, all or nothing."""

import json

import polars as pl
import pytest

from limelight.catalog import Store, describe_items, import_frame
from limelight.errors import BadInputError, NotFoundError


def attributes(store: Store) -> list[object]:
    return [text and json.loads(text) for text in store.items()["attributes"]]


def test_names_are_added_and_replaced_and_others_stay(store: Store):
    import_frame(
        store,
        "items",
        pl.DataFrame({"item_id": ["a", "b"], "attributes": ['{"rated":"12"}', None]}),
    )
    describe_items(store, {"a": {"key": "C", "tempo": 120.0}, "b": {"sound": [0.5, 1.0]}})
    describe_items(store, {"a": {"key": "D"}})
    assert attributes(store) == [{"rated": "12", "key": "D", "tempo": 120.0}, {"sound": [0.5, 1.0]}]
    assert store.items()["attributes"][1] == '{"sound":[0.5,1.0]}'  # 1 would make it a list of ids


def test_an_unknown_title_leaves_all_as_they_were(store: Store):
    import_frame(store, "items", pl.DataFrame({"item_id": ["a"]}))
    with pytest.raises(NotFoundError, match="no title 'b'; import it first"):
        describe_items(store, {"a": {"key": "C"}, "b": {"key": "C"}})
    assert attributes(store) == [None]
    with pytest.raises(BadInputError, match="can't be written as JSON"):
        describe_items(store, {"a": {"loudness": float("nan")}})
    describe_items(store, {})
    assert store.counts()["items"] == 1
