"""limelight text embed, search and like: texts and titles by what they mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.session import Answer, Session, command
from limelight.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from limelight.progress import Progress
    from limelight.text.embed import Embedder
    from limelight.text.search import Search

app = typer.Typer()

PRETRAINED, PLAIN = "sentences", "tfidf:dimensions=200"
NOTES = 5
"""Misspelt words that are told one by one."""

CountOption = Annotated[int, typer.Option("-n", metavar="N", help="How many titles.")]


@command(app, "embed")
def embed(
    session: Session,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INPUT...]", help="Texts, pages, PDFs, folders, globs."),
    ] = None,
    titles: Annotated[
        bool,
        typer.Option("--titles", help="Write a vector of each title's text into the catalogue."),
    ] = False,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="sentences, glove, glove-6b, tfidf or bag-of-words, with settings as in "
            "glove:dimensions=50; or a FOLDER that --save wrote. Default: sentences, if its "
            "weights are on this disk, else tfidf in 200 dimensions.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Write the vectors as lines of JSON."),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Keep what was learned, for --by."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what -o and --save name.")
    ] = False,
) -> Answer:
    """Turn texts into vectors, or the texts of all titles, for search and recommendations.

    \b
    Examples:
      limelight text embed --titles
      limelight text embed archive --by glove:dimensions=100 --save vectors
      limelight text embed letters --by vectors -o letters.jsonl
    """
    if titles == bool(inputs):
        raise BadInputError("name files to turn into vectors, or give --titles")
    if titles and (out or save):
        raise BadInputError("--titles writes into the catalogue; -o and --save are for files")
    for path in (out, save):
        if path is not None and path.exists() and not overwrite:
            raise BadInputError(f"{path} exists already; --overwrite replaces it")
    with session.progress() as progress:
        if titles:
            return _embed_titles(session, _chosen(session, by), progress)
        return _embed_files(session, inputs or [], by, out, save, progress)


def _chosen(session: Session, by: str | None) -> Embedder:
    from limelight.errors import UnavailableError
    from limelight.text.embed import choose
    from limelight.weights import path

    if by is not None:
        return choose(by)
    try:
        path("use-multilingual")
    except UnavailableError as error:
        session.note(f"only words count, not what they mean: {error}")
        return choose(PLAIN)
    return choose(PRETRAINED)


def _embed_titles(session: Session, embedder: Embedder, progress: Progress) -> Answer:
    from limelight.catalog import open_store
    from limelight.text.titles import embed_titles

    with open_store(session.store_url) as store:
        count = embed_titles(store, embedder, progress)
    embedder.save(session.home.embedder)
    told = f"{count:,} titles have a vector of their text now, by {embedder.name}"
    return Answer({"titles": count, "embedder": embedder.name}, told)


def _embed_files(
    session: Session,
    inputs: Sequence[str],
    by: str | None,
    out: Path | None,
    save: Path | None,
    progress: Progress,
) -> Answer:
    from limelight.cli.texts import documents_of
    from limelight.media.whole import replacing
    from limelight.text.embed import choose

    loaded = by is not None and Path(by).is_dir()
    embedder = choose(by) if by is not None else _chosen(session, by)
    documents, texts = documents_of(session, inputs)
    if not loaded:
        embedder.fit(texts, progress)
    if save:
        embedder.save(save)
    vectors = embedder.vectors(texts, progress) if out or not save else None
    if out and vectors is not None:
        with replacing(out) as draft, draft.open("w", encoding="utf-8") as file:
            for document, vector in zip(documents, vectors, strict=True):
                row = {"name": document.name, "vector": [round(float(x), 6) for x in vector]}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    size = 0 if vectors is None else vectors.shape[1]
    kept = [f"the vectors are in {out}"] if out else []
    kept += [f"what was learned is in {save}"] if save else []
    told = f"{len(texts):,} texts, by {embedder.name}" + (
        f", {size:,} numbers each" if size else ""
    )
    data: dict[str, Any] = {"texts": len(texts), "embedder": embedder.name, "dimensions": size}
    return Answer(data, "; ".join([told, *kept]))


@command(app, "search")
def search(
    session: Session,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words, a name, or a sentence.")],
    count: CountOption = 10,
) -> Answer:
    """Find titles by words, by meaning, and past typing errors, in English and Chinese.

    Meaning counts once `limelight text embed --titles` gave the titles vectors.

    \b
    Examples:
      limelight text search "teh godfater"
      limelight text search "a robot left alone on earth"
      limelight text search "外星人"
    """
    import polars as pl

    from limelight.catalog import open_store
    from limelight.cli.display import table
    from limelight.text.kept_search import kept_search
    from limelight.text.search import LONGEST

    with open_store(session.store_url) as store, session.progress() as progress:
        ids, titles = kept_search(store, session.home.search, progress)
        hits = titles.find(query, count, _asked(session, titles, query))
        found = store.items([ids[hit.row] for hit in hits]).select("item_id", "title", "kind")
    known = {row["item_id"]: row for row in found.to_dicts()}
    rows = [
        {**known[ids[hit.row]], "score": hit.score, "words": hit.words}
        | {"spelling": hit.spelling, "meaning": hit.meaning}
        for hit in hits
        if ids[hit.row] in known  # else it was taken out meanwhile
    ]
    meant = {
        word: [other for other, _ in near]
        for word, near in titles.corrections(query).items()
        if near
    }
    for word, others in list(meant.items())[:NOTES]:
        session.note(f"{word!r} is not there; looked for {', '.join(others)}")
    if len(meant) > NOTES:
        session.note(f"{len(meant) - NOTES} more words are not there; others were looked for")
    if len(query) > LONGEST:
        session.note(f"only the first {LONGEST:,} characters were looked for")
    data = {"query": query, "titles": rows, "looked_for": meant}
    return Answer(data, table(pl.DataFrame(rows)) if rows else "no title has anything of that")


def _asked(session: Session, titles: Search, query: str) -> NDArray[np.float32] | None:
    """Give the query's vector by what made the titles', or say why there is none."""
    from limelight.errors import LimelightError, NotFoundError
    from limelight.text.embed import load

    if titles.vectors is None:
        session.note("meaning does not count yet; `limelight text embed --titles` lets it")
        return None
    try:
        vector: NDArray[np.float32] = load(session.home.embedder).vectors([query])[0]
        if len(vector) != titles.vectors.dimensions:
            raise NotFoundError("the titles have vectors of another kind; embed them again")
    except LimelightError as error:
        session.note(f"meaning does not count: {error}")
        return None
    return vector


@command(app, "like")
def like(
    session: Session,
    item_id: Annotated[str, typer.Argument(metavar="ITEM_ID", help="A title of the catalogue.")],
    count: CountOption = 10,
) -> Answer:
    """Show the titles whose texts are most like a title's.

    \b
    Example:
      limelight text like f17
    """
    import polars as pl

    from limelight.catalog import open_store
    from limelight.cli.display import table
    from limelight.text.titles import like as nearest

    if count < 1:
        raise BadInputError(f"at least one title must be asked for, not {count}")
    with open_store(session.store_url) as store:
        items = store.items()
    found = nearest(items, item_id, count)
    names = dict(items.select("item_id", "title").iter_rows())
    rows = [
        {"item_id": other, "title": names[other], "alike": round(cosine, 4)}
        for other, cosine in found
    ]
    heading = f"like {names[item_id] or item_id}"
    shown = table(pl.DataFrame(rows), heading) if rows else "no title is like it"
    return Answer({"item_id": item_id, "titles": rows}, shown)
