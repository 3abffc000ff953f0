"""limelight text language, keyphrases and duplicates: what is in texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.media import InputsArgument, examined
from limelight.cli.session import Answer, Session, command
from limelight.errors import BadInputError, LimelightError

if TYPE_CHECKING:
    from limelight.progress import Progress
    from limelight.text.reading import Document

app = typer.Typer()

FEW = 3


@command(app, "language")
def language(session: Session, inputs: InputsArgument) -> Answer:
    """Say which language texts, pages and PDFs are in.

    \b
    Example:
      limelight text language letters
    """
    from limelight.text.reading import TEXTS, read

    def work(path: Path, progress: Progress) -> dict[str, Any]:
        documents = read(path)
        return {
            "language": ", ".join(dict.fromkeys(one.language for one in documents)),
            "characters": sum(len(one.text) for one in documents),
            "encoding": documents[0].encoding,
        }

    return examined(session, inputs, TEXTS, work, dict)


@command(app, "keyphrases")
def keyphrases(
    session: Session,
    inputs: InputsArgument,
    count: Annotated[int, typer.Option("-n", metavar="N", help="How many of each text.")] = 10,
) -> Answer:
    """Say what texts are about, in their own words, in English and Chinese.

    \b
    Example:
      limelight text keyphrases review.txt -n 5
    """
    from limelight.text.keyphrases import keyphrases as found_in
    from limelight.text.reading import TEXTS, read

    if count < 1:
        raise BadInputError(f"at least one phrase must be asked for, not {count}")

    def work(path: Path, progress: Progress) -> dict[str, Any]:
        text = "\n\n".join(f"{one.title or ''}\n\n{one.text}" for one in read(path)).strip()
        phrases = found_in(text, count)
        rows = [{"text": one.text, "score": one.score, "count": one.count} for one in phrases]
        return {"keyphrases": rows}

    def row(facts: Mapping[str, Any]) -> dict[str, Any]:
        return {"keyphrases": ", ".join(one["text"] for one in facts["keyphrases"])}

    return examined(session, inputs, TEXTS, work, row)


@command(app, "duplicates")
def duplicates(
    session: Session,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INPUT...]", help="Texts, pages, PDFs, feeds, folders, globs."),
    ] = None,
    titles: Annotated[
        bool, typer.Option("--titles", help="Look among the texts of the catalogue's titles.")
    ] = False,
    alike: Annotated[
        float,
        typer.Option(metavar="SHARE", help="What nearly the same have in common, 0.5 to 1."),
    ] = 0.7,
) -> Answer:
    """Find texts that are nearly the same, without comparing all with all.

    \b
    Examples:
      limelight text duplicates reports
      limelight text duplicates --titles --alike 0.6
    """
    import polars as pl

    from limelight.cli.display import table
    from limelight.text.duplicates import near_duplicates

    if titles == bool(inputs):
        raise BadInputError("name files to look among, or give --titles")
    if titles:
        names, texts = _titles(session)
    else:
        documents, texts = documents_of(session, inputs or [])
        names = [one.name for one in documents]
    with session.progress() as progress:
        groups = near_duplicates(texts, alike, progress)
    found = [
        [{"name": names[row], "alike": share} for row, share in zip(g.rows, g.alike, strict=True)]
        for g in groups
    ]
    rows = [{"group": at, **one} for at, group in enumerate(found, 1) for one in group]
    data = {"texts": len(texts), "groups": found}
    if not rows:
        return Answer(data, f"none of {len(texts):,} texts are nearly the same")
    return Answer(
        data, table(pl.DataFrame(rows), f"{len(groups):,} groups in {len(texts):,} texts")
    )


def _titles(session: Session) -> tuple[list[str], list[str]]:
    from limelight.catalog import open_store

    with open_store(session.store_url) as store:
        items = store.items()
    return items["item_id"].to_list(), items["text"].fill_null("").to_list()


def documents_of(session: Session, inputs: Sequence[str]) -> tuple[list[Document], list[str]]:
    """Read files as documents and their texts; a bad one among several is noted and left out."""
    from limelight.media.inputs import find
    from limelight.text.reading import TEXTS, read

    files = find(inputs, TEXTS)
    documents: list[Document] = []
    failed: list[LimelightError] = []
    for file in files:
        try:
            documents += read(file.path)
        except LimelightError as error:
            failed.append(error)
    if not documents:
        raise failed[0]
    for reason in failed[:FEW]:
        session.note(f"left out: {reason}")
    if len(failed) > FEW:
        session.note(f"{len(failed) - FEW:,} more files are left out, for such reasons")
    return documents, [one.text for one in documents]
