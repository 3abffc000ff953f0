"""What a model may see and what it is asked afterwards: the four protocols, and their leak check.

Events that reject a title (weight below zero) are never answers, but stay in the histories. Titles
keep their indices, so that scores of any model fit any split of the same interactions. A user's
answer that repeats a title of the history can't be found, because seen titles are not ranked:
leave-one-out counts it as a miss, as published figures do, and the other protocols ask for new
titles only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.errors import BadInputError
from limelight.recommend.interactions import Histories, Interactions

Part = Literal["test", "validation"]


@dataclass(frozen=True, eq=False)
class Split:
    """Training interactions, and the questions: row h asks what follows ``histories[h]``.

    user_ids   text (n,), whose history it is; the training may or may not know the user
    histories  what a model is shown
    answers    what it should rank high, at least one positive a row
    moment     microseconds since 1970 UTC before which all training lies, or None
    new_items  bool (n_items,), titles that training lacks and that alone are ranked, or None
    """

    name: str
    train: Interactions
    user_ids: pl.Series
    histories: Histories
    answers: Histories
    moment: int | None = None
    new_items: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        if not len(self.user_ids) == len(self.histories) == len(self.answers):
            raise BadInputError(
                f"{self.name} has {len(self.user_ids):,} users, {len(self.histories):,} histories "
                f"and {len(self.answers):,} rows of answers; it needs as many of each"
            )
        if not self.histories.n_items == self.answers.n_items == self.train.n_items:
            raise BadInputError(f"{self.name} mixes catalogues of different sizes")
        if not len(self.answers):
            raise BadInputError(f"{self.name} has nobody to test: there are too few events")
        if not self.answers.positive().lengths.all():
            raise BadInputError(f"{self.name} has users without an answer; leave them out")
        if self.user_ids.n_unique() < len(self.user_ids):
            raise BadInputError(f"{self.name} tests a user twice")


def leave_one_out(interactions: Interactions, part: Part = "test") -> Split:
    """Hold out every user's last title: the next-item protocol of SASRec (Kang & McAuley 2018).

    The last event is the test answer and the one before it the validation answer; what precedes
    both trains. The history is everything before the answer, so at test it includes the validation
    item. Users with fewer than three events train and are not tested.
    """
    histories = interactions.histories
    likes, newer = _newer_likes(histories)
    n_likes = np.bincount(histories.owners[likes], minlength=len(histories))
    tested = _of_each(histories, n_likes >= 3)
    place = 0 if part == "test" else 1
    return _ask(
        f"leave-one-out, {part}",
        _training(interactions, ~tested | (newer >= 2)),
        interactions,
        shown=tested & (newer > place),
        asked=tested & (newer == place) & likes,
        repeats=True,
    )


def new_users(interactions: Interactions, part: Part = "test", seed: int = 0) -> Split:
    """Hold out whole users: the strong generalisation of Mult-VAE (Liang et al. 2018).

    A random tenth of the users is for the test, another for validation, the rest trains. The first
    80 % of a held-out user's events are the history, the rest the answers. Usually read as
    ``capped_recall@20``, ``capped_recall@50`` and ``ndcg@100``.
    """
    histories = interactions.histories
    tenth = len(histories) // 10
    drawn = np.random.default_rng(seed).permutation(len(histories))
    trains, tested = np.zeros((2, len(histories)), np.bool_)
    trains[drawn[2 * tenth :]] = True
    tested[drawn[:tenth] if part == "test" else drawn[tenth : 2 * tenth]] = True
    likes, newer = _newer_likes(histories)
    n_likes = np.bincount(histories.owners[likes], minlength=len(histories))
    is_late = newer < _of_each(histories, n_likes - n_likes * 4 // 5)
    is_tested = _of_each(histories, tested)
    return _ask(
        f"new users, {part}",
        _training(interactions, _of_each(histories, trains)),
        interactions,
        shown=is_tested & ~is_late,
        asked=is_tested & is_late & likes,
    )


def in_time(
    interactions: Interactions, at: datetime | float = 0.9, *, newcomers: bool = False
) -> Split:
    """Train before a moment and test after it: one cut for everybody, as a service lives it.

    ``at`` is the moment (UTC where it has no zone) or the share of the events that lie before it.
    Users without a history are asked only with ``newcomers``. Raises BadInputError where the events
    have no times or none lie before the moment.
    """
    histories = interactions.histories
    if histories.times is None:
        raise BadInputError("the events have no times, so there is no before and after to test")
    moment = _moment(histories.times, at)
    before = histories.times < moment
    return _ask(
        "in time",
        _training(interactions, before),
        interactions,
        shown=before,
        asked=~before & (histories.weights > 0),
        newcomers=newcomers,
        moment=moment,
    )


def new_titles(interactions: Interactions, seed: int = 0) -> Split:
    """Hold out a random tenth of the titles: cold start, where only descriptions can help.

    Their events leave training and histories; whoever had some is asked to find them among the
    held-out titles alone. A model that knows titles by their events only has nothing to go by.
    """
    histories = interactions.histories
    met = np.unique(histories.items[histories.weights > 0])
    new_items = np.zeros(interactions.n_items, np.bool_)
    new_items[np.random.default_rng(seed).permutation(met)[: max(1, len(met) // 10)]] = True
    is_new = new_items[histories.items]
    return _ask(
        "new titles",
        _training(interactions, ~is_new),
        interactions,
        shown=~is_new,
        asked=is_new & (histories.weights > 0),
        new_items=new_items,
    )


def check_no_leak(split: Split) -> None:
    """Raise BadInputError when the training holds what the test asks for.

    That is an event of a tested user with a title that is an answer, unless the history shows the
    event too (a repeat, which is not ranked); an event at or after ``moment``; or an event with one
    of the ``new_items``.
    """
    train = split.train.histories
    if split.moment is not None and train.times is not None:
        late = np.count_nonzero(train.times >= split.moment)
        if late:
            raise BadInputError(f"{split.name} leaks: {late:,} training events are not before it")
    if split.new_items is not None:
        early = np.count_nonzero(split.new_items[train.items])
        if early:
            raise BadInputError(f"{split.name} leaks: {early:,} training events have new titles")
    asked = pl.DataFrame({"user": split.user_ids}).with_row_index("question")
    known = pl.DataFrame({"user": split.train.user_ids}).with_row_index("row")
    both = asked.join(known, on="user")
    questions, rows = both["question"].to_numpy(), both["row"].to_numpy()
    answers = np.unique(_pairs(split.answers[questions]))
    trained = _count(answers, _pairs(train[rows]))
    leaked = answers[trained > _count(answers, _pairs(split.histories[questions]))]
    if len(leaked):
        first, item = divmod(int(leaked[0]), train.n_items)
        raise BadInputError(
            f"{split.name} leaks: {len(leaked):,} answers are in training, the first is title "
            f"{split.train.item_ids[item]!r} of user {both['user'][first]!r}"
        )


def _newer_likes(histories: Histories) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Say which events speak for a title, and count those that came after each event."""
    likes = histories.weights > 0
    up_to_here = np.cumsum(likes)
    up_to_end = np.concatenate([[0], up_to_here])[histories.offsets[1:]]
    return likes, _of_each(histories, up_to_end) - up_to_here


