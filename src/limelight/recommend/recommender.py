"""A fitted model and a catalogue in, ranked titles with reasons out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any
from warnings import warn

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.errors import BadInputError, LimelightWarning, NotFoundError
from limelight.progress import Progress, silent
from limelight.recommend.askers import Askers, Dispatcher, in_words
from limelight.recommend.audience import read_attributes
from limelight.recommend.explain import contributions, reasons_for
from limelight.recommend.interactions import Histories, Interactions, align
from limelight.recommend.models.base import Model
from limelight.recommend.models.cold_start import ColdStart
from limelight.recommend.models.newcomers import Newcomers
from limelight.recommend.models.popularity import Popularity
from limelight.recommend.rankings import write_frames
from limelight.recommend.rerank import Candidates, Plan, Reranker
from limelight.recommend.titles import Filters, Titles

BATCH = 1024
BATCH_ROWS = 1 << 20
"""A batch has as many users and rows at most: enough for fast products, little enough memory."""
WIDER = 8
"""By how much the candidates grow where rules leave lists short."""
NO_FILTERS = Filters()


class Recommender:
    """Ranks the titles that a model knows, for known users and for anonymous histories.

    ``titles`` are those titles, ``interactions`` what known users did, ``fallback`` the model for
    whom ``model`` has nothing to go by. With ``newcomers``, what is known of people besides their
    history counts while that is short; see ``askers.Dispatcher``.
    """

    def __init__(
        self,
        model: Model,
        item_ids: Iterable[str],
        *,
        items: pl.DataFrame | None = None,
        interactions: Interactions | None = None,
        fallback: Model | None = None,
        newcomers: Newcomers | None = None,
        users: pl.DataFrame | None = None,
    ) -> None:
        """Join a fitted model with what is known of its titles and its users.

        ``item_ids`` names the model's titles in the order of its indices. ``items`` is the
        catalogue (item_id and as many of title, kind, released, categories as there are).
        ``interactions`` may be newer than the model: events with titles that the model never saw
        are left out, with a LimelightWarning. ``fallback`` is popularity among ``interactions``
        unless given; a popularity model is its own. ``newcomers`` were learned
        for this model (a ColdStart model has its own), and ``users`` is a table of user_id and
        attributes, a JSON object or null.
        """
        if not hasattr(model, "n_items"):
            raise BadInputError(f"the {model.name} model was not fitted, so it can't rank anything")
        self.model = model
        self.titles = Titles(item_ids, items)
        if len(self.titles) != model.n_items:
            raise BadInputError(
                f"the model scores {model.n_items:,} titles, {len(self.titles):,} ids were given"
            )
        ids = self.titles.table["item_id"]
        self.interactions = None if interactions is None else align(interactions, ids)
        self._fallback, self._users = fallback, users
        self._dispatcher = Dispatcher(model, lambda: self.fallback, newcomers)

    def recommend(
        self,
        user_id: str | None = None,
        n: int = 5,
        *,
        history: Sequence[str] | None = None,
        about: Mapping[str, Any] | None = None,
        filters: Filters = NO_FILTERS,
        rerank: Sequence[Reranker] = (),
        include_seen: bool = False,
    ) -> pl.DataFrame:
        """Rank at most ``n`` titles for one user, or for an anonymous ``history`` of item ids.

        Returns item_id, title, score and reasons, best first. Titles of the history, those with
        negative events too, are left out unless ``include_seen``. ``about`` says what is known of
        the person, such as ``{"age": "25-34"}``, instead of or beside a history, and goes before
        what the table of users says of them. Without a usable history attributes rank, or the
        fallback where they say nothing, and a LimelightWarning and the reasons say so. ``rerank``
        orders the list anew, by wishes that all count at once; the scores stay the model's, so they
        may then rise along the list.
        """
        subject, lack = self.subject(user_id, history, about)
        if lack:
            warn(self.stand_in(subject, lack), LimelightWarning, 2)
        plan = self._plan(rerank)
        items, scores, short = self.lists(subject, n, self.allowed(filters), include_seen, plan)
        if plan is not None:
            plan.warn_if_short(short, 1, n, 2)
        table = self.named(items[0], scores[0])
        return table.with_columns(self.reasons(subject, items[0][: table.height]))

    def recommend_all(
        self,
        n: int = 10,
        *,
        filters: Filters = NO_FILTERS,
        rerank: Sequence[Reranker] = (),
        include_seen: bool = False,
        progress: Progress = silent,
    ) -> Iterator[pl.DataFrame]:
        """Rank at most ``n`` titles for every known user, a batch of users a frame.

        Yields user, item, rank (from 1) and score, users in the order of the interactions. Memory
        is bounded by a batch. ``rerank`` works as in :meth:`recommend`.
        """
        if self.interactions is None or not self.interactions.n_users:
            raise NotFoundError(
                "there are no users to recommend to: give the recommender interactions"
            )
        allowed, histories = self.allowed(filters), self.interactions.histories
        plan, short = self._plan(rerank), 0
        longest = max(1, min(n if plan is None else plan.pool(n), len(self.titles)))
        size = max(1, min(BATCH, BATCH_ROWS // longest))
        for start in range(0, len(histories), size):
            batch = slice(start, start + size)
            people = [self._stored(user) for user in self.interactions.user_ids[batch]]
            askers = Askers(histories[batch], people)
            items, scores, cut = self.lists(askers, n, allowed, include_seen, plan)
            short += cut
            rows, places = np.nonzero(items >= 0)
            yield pl.DataFrame(
                {
                    "user": self.interactions.user_ids[batch].gather(rows),
                    "item": self.titles.table["item_id"].gather(items[rows, places]),
                    "rank": (places + 1).astype(np.int32),
                    "score": scores[rows, places],
                }
            )
            progress(min(start + size, len(histories)), len(histories), "recommending")
        if plan is not None:
            plan.warn_if_short(short, len(histories), n, 2)

    def write_all(
        self,
        path: Path | str,
        n: int = 10,
        *,
        filters: Filters = NO_FILTERS,
        rerank: Sequence[Reranker] = (),
        include_seen: bool = False,
        progress: Progress = silent,
    ) -> int:
        """Write the frames of ``recommend_all`` to a .csv or .parquet file, and count its rows.

        The file appears when it is whole. Raises BadInputError for another suffix.
        """
        frames = self.recommend_all(
            n, filters=filters, rerank=rerank, include_seen=include_seen, progress=progress
        )
        return write_frames(Path(path), frames)

    def similar(self, item_id: str, n: int = 5) -> pl.DataFrame:
        """Rank at most ``n`` titles for one who met ``item_id`` alone: item_id, title, score."""
        alone = Histories.from_lists([[self.titles.find(item_id)]], len(self.titles))
        items, scores = self.rank(Askers.unknown(alone), n, None, include_seen=False)
        return self.named(items[0], scores[0])

    def explain(
        self,
        item_id: str,
        user_id: str | None = None,
        *,
        history: Sequence[str] | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> pl.DataFrame:
        """Say what each title of a history adds to the score of ``item_id``, the most first.

        Returns item_id, title and contribution; where the model is additive and attributes have no
        say in the score, they sum to it. Raises NotFoundError for a title or a user of whom nothing
        is known.
        """
        target = self.titles.find(item_id)
        subject, lack = self.subject(user_id, history, about)
        if lack:
            raise NotFoundError(f"{lack}, so there is nothing to explain")
        model = self._dispatcher.model_for(subject)
        items, parts = contributions(model, subject.histories, np.array([target]))
        return self.named(items, parts[:, 0], "contribution").sort(
            "contribution", descending=True, maintain_order=True
        )

    @property
    def newcomers(self) -> Newcomers | None:
        """What is guessed of people of whom little is known; None where nothing was learned."""
        return None if self._dispatcher.cold is None else self._dispatcher.cold.newcomers

    @cached_property
    def fallback(self) -> Model:
        """The model for those of whom nothing is known. Raises NotFoundError without one."""
        if isinstance(self.model, Popularity):
            return self.model
        if self._fallback is not None:
            return self._fallback
        if self.interactions is None:
            raise NotFoundError(
                "there is no history to go by and no fallback; train again, "
                "or give the recommender interactions"
            )
        return Popularity().fit(self.interactions)

    def subject(
        self,
        user_id: str | None,
        history: Sequence[str] | None,
        about: Mapping[str, Any] | None = None,
    ) -> tuple[Askers, str | None]:
        """Give one person, a user or a stranger, and why their history is of no use if so."""
        if user_id is not None and history is not None:
            raise BadInputError("give either a user or a history")
        if about is not None and not isinstance(about, Mapping):
            raise BadInputError(f"about maps attributes to values, as {{'age': 30}}, not {about!r}")
        if user_id is None and history is None and about is None:
            raise BadInputError("give either a user or a history, or what a person is about")
        past, lack = Histories.from_lists([[]], len(self.titles)), "there is no history"
        if history is not None:
            past, lack = self._anonymous(history), "the history is empty"
        elif user_id is not None:
            row, lack = None, f"user {user_id!r} is unknown"
            if self.interactions is not None:
                row = self.interactions.user_index.get(str(user_id))
            if row is not None and self.interactions is not None:
                past = self.interactions.histories[row : row + 1]
                lack = f"user {user_id!r} liked nothing"
            elif self._stored(user_id):
                lack = f"user {user_id!r} met nothing yet"
        told = self.model.about if isinstance(self.model, ColdStart) else {}
        subject = Askers(past, [{**told, **self._stored(user_id), **(about or {})}])
        if about is not None:
            self._warn_unheard(about, subject)
        return subject, lack if subject.are_strangers[0] else None

    def stand_in(self, subject: Askers, lack: str) -> str:
        """Say what ranks for somebody whose history is of no use."""
        return f"{lack}, so {in_words(self._dispatcher.model_for(subject))} stands in"

    def goes_by_attributes(self, subject: Askers) -> bool:
        """Tell whether the attributes of one person have a say."""
        return bool(self._dispatcher.known_by_attributes(subject)[0])

    def _warn_unheard(self, about: Mapping[str, Any], subject: Askers) -> None:
        """Warn of attributes that have no say."""
        n_events, most = int(subject.histories.positive().lengths[0]), self._dispatcher.most_events
        if self.newcomers is None or not self.newcomers.prior.columns:
            told = "the model learned nothing of people's attributes"
            unheard = [f"{told}; train it where users have some"]
        else:
            unheard = self.newcomers.prior.attributes.unknown(about)
        if n_events > most:
            unheard.append(f"attributes count for {most} events at most, here are {n_events:,}")
        for sentence in unheard if about else ():
            warn(sentence, LimelightWarning, 4)

    def _stored(self, user_id: str | None) -> Mapping[str, Any]:
        return {} if user_id is None else self._attributes.get(str(user_id), {})

    @cached_property
    def _attributes(self) -> dict[str, dict[str, Any]]:
        """What the table of users says of each, where that is of use."""
        if self._users is None or self._dispatcher.cold is None:
            return {}
        return dict(zip(self._users["user_id"], read_attributes(self._users), strict=True))

    def _anonymous(self, history: Sequence[str]) -> Histories:
        if isinstance(history, str):
            raise BadInputError("a history is a list of item ids, not one text")
        ids, index = [str(item) for item in history], self.titles.index
        if unknown := list(dict.fromkeys(item for item in ids if item not in index)):
            named = ", ".join(map(repr, unknown[:5])) + (", …" if len(unknown) > 5 else "")
            warn(
                f"unknown titles are ignored, {len(unknown):,} in all: {named}", LimelightWarning, 4
            )
        known = [index[item] for item in ids if item in index]
        return Histories.from_lists([known], len(self.titles))

    def allowed(self, filters: Filters) -> NDArray[np.bool_] | None:
        """Tell which titles filters let through, bool (n_titles,); None means all of them."""
        return None if filters == NO_FILTERS else filters.mask(self.titles)

    def _plan(self, rerankers: Sequence[Reranker]) -> Plan | None:
        return Plan(rerankers, self.titles) if rerankers else None

    def lists(
        self,
        askers: Askers,
        n: int,
        allowed: NDArray[np.bool_] | None,
        include_seen: bool,
        plan: Plan | None,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], int]:
        """Rank, and build lists as planned from the best; from more where they come out short.

        Returns items and scores as :meth:`rank` does, and how many lists rules have left short.
        """
        if plan is None or n < 1:
            return *self.rank(askers, n, allowed, include_seen), 0
        allowed = both(allowed, plan.allowed)
        pool = plan.pool(n)
        while True:
            items, scores = self.rank(askers, pool, allowed, include_seen)
            candidates = self._with_pins(
                Candidates(items, scores, askers.histories, self.titles, self.popularity),
                askers,
                plan,
                allowed,
                include_seen,
            )
            lists = plan.build(candidates, n)
            found = (lists[0] >= 0).sum(axis=1)
            barred = (plan.allowed is not None) | (found < (candidates.items >= 0).sum(axis=1))
            short = (found < n) & barred
            if not (short & (items[:, -1] >= 0)).any() or pool >= len(self.titles):
                return *lists, int(short.sum())
            pool *= WIDER

    def _with_pins(
        self,
        candidates: Candidates,
        askers: Askers,
        plan: Plan,
        allowed: NDArray[np.bool_] | None,
        include_seen: bool,
    ) -> Candidates:
        """Add pinned titles that are no candidates by themselves, where a user may see them."""
        if not plan.pins:
            return candidates
        only = np.zeros(len(self.titles), np.bool_)
        only[list(plan.pins.values())] = True
        pins, scores = self.rank(askers, len(plan.pins), both(allowed, only), include_seen)
        known = (pins[:, :, None] == candidates.items[:, None, :]).any(axis=2)
        return replace(
            candidates,
            items=np.hstack([candidates.items, np.where(known, np.int32(-1), pins)]),
            scores=np.hstack([candidates.scores, scores]),
        )

    @cached_property
    def popularity(self) -> NDArray[np.float32] | None:
        """How popular each title is, as a stranger would be told; None where nobody knows."""
        try:
            of_strangers = self.fallback.score(Histories.from_lists([[]], len(self.titles)))
        except NotFoundError:
            return None
        return np.asarray(of_strangers[0])

    def rank(
        self, askers: Askers, n: int, allowed: NDArray[np.bool_] | None, include_seen: bool
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Find the ``n`` best titles of each, best first, as ``Model.top`` gives them.

        People of whom nothing is known are ranked by the fallback.
        """
        exclude = None if include_seen else askers.histories
        return self._dispatcher.top(askers, n, exclude=exclude, allowed=allowed)

    def reasons(self, subject: Askers, items: NDArray[np.int32]) -> pl.Series:
        """Say of titles (n,) why they are for one person, a REASONS series (n,)."""
        model = self._dispatcher.model_for(subject)
        return reasons_for(model, subject.histories, items, self.titles)

    def named(
        self, items: NDArray[np.int32], values: NDArray[np.float32], name: str = "score"
    ) -> pl.DataFrame:
        """Name the titles of indices; -1, which fills the end, is left out."""
        found = items >= 0
        table = self.titles.table.select("item_id", "title")[items[found]]
        return table.with_columns(pl.Series(name, values[found], dtype=pl.Float32))


def both(
    one: NDArray[np.bool_] | None, other: NDArray[np.bool_] | None
) -> NDArray[np.bool_] | None:
    """Allow what both masks allow; None allows everything."""
    if one is None or other is None:
        return other if one is None else one
    return one & other
