"""Titles of the catalogue by what is written of them: vectors as attributes, search, likeness."""

from __future__ import annotations

import json

import numpy as np
import polars as pl

from limelight.catalog import Store, describe_items
from limelight.errors import BadInputError, NotFoundError
from limelight.progress import Progress, silent
from limelight.text.embed import Embedder, TfIdf
from limelight.text.embed.embedder import Matrix, unit
from limelight.text.search import Search, nearest

ATTRIBUTE = "meaning"
DECIMALS = 4
DIMENSIONS = 200
MOST = 2048


def texts_of(items: pl.DataFrame) -> list[str]:
    """Give what is written of each title: its name, its categories and its text."""
    told = items.select(
        pl.concat_str(
            [
                pl.col("title").fill_null(""),
                pl.col("categories").list.join(", ").fill_null(""),
                pl.col("text").fill_null(""),
            ],
            separator="\n",
        )
    ).to_series()
    return [text.strip() for text in told.to_list()]


def embed_titles(store: Store, embedder: Embedder, progress: Progress = silent) -> int:
    """Write a vector of each title's text into its attribute "meaning", and count the titles.

    What learns from texts learns from these first. Titles of which nothing is written, or nothing
    that the embedder knows, keep what they had. Raises NotFoundError where there is no title with
    a text, BadInputError where vectors would be too long for a catalogue.
    """
    items = store.items()
    texts = texts_of(items)
    if not any(texts):
        raise NotFoundError("the catalogue has no title with a text; import some first")
    vectors = embedder.fit(texts, progress).vectors(texts, progress)
    if vectors.shape[1] > MOST:
        raise BadInputError(
            f"{embedder.name} gives {vectors.shape[1]:,} numbers a title, and the catalogue takes "
            f"{MOST:,} at most; reduce them, as tfidf:dimensions={DIMENSIONS} does"
        )
    rows = np.flatnonzero(vectors.any(axis=1))
    progress(0, None, "writing into the catalogue")
    ids = items["item_id"].to_list()
    rounded = vectors[rows].astype(np.float64).round(DECIMALS).tolist()
    describe_items(
        store,
        {ids[row]: {ATTRIBUTE: vector} for row, vector in zip(rows, rounded, strict=True)},
    )
    return len(rows)


def vectors_of(items: pl.DataFrame) -> Matrix | None:
    """Give the titles' vectors, float32 (n_titles, n), rows of 0 for titles without; or None.

    Raises BadInputError where they are of several lengths, as of several embedders.
    """
    found: dict[int, list[float]] = {}
    for row, text in enumerate(items["attributes"].to_list()):
        vector = json.loads(text).get(ATTRIBUTE) if text else None
        if isinstance(vector, list):
            found[row] = vector
    if not found:
        return None
    if len({len(vector) for vector in found.values()}) > 1:
        raise BadInputError(
            "titles have vectors of several lengths; make them anew by "
            "`limelight text embed --titles`"
        )
    vectors = np.zeros((len(items), len(next(iter(found.values())))), np.float32)
    vectors[list(found)] = list(found.values())
    return unit(vectors)


def searching(items: pl.DataFrame) -> Search:
    """Make titles ready to be searched. Raises NotFoundError where there are none."""
    if items.is_empty():
        raise NotFoundError("the catalogue has no titles; import some first")
    titles = items["title"].fill_null("").to_list()
    about = items.with_columns(title=pl.lit("")).pipe(texts_of)
    return Search(titles, about, vectors_of(items))


def like(items: pl.DataFrame, item_id: str, n: int = 10) -> list[tuple[str, float]]:
    """Give the titles whose texts are nearest to a title's, and the cosines.

    By the vectors in the catalogue, or where there are none by TF-IDF in 200 dimensions. Raises
    NotFoundError for a title that is not there or of which nothing is written.
    """
    ids = items["item_id"].to_list()
    if item_id not in ids:
        raise NotFoundError(f"the catalogue has no title {item_id!r}")
    row = ids.index(item_id)
    vectors = vectors_of(items)
    if vectors is None:
        texts = texts_of(items)
        if not texts[row]:
            raise NotFoundError(f"nothing is written of {item_id!r}")
        vectors = TfIdf(dimensions=DIMENSIONS).fit(texts).vectors(texts)
    if not vectors[row].any():
        raise NotFoundError(
            f"{item_id!r} has no vector; `limelight text embed --titles` gives it one, "
            "if anything is written of it"
        )
    return [(ids[other], cosine) for other, cosine in nearest(vectors, row, n)]
