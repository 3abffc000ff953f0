"""limelight text summarise, loglines, synopses and accept: less of what is written of titles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.media import InputsArgument, OverwriteOption, ResumeOption, examined, finished
from limelight.cli.session import Answer, Session, command
from limelight.cli.titles import MapOption
from limelight.errors import BadInputError

if TYPE_CHECKING:
    from limelight.media.outputs import Job
    from limelight.progress import Progress
    from limelight.text.embed import Embedder
    from limelight.text.summary import Length, Summary
    from limelight.text.summary.proposing import Kind, Material

SHOWN = 10

app = typer.Typer()

SentencesOption = Annotated[
    int | None, typer.Option("--sentences", metavar="N", help="At most so many sentences.")
]
WordsOption = Annotated[
    int | None, typer.Option("--words", metavar="N", help="At most so many words.")
]
CharactersOption = Annotated[
    int | None,
    typer.Option("--characters", metavar="N", help="At most so many characters, for Chinese."),
]
MeaningOption = Annotated[
    bool,
    typer.Option(
        "--meaning",
        help="Compare sentences by meaning, after `limelight weights fetch use-multilingual`.",
    ),
]
TextsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[INPUT]...",
        help="Files of longer texts, named as their titles' ids. Without: --titles.",
        show_default=False,
    ),
]
TitlesOption = Annotated[
    bool, typer.Option("--titles", help="Work on what the catalogue has written of its titles.")
]
TableOption = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help="The table: review.csv or review.html.",
        show_default=False,
    ),
]
AgainOption = Annotated[bool, typer.Option("--again", help="Titles that have an accepted one too.")]


@dataclass(frozen=True)
class Proposing:
    """The options of a command that proposes a text for each title, in a table for review."""

    out: TableOption
    inputs: TextsArgument = None
    titles: TitlesOption = False
    words: WordsOption = None
    characters: CharactersOption = None
    listed: MapOption = None
    again: AgainOption = False
    meaning: MeaningOption = False
    overwrite: OverwriteOption = False

    def check(self) -> None:
        """Refuse before any work what could not be done or written."""
        if self.out.suffix.lower() not in (".csv", ".html", ".htm"):
            raise BadInputError(f"the table for review is .csv or .html, and not {self.out.name!r}")
        if self.out.exists() and not self.overwrite:
            raise BadInputError(
                f"{self.out} exists already; --overwrite replaces it, answers included"
            )
        if bool(self.inputs) == self.titles:
            raise BadInputError("name files, or say --titles for what the catalogue has written")


@command(app, "summarise")
def summarise(
    session: Session,
    inputs: InputsArgument,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="OUT",
            help="A file for one input (.txt, .md, .json), else a folder. Without: on screen.",
        ),
    ] = None,
    sentences: SentencesOption = None,
    words: WordsOption = None,
    characters: CharactersOption = None,
    format: Annotated[
        str | None, typer.Option("--format", metavar="SUFFIX", help="txt, md or json.")
    ] = None,
    meaning: MeaningOption = False,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Shorten texts to the sentences that say most, word for word, with their places.

    \b
    Examples:
      limelight text summarise report.pdf
      limelight text summarise reviews --words 60 -o short --format md
      limelight text summarise 新闻.txt --characters 120 -o short.json
    """
    from limelight.cli.media import planned
    from limelight.text.reading import TEXTS
    from limelight.text.summary.length import length_of
    from limelight.text.summary.summarising import THREE
    from limelight.text.summary.writing import FORMATS, as_data, write_summaries

    length = length_of(sentences, words, characters, THREE)
    embedder = _embedder(meaning)
    if out is None:
        if format or overwrite or resume:
            raise BadInputError("--format, --overwrite and --resume are for files; name them by -o")

        def show(path: Path, progress: Progress) -> Mapping[str, Any]:
            return {"summaries": [as_data(one) for one in _summaries(path, length, embedder)]}

        return examined(session, inputs, TEXTS, show, _shown)
    if format and f".{format.lower().lstrip('.')}" not in FORMATS:
        raise BadInputError(f"a summary is written as txt, md or json, and not as {format!r}")
    named = Path(out).suffix.lower() in FORMATS and not Path(out).is_dir()

    def work(job: Job, progress: Progress) -> Mapping[str, Any]:
        made = _summaries(job.source, length, embedder)
        write_summaries(job.target, made)
        return {"did": "; ".join(one.places for one in made)}

    suffix = format or (None if named else "txt")
    return finished(session, planned(inputs, out, TEXTS, suffix, overwrite, resume), work)


@command(app, "loglines")
def loglines(session: Session, asked: Proposing) -> Answer:
    """Propose one sentence for each title, at most 25 words or 40 characters, for review.

    \b
    Examples:
      limelight text loglines --titles -o review.csv
      limelight text loglines --titles --words 20 -o review.html
    """
    return _proposed(session, "logline", asked)


