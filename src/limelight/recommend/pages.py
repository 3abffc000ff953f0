"""Pages, not only lists: rows with a theme each, for one user or one history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from warnings import warn

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limelight.errors import BadInputError, LimelightWarning
from limelight.recommend.askers import Askers
from limelight.recommend.interactions import Histories
from limelight.recommend.recommender import NO_FILTERS, Recommender, both
from limelight.recommend.rerank import Candidates, Pin, Plan, Reranker
from limelight.recommend.titles import Filters

DEPTH = 1000  # titles of the user's own ranking that rows are made of
ANCHORS, RELATED = 10, 50  # titles watched last, and how many are like each
TASTES = 3  # categories that may have a row of new titles
TREND = 50  # titles that count as trending
NEWEST = 0.9  # share of the dated titles that are older than a new one
HEAD = 0.8  # share of all events that the well-known titles hold
MOST = {"because": 3, "new": 2}  # rows of a kind; of others there is one

Mask = NDArray[np.bool_]
_Chosen = tuple[str, str, NDArray[np.int32], NDArray[np.float32], float]


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a page.

    kind      top, popular (for strangers), because, new, trending or gems
    headline  what it is, in words
    titles    item_id, title, score (the model's) and reasons, in the order to show
    value     what it is expected to be worth to the user (see make_page)
    """

    kind: str
    headline: str
    titles: pl.DataFrame
    value: float


@dataclass(frozen=True, eq=False)
class _Theme:
    kind: str
    headline: str
    members: Mask


def make_page(
    recommender: Recommender,
    user_id: str | None = None,
    *,
    history: Sequence[str] | None = None,
    about: Mapping[str, Any] | None = None,
    n_rows: int = 6,
    length: int = 8,
    shortest: int = 4,
    trending: NDArray[np.floating] | None = None,
    filters: Filters = NO_FILTERS,
    rerank: Sequence[Reranker] = (),
) -> list[Row]:
    """Make at most ``n_rows`` rows of at most ``length`` titles; none twice, none that was met.

    The first row is the list that ``recommend`` gives, ``about`` what it is there. Each further one
    is the theme that is worth most with what is left: its titles are the theme's best by the user's
    own ranking, where a title at rank r counts 1 / r, about the chance to be wanted next, and place
    p of the row 1 / log2(1 + p), about the chance to be looked at. A row with fewer than
    ``shortest`` titles is not shown. Themes are:

    - because: titles like one of the ten watched last;
    - new: the newest tenth of the catalogue, in the categories that the history has most of;
    - trending: the fifty first by ``trending``, float (n_titles,), such as decayed counts;
    - gems: titles that are not among the most popular, which hold 80 % of all events.

    ``rerank`` orders every row (pins hold in the first one); what its rules bar is on no row.
    Raises BadInputError for counts below 1.
    """
    for name, count in (("n_rows", n_rows), ("length", length), ("shortest", shortest)):
        if count < 1:
            raise BadInputError(f"{name} must be at least 1, not {count}")
    subject, lack = recommender.subject(user_id, history, about)
    if lack:
        warn(recommender.stand_in(subject, lack), LimelightWarning, 2)
    plan = Plan(rerank, recommender.titles)
    allowed = both(recommender.allowed(filters), plan.allowed)
    candidates = Candidates(
        *recommender.rank(subject, DEPTH, allowed, include_seen=False),
        subject.histories,
        recommender.titles,
        recommender.popularity,
    )
    chances = dict(zip(candidates.items[0].tolist(), candidates.relevance[0].tolist(), strict=True))

    items, scores, short = recommender.lists(subject, length, allowed, False, plan)
    plan.warn_if_short(short, 1, length, 2)
    kind, headline = ("popular", "Popular with everybody") if lack else ("top", "Top picks for you")
    if lack and recommender.goes_by_attributes(subject):
        headline = "Popular with people like you"
    chosen: list[_Chosen] = [(kind, headline, items, scores, _value(items, chances))]
    if (items >= 0).sum() < shortest:
        return []
    within = Plan([one for one in rerank if not isinstance(one, Pin)], recommender.titles)
    themes = list(_themes(recommender, subject.histories, allowed, trending))
    free = np.ones(len(recommender.titles), np.bool_)
    while len(chosen) < n_rows and themes:
        free[chosen[-1][2][chosen[-1][2] >= 0]] = False
        rows = [within.build(_of(candidates, theme.members & free), length) for theme in themes]
        values = [
            _value(items, chances) if (items >= 0).sum() >= shortest else 0.0 for items, _ in rows
        ]
        best = int(np.argmax(values))
        if values[best] == 0:
            break
        theme = themes.pop(best)
        chosen.append((theme.kind, theme.headline, *rows[best], values[best]))
        if sum(kind == theme.kind for kind, *_ in chosen) >= MOST.get(theme.kind, 1):
            themes = [other for other in themes if other.kind != theme.kind]
    return [
        Row(kind, headline, _named(recommender, subject, items[0], scores[0]), value)
        for kind, headline, items, scores, value in chosen
    ]


