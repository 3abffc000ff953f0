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
from limelight.text.rounded import Rounded
from limelight.text.search import Search, nearest

ATTRIBUTE = "meaning"
DECIMALS = 4
DIMENSIONS = 200
MOST = 2048
TOGETHER = 4_096


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
    sizes: set[int] = set()
    vectors = np.zeros((0, 0), np.float32)
    for start in range(0, len(items), TOGETHER):
        found = _decoded(items["attributes"][start : start + TOGETHER])
        lengths = found.list.len().fill_null(0).to_numpy()
        sizes.update(lengths[lengths > 0].tolist())
        if len(sizes) > 1:
            raise several()
        if sizes and not vectors.size:
            vectors = np.zeros((len(items), *sizes), np.float32)
        flat = found.filter(lengths > 0).explode().to_numpy()
        vectors[start + np.flatnonzero(lengths)] = flat.reshape(-1, max(vectors.shape[1], 1))
    return unit(vectors) if sizes else None


def several() -> BadInputError:
    """Say that titles have vectors of several lengths."""
    return BadInputError(
        "titles have vectors of several lengths; make them anew by `limelight text embed --titles`"
    )


def _decoded(attributes: pl.Series) -> pl.Series:
    """Read a part of the vectors: lists of float32, null where there is none."""
    vector = pl.List(pl.Float32)
    try:
        decoded = attributes.str.json_decode(pl.Struct({ATTRIBUTE: vector}))
        found = decoded.struct.field(ATTRIBUTE)
    except pl.exceptions.ComputeError:  # an attribute of that name that is none of ours
        read = [json.loads(text).get(ATTRIBUTE) if text else None for text in attributes]
        found = pl.Series([one if _is_vector(one) else None for one in read], dtype=vector)
    whole = found.list.eval(pl.element().is_finite().fill_null(False)).list.all()
    return found.to_frame("vector").select(pl.when(whole).then("vector")).to_series()


def _is_vector(value: object) -> bool:
    return isinstance(value, list) and all(type(number) in (int, float) for number in value)


def rounded_of(items: pl.DataFrame) -> Rounded | None:
    """Give the titles' vectors in bytes; else as `vectors_of`."""
    vectors = vectors_of(items)
    return None if vectors is None else Rounded.of(vectors)


def searching(items: pl.DataFrame, vectors: Rounded | None = None) -> Search:
    """Make titles ready to be searched, with ``vectors`` or else those that the items have.

    Raises NotFoundError where there are none.
    """
    if items.is_empty():
        raise NotFoundError("the catalogue has no titles; import some first")
    titles = items["title"].fill_null("").to_list()
    about = items.with_columns(title=pl.lit("")).pipe(texts_of)
    return Search(titles, about, rounded_of(items) if vectors is None else vectors)


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
