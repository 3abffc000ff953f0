import gzip
import json
import re
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import polars as pl
import pytest

from limelight.errors import BadInputError
from limelight.recommend import evaluate as module
from limelight.recommend.evaluate import compare, evaluate
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.metrics import hits_in_lists, ndcg
from limelight.recommend.models.base import Model
from limelight.recommend.models.popularity import Popularity
from limelight.recommend.splits import Split, in_time, leave_one_out, new_titles, new_users
from limelight.recommend.topk import top_k

SHARED = Path(__file__).parents[2] / "../shared"


@dataclass
class Successor(Model):
    """Say that item i + 1 follows item i, with a grain of noise that never decides."""

    name: ClassVar[str] = "successor"
    step: int = 1
    items: int = field(init=False)

    @property
    def n_items(self):
        return self.items

    def _fit(self, histories, progress):
        self.items = histories.n_items

    def _score(self, histories):
        scores = np.random.default_rng(0).random((1, self.items), np.float32)
        scores = np.tile(scores, (len(histories), 1))
        newest = histories.items[histories.offsets[1:] - 1]
        scores[np.arange(len(histories)), (newest + self.step) % self.items] = 2
        return scores


class Constant(Successor):
    def _score(self, histories):
        return np.broadcast_to(np.float32(1), (len(histories), self.items))


class Broken(Successor):
    def _score(self, histories):
        return np.full((len(histories), self.items), np.nan, np.float32)


def interactions(rows, n_items):
    histories = Histories.from_lists(rows, n_items)
    place = np.arange(len(histories.items)) - histories.offsets[histories.owners]
    histories = replace(histories, times=histories.owners + place)
    users = pl.Series([f"u{row}" for row in range(len(rows))])
    return Interactions(users, pl.Series([f"i{item}" for item in range(n_items)]), histories)


N_ITEMS = 60
WALKS = interactions([[(u + i) % N_ITEMS for i in range(6)] for u in range(N_ITEMS)], N_ITEMS)
CATEGORIES = np.eye(3, dtype=np.float32)[np.arange(N_ITEMS) % 3]
SPLIT = leave_one_out(WALKS)


def test_a_perfect_model():
    result = evaluate(Successor().fit(SPLIT.train), SPLIT)
    for metric in ("hr@10", "ndcg@10", "mrr@10", "map@10", "recall@10", "accuracy@1"):
        assert result[metric] == 1
    assert result["precision@10"] == pytest.approx(0.1)
    assert result.per_user.height == N_ITEMS
    assert result.per_user["user_id"].to_list() == WALKS.user_ids.to_list()


def test_a_constant_model_finds_nothing():
    result = evaluate(Constant().fit(SPLIT.train), SPLIT)
    assert result["hr@10"] == result["ndcg@10"] == 0
    # The lists that would be shown are the first unseen titles for everybody.
    assert result["coverage@10"] == pytest.approx(15 / N_ITEMS)


def test_seen_titles_are_not_ranked():
    def asked(history):
        shown, answer = (
            Histories.from_lists([history], N_ITEMS),
            Histories.from_lists([[3]], N_ITEMS),
        )
        return Split("by hand", WALKS, pl.Series(["stranger"]), shown, answer)

    previous = Successor(step=-1).fit(WALKS)
    assert evaluate(previous, asked([4]))["accuracy@1"] == 1
    assert evaluate(previous, asked([3, 4]))["hr@10"] == 0


def test_all_metrics_are_there_and_finite():
    result = evaluate(Popularity().fit(SPLIT.train), SPLIT, 7, categories=CATEGORIES)
    assert result.summary["metric"].to_list() == [
        *(f"{name}@7" for name in ("hr", "ndcg", "mrr", "map", "precision", "recall")),
        *("capped_recall@7", "f1@7", "accuracy@1", "novelty@7", "popularity@7", "diversity@7"),
        *("calibration@7", "coverage@7", "gini@7", "popularity_lift@7"),
    ]
    assert result.summary["value"].is_finite().all()
    sampled = result.summary.head(13)
    assert (sampled["low"] <= sampled["value"] + 1e-9).all()
    assert (sampled["value"] <= sampled["high"] + 1e-9).all()
    assert result.summary.tail(3)["low"].null_count() == 3
    without = evaluate(Popularity().fit(SPLIT.train), SPLIT, 7)
    assert {"diversity@7", "calibration@7"}.isdisjoint(without.per_user.columns)