def _themes(
    recommender: Recommender,
    history: Histories,
    allowed: Mask | None,
    trending: NDArray[np.floating] | None,
) -> Iterator[_Theme]:
    titles, liked = recommender.titles, history.positive().items
    names = titles.table["title"]
    anchors = list(dict.fromkeys(liked[::-1].tolist()))[:ANCHORS]
    if anchors:
        alone = Histories.from_lists([[anchor] for anchor in anchors], len(titles))
        related, _ = recommender.rank(Askers.unknown(alone), RELATED, allowed, include_seen=False)
        for anchor, items in zip(anchors, related, strict=True):
            yield _Theme(
                "because", f"Because you watched {names[anchor]}", _mask(len(titles), items)
            )
    new = np.nan_to_num(titles.facts.newness) >= NEWEST
    if new.any():
        tastes = titles.facts.category_shares[liked].sum(axis=0)
        for column in np.argsort(-tastes, kind="stable")[:TASTES]:
            if tastes[column] > 0:
                of_taste = titles.facts.category_shares[:, column] > 0
                yield _Theme(
                    "new", f"New in {titles.facts.categories[int(column)]}", new & of_taste
                )
        if not tastes.any():
            yield _Theme("new", "New", new)
    if trending is not None:
        if trending.shape != (len(titles),):
            raise BadInputError(
                f"what is trending has shape {trending.shape}, the titles are {len(titles):,}"
            )
        best = np.argsort(-trending, kind="stable")[:TREND]
        yield _Theme("trending", "Trending now", _mask(len(titles), best[trending[best] > 0]))
    popularity = recommender.popularity
    if popularity is not None and popularity.sum() > 0:
        order = np.argsort(-popularity, kind="stable")
        held = np.cumsum(popularity[order], dtype=np.float64) / popularity.sum(dtype=np.float64)
        tail = order[np.searchsorted(held, HEAD) + 1 :]
        yield _Theme("gems", "Hidden gems", _mask(len(titles), tail[popularity[tail] > 0]))


def _mask(n_titles: int, items: NDArray[np.integer]) -> Mask:
    mask = np.zeros(n_titles, np.bool_)
    mask[items[items >= 0]] = True
    return mask


def _of(candidates: Candidates, members: Mask) -> Candidates:
    """Keep the members, in their order."""
    places = np.flatnonzero((candidates.items[0] >= 0) & members[candidates.items[0]])
    return replace(
        candidates, items=candidates.items[:, places], scores=candidates.scores[:, places]
    )


def _value(items: NDArray[np.int32], chances: dict[int, float]) -> float:
    shown = items[0][items[0] >= 0].tolist()
    looked_at = 1 / np.log2(np.arange(2, len(shown) + 2))
    return float(sum(chances.get(item, 0.0) * p for item, p in zip(shown, looked_at, strict=True)))


def _named(
    recommender: Recommender,
    subject: Askers,
    items: NDArray[np.int32],
    scores: NDArray[np.float32],
) -> pl.DataFrame:
    table = recommender.named(items, scores)
    return table.with_columns(recommender.reasons(subject, items[items >= 0]))
