"""limelight text writer: networks that write texts from facts, or from other texts."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.session import Answer, Session, command
from limelight.cli.training import DeviceOption, NewModel
from limelight.errors import BadInputError

if TYPE_CHECKING:
    from limelight.progress import Progress
    from limelight.text.sequence.material import Material
    from limelight.text.sequence.writer import Writer, Written

SAMPLES = 12

app = typer.Typer(
    no_args_is_help=True, help="Train, judge and use networks that write of facts or other texts."
)

DataArgument = Annotated[
    Path,
    typer.Argument(
        metavar="DATA",
        help="Lines of JSON with facts or source, and texts; or WebNLG's folder or .tar.gz.",
        show_default=False,
    ),
]
ModelArgument = Annotated[
    Path, typer.Argument(metavar="MODEL", help="The folder of a writer.", show_default=False)
]
BeamsOption = Annotated[int, typer.Option(metavar="N", help="Hypotheses side by side, 1 to 50.")]
ReportOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write a page: curves, texts, and what words looked at."),
]


@command(app, "train")
def train(
    session: Session,
    data: DataArgument,
    new: NewModel,
    validation: Annotated[
        Path | None,
        typer.Option(metavar="DATA", help="Stop by these; else WebNLG's dev, or one in twenty."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="As architecture=recurrent; repeatable."),
    ] = None,
    device: DeviceOption = "cpu",
    report: ReportOption = None,
) -> Answer:
    """Learn to write, from sources and what people wrote of them.

    Training that was interrupted goes on from its checkpoint when the same is asked for again.

    \b
    Examples:
      limelight text writer train programme.jsonl -o writer
      limelight text writer train webnlg.tar.gz -o writer --set architecture=recurrent
    """
    from limelight.configure import configured
    from limelight.text.sequence.material import LINES, read_material
    from limelight.text.sequence.writer import Settings, Writer

    new.check("writer", "writer.json", report)
    chosen = configured({"writer": Settings}, "writer", "writer", settings or [])
    learned = read_material(data)
    if validation:
        held_out = read_material(validation, "dev")
    elif data.suffix.lower() in LINES:
        learned, held_out = learned.parted(chosen.seed)
    else:
        held_out = read_material(data, "dev")
    with session.progress() as progress:
        writer = Writer.train(
            learned.learned(),
            held_out.examples,
            chosen,
            progress,
            device,
            session.home.make().checkpoints,
        )
        writer.save(new.out)
        if report:
            _report(report, writer, held_out, progress)
    facts = {"model": str(new.out), "epochs": len(writer.curve), "curve": writer.curve.tolist()}
    lost = [] if not len(held_out.examples) else writer.curve[:, 1].tolist()
    best = f", loss {min(lost):.3f} on what was held out" if lost else ""
    return Answer(facts, f"{new.out} learned in {len(writer.curve)} epochs{best}")


@command(app, "write")
def write(
    session: Session,
    model: ModelArgument,
    data: DataArgument,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Lines of JSON; else they are shown."),
    ] = None,
    beams: BeamsOption = 5,
    report: ReportOption = None,
) -> Answer:
    """Write a text of each line's facts or source. Check it before you publish it.

    \b
    Examples:
      limelight text writer write writer facts.jsonl
      limelight text writer write writer facts.jsonl -o texts.jsonl --report look.html
    """
    from limelight.media.whole import replacing
    from limelight.text.sequence.material import read_material
    from limelight.text.sequence.writer import Writer

    writer, material = Writer.load(model), read_material(data, "test", needs_texts=False)
    with session.progress() as progress:
        texts = _written(writer, material, beams, progress)
    rows: list[dict[str, Any]] = [
        {"source": example.source, "text": found.text, "score": round(found.score, 4)}
        for example, found in zip(material.examples, texts, strict=True)
    ]
    if report:
        _page(report, writer, material, texts)
    if out:
        with replacing(out) as draft:
            lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            draft.write_text("".join(lines), encoding="utf-8")
    said = f"{len(rows):,} texts are in {out}" if out else "\n".join(row["text"] for row in rows)
    return Answer({"texts": rows}, said)


@command(app, "evaluate")
def evaluate(
    session: Session, model: ModelArgument, data: DataArgument, beams: BeamsOption = 5
) -> Answer:
    """Compare what a writer writes with what people wrote: BLEU and chrF, by category.

    \b
    Example:
      limelight text writer evaluate writer webnlg.tar.gz
    """
    import polars as pl

    from limelight.cli.display import table
    from limelight.text.sequence.judging import judge
    from limelight.text.sequence.material import read_material
    from limelight.text.sequence.writer import Writer

    writer, material = Writer.load(model), read_material(data, "test")
    with session.progress() as progress:
        texts = [found.text for found in _written(writer, material, beams, progress)]
    references = [example.targets for example in material.examples]
    groups: dict[str, list[int]] = {}
    for row, report in enumerate(material.reports):
        groups.setdefault(report.category, []).append(row)
    rows: list[dict[str, Any]] = []
    for name, chosen in [("all", list(range(len(texts)))), *sorted(groups.items())]:
        if any(references[row] for row in chosen):
            judged = judge([texts[row] for row in chosen], [references[row] for row in chosen])
            rows.append({"category": name or "none", **asdict(judged)})
    shown = pl.DataFrame(rows).drop("signature")
    return Answer({"judged": rows}, table(shown, f"{len(texts):,} texts"))


def _written(writer: Writer, material: Material, beams: int, progress: Progress) -> list[Written]:
    from limelight.text.sequence.beam import Search

    if not 1 <= beams <= 50:
        raise BadInputError(f"--beams is from 1 to 50, not {beams}")
    sources = [example.source for example in material.examples]
    return [found[0] for found in writer.write(sources, Search(beams), progress)]


def _report(path: Path, writer: Writer, material: Material, progress: Progress) -> None:
    from limelight.text.sequence.material import Material

    few = Material(material.examples[:: max(len(material.examples) // SAMPLES, 1)][:SAMPLES])
    _page(path, writer, few, _written(writer, few, 5, progress))


def _page(path: Path, writer: Writer, material: Material, texts: list[Written]) -> None:
    from limelight.text.sequence.report import Sample, write_report

    pairs = zip(texts, material.examples, strict=True)
    samples = [Sample(text, example.targets) for text, example in pairs]
    write_report(path, writer, samples[:SAMPLES])