def test_metrics_at_their_own_cut_are_those_of_a_shorter_list():
    split = new_users(WALKS)
    model = Successor(step=2).fit(split.train)
    wide = evaluate(model, split, metrics=["ndcg@50", "recall", "gini@5", "novelty@5"])
    assert set(wide.per_user.columns) == {"user_id", "ndcg@50", "recall@10", "novelty@5"}
    for metric, k in (("recall@10", 10), ("gini@5", 5), ("novelty@5", 5)):
        assert evaluate(model, split, k)[metric] == pytest.approx(wide[metric])


def test_batches_change_nothing(monkeypatch):
    model = Successor(step=3).fit(SPLIT.train)
    whole = evaluate(model, SPLIT, categories=CATEGORIES)
    monkeypatch.setattr(module, "SCORES_AT_ONCE", 7 * N_ITEMS)
    steps = []
    pieces = evaluate(
        model,
        SPLIT,
        categories=CATEGORIES,
        progress=lambda done, total, _: steps.append((done, total)),
    )
    assert pieces.per_user.equals(whole.per_user)
    assert pieces.overall == whole.overall
    assert steps == [*((done, N_ITEMS) for done in range(0, N_ITEMS, 7)), (N_ITEMS, N_ITEMS)]


def test_k_beyond_the_catalogue():
    result = evaluate(Successor().fit(SPLIT.train), SPLIT, 100)
    assert result["hr@100"] == 1
    assert result["coverage@100"] == 1


def test_new_titles_are_ranked_among_themselves():
    split = new_titles(WALKS)
    n_new = int(split.new_items.sum())
    result = evaluate(Successor().fit(split.train), split, n_new)
    assert n_new == 6
    assert result[f"hr@{n_new}"] == 1
    assert result[f"coverage@{n_new}"] == 1
    assert result[f"gini@{n_new}"] == pytest.approx(0)


def test_newcomers_have_no_calibration_but_an_answer():
    split = in_time(WALKS, 0.5, newcomers=True)
    assert split.histories.lengths.min() == 0
    result = evaluate(Popularity().fit(split.train), split, categories=CATEGORIES)
    assert result.per_user["calibration@10"].null_count() == (split.histories.lengths == 0).sum()
    assert result.summary["value"].is_finite().all()


def test_a_leak_stops_the_evaluation():
    with pytest.raises(BadInputError, match="leaks"):
        evaluate(Successor().fit(WALKS), replace(SPLIT, train=WALKS))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"metrics": ["ndgc"]}, "no metric 'ndgc'; there are hr, ndcg"),
        ({"metrics": ["ndcg@0"]}, "no metric 'ndcg@0'"),
        ({"metrics": ["ndcg@ten"]}, "no metric 'ndcg@ten'"),
        ({"metrics": []}, "no metric to compute"),
        ({"metrics": ["diversity"]}, "need the titles' categories"),
        ({"k": 0}, "k must be 1 or more"),
        ({"categories": np.ones((5, 2))}, "don't fit 60 titles"),
        ({"categories": np.full((N_ITEMS, 1), np.nan)}, "shares of zero or more"),
    ],
)
def test_impossible_wishes_are_refused(arguments, complaint):
    with pytest.raises(BadInputError, match=complaint):
        evaluate(Successor().fit(SPLIT.train), SPLIT, **arguments)


def test_nan_scores_and_foreign_catalogues_are_refused():
    with pytest.raises(BadInputError, match="NaN"):
        evaluate(Broken().fit(SPLIT.train), SPLIT)
    other = interactions([[0, 1, 2]], 4)
    with pytest.raises(BadInputError, match="4 titles"):
        evaluate(Successor().fit(other), SPLIT)


def test_the_dictionary_is_json_without_nan():
    split = in_time(WALKS, 0.5, newcomers=True)
    nothing_known = np.zeros((N_ITEMS, 1))
    metrics = ["ndcg", "calibration", "gini"]
    model = Popularity().fit(split.train)
    result = evaluate(model, split, metrics=metrics, categories=nothing_known)
    told = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert told["model"] == "popularity"
    assert told["split"] == "in time"
    assert told["users"] == len(split.user_ids)
    assert list(told["metrics"]) == ["ndcg@10", "calibration@10", "gini@10"]
    assert told["metrics"]["ndcg@10"]["value"] == pytest.approx(result["ndcg@10"])
    assert told["metrics"]["calibration@10"] == {"value": None, "low": None, "high": None}
    assert told["metrics"]["gini@10"]["low"] is None