def _of_each(histories: Histories, values: NDArray[Any]) -> NDArray[Any]:
    """Spread one value a history over its events."""
    return np.repeat(values, histories.lengths)


def _moment(times: NDArray[np.int64], at: datetime | float) -> int:
    """Give the moment in microseconds since 1970 UTC."""
    if isinstance(at, datetime):
        zoned = at if at.tzinfo else at.replace(tzinfo=UTC)
        return (zoned - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    if not 0 < at < 1:
        raise BadInputError(f"the share of events to train on must lie between 0 and 1, not {at}")
    place = int(at * len(times))
    return int(np.partition(times, place)[place])


def _training(interactions: Interactions, keep: NDArray[np.bool_]) -> Interactions:
    """Keep some events, and the users that have any left."""
    kept = interactions.histories.where(keep)
    rows = np.flatnonzero(kept.lengths)
    if not len(rows):
        raise BadInputError("the split leaves no events to train on")
    return replace(interactions, user_ids=interactions.user_ids[rows], histories=kept[rows])


def _ask(
    name: str,
    train: Interactions,
    interactions: Interactions,
    *,
    shown: NDArray[np.bool_],
    asked: NDArray[np.bool_],
    repeats: bool = False,
    newcomers: bool = False,
    moment: int | None = None,
    new_items: NDArray[np.bool_] | None = None,
) -> Split:
    """Ask everybody who has answers and, unless newcomers are asked too, a history."""
    histories = interactions.histories.where(shown)
    answers = interactions.histories.where(asked)
    if not repeats:
        answers = answers.where(~np.isin(_pairs(answers), _pairs(histories)))
    has_history = histories.positive().lengths > 0
    rows = np.flatnonzero((answers.lengths > 0) & (has_history | newcomers))
    user_ids = interactions.user_ids[rows]
    return Split(name, train, user_ids, histories[rows], answers[rows], moment, new_items)


def _pairs(rows: Histories) -> NDArray[np.int64]:
    """One number for each event's pair of row and title."""
    pairs: NDArray[np.int64] = rows.owners.astype(np.int64) * rows.n_items + rows.items
    return pairs


def _count(wanted: NDArray[np.int64], pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count how often each of the sorted ``wanted`` is among ``pairs``."""
    places = np.searchsorted(wanted, pairs)
    places[places == len(wanted)] = 0
    return np.bincount(places[wanted[places] == pairs], minlength=len(wanted))
