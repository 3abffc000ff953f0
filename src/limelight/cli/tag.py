"""limelight text tag: genres, moods and topics of texts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.session import Answer, Session, command
from limelight.cli.training import NewModel
from limelight.errors import BadInputError

if TYPE_CHECKING:
    from limelight.progress import Progress
    from limelight.text.tag.examples import Examples
    from limelight.text.tag.judging import Judgement
    from limelight.text.tag.tagger import KnownWords, Tagger

    Judged = tuple[Tagger, Judgement]

CATALOGUE = "catalogue"
VALIDATION, TEST = 0.1, 0.1

app = typer.Typer(
    no_args_is_help=True, help="Train, judge and use taggers: genres, moods, topics of texts."
)

DataArgument = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="A CSV or lines of JSON with texts and labels; or `catalogue`.",
        show_default=False,
    ),
]
ModelArgument = Annotated[
    Path, typer.Argument(metavar="MODEL", help="The folder of a tagger.", show_default=False)
]
TextOption = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Where the texts are. Default: text, overview…")
]
LabelsOption = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="Where the labels are. Default: labels, genres…; of the catalogue, its categories, "
        "else an attribute.",
    ),
]
ReportOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write a page: label by label, curves.")
]


@command(app, "train")
def train(
    session: Session,
    data: DataArgument,
    new: NewModel,
    text: TextOption = None,
    labels: LabelsOption = None,
    test: Annotated[
        str | None,
        typer.Option(metavar="DATA", help="Judge by these; else by a tenth of DATA."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="As encoder=recurrent; repeatable."),
    ] = None,
    vectors: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Vectors that words set out from, as glove-6b."),
    ] = None,
    report: ReportOption = None,
) -> Answer:
    """Learn to tag, from texts with the labels that people gave them.

    A tenth of DATA chooses thresholds, another judges. Training that was interrupted goes on
    from its checkpoint when the same is asked for again.

    \b
    Examples:
      limelight text tag train films.csv -o genres
      limelight text tag train catalogue --labels mood -o moods --set encoder=recurrent
    """
    from limelight.configure import configured
    from limelight.text.tag.report import write_report
    from limelight.text.tag.tagger import CARD, Settings, Tagger

    new.check("tagger", CARD, report)
    chosen = configured({"tagger": Settings}, "tagger", "tagger", settings or [])
    learned = _read(session, data, text, labels)
    if test:
        judged_by = _read(session, test, text, labels)
        learned, validation = learned.parted(VALIDATION, chosen.seed)
    else:
        learned, judged_by = learned.parted(TEST, chosen.seed)
        learned, validation = learned.parted(VALIDATION / (1 - TEST), chosen.seed + 1)
    with session.progress() as progress:
        tagger = Tagger.train(
            learned,
            validation,
            chosen,
            _known(vectors),
            progress,
            session.home.make().checkpoints,
        )
        judgement = tagger.judge(judged_by, progress)
        tagger.save(new.out)
    if report:
        write_report(report, tagger, judgement, apart=True)
    facts = {"model": str(new.out), "labels": tagger.labels, "curve": tagger.curve.tolist()}
    return _told(facts, judgement, f"{new.out} learned of {len(learned):,} texts")


@command(app, "evaluate")
def evaluate(
    session: Session,
    model: ModelArgument,
    data: DataArgument,
    text: TextOption = None,
    labels: LabelsOption = None,
    report: ReportOption = None,
) -> Answer:
    """Compare a tagger's tags with those of people: accuracy, precision, recall, F1.

    \b
    Example:
      limelight text tag evaluate genres new-films.csv --report genres.html
    """
    from limelight.text.tag.report import write_report
    from limelight.text.tag.tagger import Tagger

    tagger = Tagger.load(model)
    with session.progress() as progress:
        judgement = tagger.judge(_read(session, data, text, labels), progress)
    if report:
        write_report(report, tagger, judgement, apart=False)
    return _told({"model": str(model)}, judgement, str(model))


@command(app, "use")
def use(
    session: Session,
    model: ModelArgument,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="INPUT", help="Files, folders, globs.", show_default=False),
    ] = None,
    titles: Annotated[
        bool, typer.Option("--titles", help="Tag the texts of the catalogue's titles.")
    ] = False,
    attribute: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The titles' attribute. Default: predicted_genres or the like."
        ),
    ] = None,
) -> Answer:
    """Tag files, or with --titles the catalogue's titles, as an attribute beside the editors'.

    \b
    Examples:
      limelight text tag use genres synopsis.txt
      limelight text tag use genres --titles
    """
    from limelight.text.tag.tagger import Tagger

    if titles == bool(inputs):
        raise BadInputError("name files, or give --titles for the catalogue's titles")
    if attribute and not titles:
        raise BadInputError("--attribute goes with --titles")
    tagger = Tagger.load(model)
    if titles:
        return _titles(session, tagger, attribute or f"predicted_{tagger.noun}")
    return _files(session, tagger, inputs or [])


def _titles(session: Session, tagger: Tagger, attribute: str) -> Answer:
    import polars as pl

    from limelight.catalog import open_store
    from limelight.cli.display import table
    from limelight.text.tag.titles import tag_titles

    with open_store(session.store_url) as store, session.progress() as progress:
        found = tag_titles(store, tagger, attribute, progress)
    if found.kept:
        session.note(
            f"{found.kept:,} of the titles {_have(found.kept)} {attribute} from somebody else"
        )
    if found.silent:
        session.note(f"{found.silent:,} of the titles {_have(found.silent)} no text")
    rows = [{"title": name, attribute: _list(tags)} for name, tags in found.tags.items()]
    facts = {"attribute": attribute, "tagged": len(rows), "titles": found.tags}
    said = f"the catalogue now has {attribute} of {len(rows):,} titles"
    if not rows:
        return Answer(facts, said)
    return Answer(facts, table(pl.DataFrame(rows[:20]), said))


def _files(session: Session, tagger: Tagger, inputs: list[str]) -> Answer:
    from limelight.cli.media import examined
    from limelight.text.reading import TEXTS, read

    def work(source: Path, progress: Progress) -> Mapping[str, Any]:
        documents = read(source)
        texts = ["\n\n".join(filter(None, (one.title, one.text))) for one in documents]
        tags = tagger.tags(texts, progress)
        if len(documents) == 1:
            return {"tags": tags[0]}
        return {"tags": {one.name: given for one, given in zip(documents, tags, strict=True)}}

    def row(facts: Mapping[str, Any]) -> Mapping[str, Any]:
        tags = facts["tags"]
        if any(isinstance(value, Mapping) for value in tags.values()):
            return {tagger.noun: "; ".join(f"{name}: {_list(one)}" for name, one in tags.items())}
        return {tagger.noun: _list(tags)}

    return examined(session, inputs, TEXTS, work, row)


def _have(n: int) -> str:
    return "has" if n == 1 else "have"


def _list(tags: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {score:.0%}" for name, score in tags.items()) or "none"


def _read(session: Session, data: str, text: str | None, labels: str | None) -> Examples:
    from limelight.text.tag.material import catalogue_examples, read_examples

    if data != CATALOGUE or Path(data).exists():
        return read_examples(Path(data), text, labels)
    from limelight.catalog import open_store

    if text:
        raise BadInputError("the catalogue's texts are known; leave --text out")
    with open_store(session.store_url) as store:
        return catalogue_examples(store.items(), labels or "categories")


def _known(vectors: str | None) -> KnownWords | None:
    if vectors is None:
        return None
    from limelight.text.embed import WordVectors, choose

    found = choose(vectors)
    if not isinstance(found, WordVectors):
        raise BadInputError(f"{vectors!r} has no vectors of words; glove-6b has")
    found.vectors([])  # reads pretrained ones, and refuses what has learned nothing yet
    return found


def _told(facts: Mapping[str, Any], judgement: Judgement, begin: str) -> Answer:
    import polars as pl
    from rich.console import Group
    from rich.text import Text

    from limelight.cli.display import table

    line = (
        f"{begin}: F1 {judgement.micro.f1:.3f} of all pairs (micro), {judgement.macro.f1:.3f} mean "
        f"of labels (macro); all labels right of {judgement.accuracy:.1%} of {judgement.n:,} texts"
    )
    shown = table(pl.DataFrame(list(judgement.by_label)))
    return Answer({**facts, "judgement": judgement.facts()}, Group(shown, Text(line)))