def test_metrics_of_no_single_user_have_a_summary_too():
    result = evaluate(Successor().fit(SPLIT.train), SPLIT, metrics=["gini"])
    assert result.summary.rows() == [("gini@10", result["gini@10"], None, None)]


def test_an_unknown_metric_is_not_found():
    with pytest.raises(BadInputError, match="no metric 'auc'"):
        evaluate(Successor().fit(SPLIT.train), SPLIT)["auc"]


def test_comparison():
    good = evaluate(Successor().fit(SPLIT.train), SPLIT, categories=CATEGORIES)
    poor = evaluate(Constant().fit(SPLIT.train), SPLIT, metrics=["hr", "ndcg", "recall@3"])
    table = compare(poor, good)
    assert table["metric"].to_list() == ["hr@10", "ndcg@10"]
    row = table.row(0, named=True)
    assert (row["a"], row["b"], row["difference"], row["low"], row["high"]) == (0, 1, 1, 1, 1)
    assert row["p_value"] < 0.001
    alike = compare(good, good)
    assert (alike["p_value"] == 1).all()
    assert (alike["difference"] == 0).all()
    back = compare(good, poor)
    assert back["difference"].to_list() == (-table["difference"]).to_list()


def test_only_the_same_users_can_be_compared():
    good = evaluate(Successor().fit(SPLIT.train), SPLIT)
    other = leave_one_out(WALKS, "validation")
    with pytest.raises(BadInputError, match="same users"):
        compare(good, evaluate(Successor().fit(other.train), other))
    fewer = replace(good, per_user=good.per_user.head(5))
    with pytest.raises(BadInputError, match="same users"):
        compare(good, fewer)
    with pytest.raises(BadInputError, match="no metric"):
        compare(good, evaluate(Successor().fit(SPLIT.train), SPLIT, metrics=["gini"]))


@pytest.mark.skipif(not (SHARED / "data").exists(), reason="the shared data sets are not here")
@pytest.mark.parametrize("file", ["movielens-1m/sasrec.txt.gz", "amazon-beauty/sequences.txt.gz"])
def test_agrees_with_an_independent_judge(file, tmp_path):
    with gzip.open(SHARED / "data" / file, "rt", encoding="utf-8") as lines:
        events = [(u, i) for u, *items in map(str.split, lines) for i in items]
    whole = Interactions.from_frame(
        pl.DataFrame(events, schema=["user_id", "item_id"], orient="row")
    )
    split = leave_one_out(whole)
    model = Popularity().fit(split.train)
    if "movielens" in file:
        published = evaluate(model, split)
        assert (round(published["hr@10"], 4), round(published["ndcg@10"], 4)) == (0.0369, 0.0180)
    # A list does not show ties, so there must be none.
    model.counts = np.argsort(np.argsort(model.counts)).astype(np.float32)
    result = evaluate(model, split, metrics=["hr", "ndcg", "mrr", "coverage"])
    ranked, _ = top_k(model.score(split.histories), 10, exclude=split.histories)
    rankings = pl.DataFrame(
        {
            "user": split.user_ids.repeat_by(10).explode(),
            "item": whole.item_ids[ranked.ravel()],
            "rank": np.tile(np.arange(1, 11), len(ranked)),
        }
    )
    rankings.write_csv(tmp_path / "rankings.csv")
    judge = subprocess.run(
        [
            sys.executable,
            str(SHARED / "tools/judge_next_item.py"),
            str(SHARED / "data" / file),
            str(tmp_path / "rankings.csv"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    judged = {name: float(value) for name, value in re.findall(r"(\S+) +([\d.]+)", judge.stdout)}
    assert judged["users"] == len(split.user_ids)
    assert judged["seen"] == 0
    for name in ("hr@10", "ndcg@10", "mrr@10", "coverage@10"):
        theirs = judged[name.removesuffix("@10") if "coverage" in name else name.upper()]
        assert result[name] == pytest.approx(theirs, abs=6e-5)
    in_lists = ndcg(hits_in_lists(ranked, split.answers)).mean()
    assert result["ndcg@10"] == pytest.approx(in_lists)
