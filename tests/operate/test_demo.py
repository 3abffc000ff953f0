import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from limelight.catalog import import_frame, open_store
from limelight.catalog.vocabulary import ITEMS, USERS
from limelight.datasets import Dataset, synthetic
from limelight.datasets.dataset import Tables
from limelight.errors import BadInputError
from limelight.home import Home
from limelight.operate import demo
from limelight.operate.registry import Registry
from limelight.operate.report import write_report
from limelight.recommend.models import EASE, Model, NextItem, Popularity


class Tiny(Tables):
    """Two hundred people and fifty titles."""

    def events(self) -> pl.DataFrame:
        return synthetic(200, 50, 3_000, seed=3).with_columns(pl.lit(4.0).alias("value"))

    def items(self) -> pl.DataFrame:
        ids = pl.Series("item_id", range(50)).cast(pl.String)
        named = pl.DataFrame({"item_id": ids, "title": "Film " + ids, "categories": [["A"]] * 50})
        return pl.concat([pl.DataFrame(schema=ITEMS), named], how="diagonal")

    def users(self) -> pl.DataFrame:
        ids = pl.Series("user_id", range(200)).cast(pl.String)
        about = json.dumps({"age": 30, "occupation": "usher"})
        return pl.DataFrame({"user_id": ids, "attributes": [about] * 200}, schema=USERS)


@pytest.fixture
def fitted(monkeypatch) -> Iterator[list[str]]:
    """Run the demo on a tiny data set with three models, and tell which of them are fitted."""
    names: list[str] = []
    fit = Model.fit

    def counting_fit(self, *args):
        names.append(self.name)
        return fit(self, *args)

    tiny = Dataset("tiny", "200 people", "free", "https://example.org", "nowhere", Tiny(Path()))
    models = {"Popularity": Popularity(), "EASE": EASE(), "Next item": NextItem()}
    monkeypatch.setattr(demo, "fetch", lambda *_: tiny)
    monkeypatch.setattr(demo, "MODELS", models)
    monkeypatch.setattr(Model, "fit", counting_fit)
    return names


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path / "home")


def test_the_first_run_trains_and_publishes_the_best(home, fitted, tmp_path):
    data = demo.make_demo(home)
    assert fitted[:3] == ["popularity", "ease", "next-item"]
    ndcg = data.quality.filter(metric="ndcg@10").sort("value", descending=True)
    assert ndcg["model"][0] == "Next item"
    _, item_ids, card = Registry(home.models).load()
    assert card.model == fitted[3] == "next-item"
    assert card.metrics["metrics"]["ndcg@10"]["value"] == pytest.approx(ndcg["value"][0])
    assert len(item_ids) == 50
    with open_store(home.store_url) as store:
        assert store.counts() == {"users": 200, "items": 50, "events": 3_000}
    page = write_report(tmp_path / "report.html", data).read_text(encoding="utf-8")
    assert "30, usher" in page
    assert data.counts["ratings"] == "3,000"


def test_the_example_is_the_last_one_here(home, fitted):
    data = demo.make_demo(home)
    events = Tiny(Path()).events().sort("time")
    last = events["user_id"][-1]
    theirs = events.filter(user_id=last)["item_id"].reverse()
    assert data.person.startswith(f"User {last} (30, usher) was the last one here")
    assert data.watched["title"].to_list() == [f"Film {item}" for item in theirs[:14]]
    assert data.watched["detail"][0] == "rated 4 · A"
    assert data.recommended.height == 5
    assert not set(data.recommended["item_id"]) & set(theirs)
    shares = [reason["share"] for row in data.recommended["reasons"] for reason in row]
    assert all(0 < share <= 1 for share in shares)
    assert list(data.similar) == data.recommended["title"].head(3).to_list()
    assert f'limelight recommend {last} -n 5 --home "{home.folder}"' in data.commands


def test_a_second_run_trains_nothing_and_finds_the_same(home, fitted):
    first = demo.make_demo(home)
    fitted.clear()
    second = demo.make_demo(home)
    assert fitted == []
    assert second.quality.equals(first.quality)
    assert second.against_best.equals(first.against_best)
    assert second.recommended.equals(first.recommended)
    assert Registry(home.models).versions() == [1]


def test_another_configuration_trains_that_model_again(home, fitted):
    demo.make_demo(home)
    fitted.clear()
    demo.MODELS["EASE"] = EASE(regularization=1.0)
    demo.make_demo(home)
    assert fitted == ["ease"]


def test_other_data_train_everything_again(home, fitted):
    first = demo.make_demo(home)
    fitted.clear()
    event = Tiny(Path()).events().head(1).with_columns(pl.lit("49").alias("item_id"))
    with open_store(home.store_url) as store:
        import_frame(store, "events", event)
    second = demo.make_demo(home)
    assert fitted == ["popularity", "ease", "next-item", "next-item", "popularity"]
    assert second.counts["ratings"] == "3,001"
    assert not second.quality.equals(first.quality)
    assert Registry(home.models).versions() == [1, 2]


def test_a_damaged_evaluation_is_made_again(home, fitted):
    first = demo.make_demo(home)
    fitted.clear()
    kept = sorted((home.folder / "demo").glob("*.json"))
    assert len(kept) == 3
    for path in kept:
        path.write_text(path.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    assert demo.make_demo(home).quality.equals(first.quality)
    assert fitted == ["popularity", "ease", "next-item"]


def test_a_damaged_model_is_published_again(home, fitted):
    first = demo.make_demo(home)
    fitted.clear()
    (home.models / "default" / "1" / "model.safetensors").write_bytes(b"")
    assert demo.make_demo(home).recommended.equals(first.recommended)
    assert fitted == ["next-item", "popularity"]
    assert Registry(home.models).current() == 2


def test_an_import_that_was_interrupted_is_taken_up_again(home, fitted):
    def cancel(done, total, message):
        with open_store(home.store_url) as store:
            if store.counts()["items"]:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.make_demo(home, cancel)
    demo.make_demo(home)
    with open_store(home.store_url) as store:
        assert store.counts() == {"users": 200, "items": 50, "events": 3_000}


def test_somebodys_own_data_are_left_alone(home, fitted):
    with open_store(home.make().store_url) as store:
        import_frame(store, "events", pl.DataFrame({"user_id": ["a"], "item_id": ["b"]}))
        before = store.fingerprint()
    with pytest.raises(BadInputError, match=r"data of your own.*--home"):
        demo.make_demo(home)
    with open_store(home.store_url) as store:
        assert store.fingerprint() == before
    assert fitted == []


def test_another_store_than_the_homes_own(home, fitted, tmp_path):
    other = tmp_path / "other.db"
    data = demo.make_demo(home, store_url=f"sqlite:///{other}")
    with open_store(other) as store:
        assert store.counts()["events"] == 3_000
    assert not (home.folder / "limelight.db").exists()
    assert all(command.endswith(f'--store "{other}"') for command in data.commands)


def test_a_store_that_holds_the_data_set_is_used_as_it_is(home, fitted):
    tiny = Tiny(Path())
    with open_store(home.make().store_url) as store:
        import_frame(store, "items", tiny.items())
        import_frame(store, "events", tiny.events())
    assert demo.make_demo(home).counts["ratings"] == "3,000"
