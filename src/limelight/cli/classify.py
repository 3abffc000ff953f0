"""limelight image classify: networks that learn what pictures show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.media import InputsArgument, examined
from limelight.cli.session import Answer, Session, command
from limelight.cli.training import DeviceOption, NewModel
from limelight.errors import BadInputError
from limelight.media.inputs import PICTURES

if TYPE_CHECKING:
    from rich.console import RenderableType

    from limelight.image.classify.evaluation import Evaluation
    from limelight.image.classify.labelled import Labelled
    from limelight.progress import Progress

SIZE = 64  # of pictures from folders

app = typer.Typer(
    no_args_is_help=True, help="Train, judge and use networks that tell what pictures show."
)

DataArgument = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="A folder with a folder a class, as FOLDER/cat/1.jpg; or cifar10.",
        show_default=False,
    ),
]
ModelArgument = Annotated[
    Path, typer.Argument(metavar="MODEL", help="The folder of a classifier.", show_default=False)
]
ReportOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write a page: classes, confusions, mistakes, curves."),
]


@command(app, "train")
def train(
    session: Session,
    data: DataArgument,
    new: NewModel,
    plan: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="quick, standard, large, plain; fine-tune with --base."),
    ] = None,
    base: Annotated[
        Path | None,
        typer.Option(metavar="MODEL", help="Begin with what this classifier has learned."),
    ] = None,
    test: Annotated[
        str | None,
        typer.Option(metavar="DATA", help="Judge by these pictures, and learn from all of DATA."),
    ] = None,
    held_out: Annotated[
        float, typer.Option(metavar="SHARE", help="Of a folder's pictures, else judged by.")
    ] = 0.15,
    epochs: Annotated[
        float | None,
        typer.Option(metavar="N", help="How often every picture is seen. Default: as planned."),
    ] = None,
    size: Annotated[
        int | None,
        typer.Option(
            metavar="PIXELS", help=f"Side of the pictures. Default: {SIZE}, or the base's."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of all that is random.")] = 0,
    device: DeviceOption = "cpu",
    report: ReportOption = None,
) -> Answer:
    """Learn to tell the classes of labelled pictures apart.

    A part of every class is held out, and the classifier is judged by it. Training that was
    interrupted goes on from its checkpoint when the same is asked for again.

    \b
    Examples:
      limelight image classify train cifar10 -o objects
      limelight image classify train posters -o genres --size 96 --report genres.html
      limelight image classify train posters --base objects -o genres
    """
    from limelight.image.classify.classifier import CARD, Classifier
    from limelight.image.classify.evaluation import evaluate
    from limelight.image.classify.labelled import parted
    from limelight.image.classify.plans import plan_of
    from limelight.image.classify.report import write_report
    from limelight.image.classify.training import train

    new.check("classifier", CARD, report)
    if epochs is not None and not 0 < epochs < 10_000:
        raise BadInputError(f"--epochs is more than 0 and less than 10,000, not {epochs:g}")
    known = Classifier.load(base) if base else None
    chosen = replace(plan_of(plan or ("fine-tune" if base else "standard")), seed=seed)
    with session.progress() as progress:
        side = size or (known.size if known else None)
        learned = _read(session, data, side, progress, training=True)
        if test:
            watched = _read(session, test, learned.size, progress, least=1).named(learned.classes)
        elif _is_cifar(data):
            watched = _read(session, data, learned.size, progress)
        else:
            learned, watched = parted(learned, held_out, seed)
        chosen = chosen.suited(len(learned))
        if epochs is not None:
            chosen = replace(chosen, epochs=epochs)
        found = train(
            learned,
            chosen,
            watched=watched,
            base=known,
            device=device,
            checkpoints=session.home.make().checkpoints,
            progress=progress,
        )
        found.save(new.out)
        facts: dict[str, Any] = {"model": new.out, "classes": learned.counts}
        text = f"{new.out} tells {len(found.classes)} classes apart"
        if not len(watched):
            return Answer(facts, f"{text}; no pictures were held out to judge it by")
        judged = evaluate(found, watched, progress)
    if report:
        write_report(report, found, judged)
    return Answer({**facts, "evaluation": judged.facts()}, _told(judged, text))


@command(app, "evaluate")
def evaluate(
    session: Session, model: ModelArgument, data: DataArgument, report: ReportOption = None
) -> Answer:
    """Judge a classifier by labelled pictures that it has not learned from.

    Of cifar10 the 10,000 pictures to test with are taken.

    \b
    Examples:
      limelight image classify evaluate objects cifar10 --report objects.html
      limelight image classify evaluate genres new-posters --json
    """
    from limelight.image.classify.classifier import Classifier
    from limelight.image.classify.evaluation import evaluate
    from limelight.image.classify.report import write_report

    classifier = Classifier.load(model)
    with session.progress() as progress:
        judged = evaluate(
            classifier, _read(session, data, classifier.size, progress, least=1), progress
        )
    if report:
        write_report(report, classifier, judged)
    return Answer(judged.facts(), _told(judged, f"{model}"))


@command(app, "label")
def label(
    session: Session,
    model: ModelArgument,
    inputs: InputsArgument,
    top: Annotated[int, typer.Option(metavar="N", help="How many classes to tell of each.")] = 3,
) -> Answer:
    """Say what pictures show, the likeliest class first.

    \b
    Examples:
      limelight image classify label objects photo.jpg
      limelight image classify label genres posters --top 1 --json
    """
    from limelight.image.classify.classifier import Classifier
    from limelight.image.classify.labelled import fitted
    from limelight.image.reading import read

    if top < 1:
        raise BadInputError(f"--top is 1 or more, not {top}")
    classifier = Classifier.load(model)

    def work(source: Path, progress: Progress) -> Mapping[str, Any]:
        picture = fitted(read(source), classifier.size)
        likely = classifier.probabilities(picture[None])[0]
        best = likely.argsort()[::-1][:top]
        return {"labels": {classifier.classes[place]: float(likely[place]) for place in best}}

    def row(facts: Mapping[str, Any]) -> Mapping[str, Any]:
        told = [f"{name} {probability:.0%}" for name, probability in facts["labels"].items()]
        return {"shows": ", ".join(told)}

    return examined(session, inputs, PICTURES, work, row)


@command(app, "export")
def export(
    session: Session,
    model: ModelArgument,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE.onnx", help="Where to.", show_default=False),
    ],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
) -> Answer:
    """Write a classifier as ONNX, which gives the same answers: that is checked.

    \b
    Example:
      limelight image classify export objects -o objects.onnx
    """
    from limelight.image.classify.classifier import Classifier
    from limelight.image.classify.export import INPUT, OUTPUT, export_onnx

    if out.exists() and not overwrite:
        raise BadInputError(f"{out} exists already; --overwrite replaces it")
    classifier = Classifier.load(model)
    export_onnx(classifier, out)
    shape = f"float32 (n, 3, {classifier.size}, {classifier.size})"
    text = f"{out} takes {INPUT}, {shape} from 0 to 1, and gives {OUTPUT} of {classifier.classes}"
    return Answer({"file": out, "size": classifier.size, "classes": classifier.classes}, text)


def _is_cifar(data: str) -> bool:
    """Say whether the data set is meant: a folder of the same name goes first."""
    from limelight.datasets.cifar10 import NAME

    return data == NAME and not Path(data).is_dir()


def _read(
    session: Session,
    data: str,
    size: int | None,
    progress: Progress,
    training: bool = False,
    least: int = 2,
) -> Labelled:
    from limelight.datasets.cifar10 import CLASSES, SIDE, fetch_cifar10
    from limelight.image.classify.labelled import Labelled, read_folder

    if not _is_cifar(data):
        return read_folder(data, size or SIZE, progress, least)
    if size not in (None, SIDE):
        raise BadInputError(f"{data} has pictures of {SIDE} pixels; leave --size out")
    pictures = fetch_cifar10(session.home.make().datasets, progress)
    return Labelled(*(pictures.training() if training else pictures.test()), CLASSES)


def _told(judged: Evaluation, begin: str) -> RenderableType:
    import polars as pl
    from rich.console import Group
    from rich.text import Text

    from limelight.cli.display import table

    low, high = judged.interval
    line = (
        f"{begin}: {judged.accuracy:.2%} of {len(judged.labelled):,} pictures right "
        f"(95 % interval {low:.1%} to {high:.1%}), mean F1 {judged.macro_f1:.3f}, "
        f"calibration error {judged.calibration_error:.3f}"
    )
    return Group(table(pl.DataFrame(judged.by_class)), Text(line))