@command(app, "synopses")
def synopses(session: Session, asked: Proposing, sentences: SentencesOption = None) -> Answer:
    """Propose a synopsis of each longer text, such as a plot, without its ending, for review.

    \b
    Examples:
      limelight text synopses plots --words 80 -o review.html
      limelight text synopses --titles --characters 150 -o review.csv
    """
    return _proposed(session, "synopsis", asked, sentences)


@command(app, "accept")
def accept(
    session: Session,
    review: Annotated[
        Path,
        typer.Argument(metavar="REVIEW", help="The table, with yes where a text is good."),
    ],
) -> Answer:
    """Write the texts that a reviewed table says yes to into the catalogue; originals stay.

    \b
    Example:
      limelight text accept review.csv
    """
    from limelight.catalog import open_store
    from limelight.text.summary.review import accept as written
    from limelight.text.summary.review import read_review

    accepted = read_review(review)
    if not accepted:
        raise BadInputError(f"{review} says yes to nothing; write yes into its column accept")
    with open_store(session.store_url) as store:
        written(store, accepted)
    edited = sum(one.edited for one in accepted)
    data = {
        "accepted": len(accepted),
        "edited": edited,
        "titles": sorted({one.item_id for one in accepted}),
    }
    said = f"{len(accepted):,} text{'' if len(accepted) == 1 else 's'} went into the catalogue"
    return Answer(data, f"{said}, {edited:,} of them edited" if edited else said)


def _summaries(path: Path, length: Length, embedder: Embedder | None) -> list[Summary]:
    from limelight.text.reading import read
    from limelight.text.summary import summarise

    return [summarise(document, length, embedder) for document in read(path)]


def _shown(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    made = facts["summaries"]
    places = [
        " ".join(f"¶{s['paragraph']}.{s['sentence']}" for s in one["sentences"]) for one in made
    ]
    left_out = [f"{part['reason']}" for one in made for part in one["left_out"]]
    return {
        "summary": " | ".join(one["summary"] for one in made),
        "places": " | ".join(places),
        "left out": "; ".join(left_out),
    }


def _embedder(meaning: bool) -> Embedder | None:
    if not meaning:
        return None
    from limelight.text.embed import SentenceVectors

    return SentenceVectors()


def _proposed(
    session: Session, kind: Kind, asked: Proposing, sentences: int | None = None
) -> Answer:
    import polars as pl

    from limelight.cli.display import table
    from limelight.text.summary.length import Length, length_of
    from limelight.text.summary.proposing import propose_all
    from limelight.text.summary.review import write_review

    asked.check()
    given = (sentences, asked.words, asked.characters)
    length = None
    if any(one is not None for one in given):
        length = length_of(*given, otherwise=Length(1))
    if asked.titles:
        materials = _of_catalogue(session, kind, asked.again)
    else:
        materials = _of_files(session, asked.inputs or (), asked.listed)
    with session.progress() as progress:
        proposals = propose_all(materials, kind, length, _embedder(asked.meaning), progress)
    write_review(asked.out, proposals)
    made = [one for one in proposals if one.text]
    for one in [one for one in proposals if not one.text][:SHOWN]:
        session.note(one.note)
    if (without := len(proposals) - len(made)) > SHOWN:
        session.note(f"and {without - SHOWN:,} more without a proposal; the table says why")
    data = {
        "table": str(asked.out),
        "proposed": len(made),
        "without": without,
        "proposals": [vars(one) for one in proposals],
    }
    shown = [{"title": one.title or one.item_id, kind: one.text} for one in made[:SHOWN]]
    session.note(
        f"{len(made):,} proposals are in {asked.out}; limelight text accept takes the good ones"
    )
    return Answer(data, table(pl.DataFrame(shown)) if shown else None)


def _of_catalogue(session: Session, kind: Kind, again: bool) -> list[Material]:
    from limelight.catalog import open_store
    from limelight.text.summary.proposing import titles

    with open_store(session.store_url) as store:
        found, bare, had = titles(store, kind, again)
    if bare:
        session.note(f"{bare:,} title{' has' if bare == 1 else 's have'} no text")
    if had:
        session.note(f"{had:,} left out that {'has' if had == 1 else 'have'} one; --again does all")
    return found


def _of_files(session: Session, inputs: Sequence[str], listed: Path | None) -> list[Material]:
    from limelight.errors import LimelightError
    from limelight.media.inputs import find
    from limelight.media.titles import titles_of
    from limelight.text.reading import TEXTS, read
    from limelight.text.summary.proposing import materials_of

    pairs = []
    errors: list[LimelightError] = []
    for path, item_id in titles_of([item.path for item in find(inputs, TEXTS)], listed):
        try:
            documents = read(path)
            if len(documents) > 1:
                raise BadInputError(f"{path.name} has {len(documents)} texts; give one a title")
            pairs.append((documents[0], item_id, path.name))
        except LimelightError as error:
            errors.append(error)
    if errors and not pairs:
        raise errors[0]
    for refused in errors:
        session.note(f"left out: {refused}")
    return materials_of(pairs)
