"""What the commands on media share: files in, files out, and what became of them."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.session import Answer, Session, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from limelight.media.batch import Outcome, Work
    from limelight.media.outputs import Job
    from limelight.media.presets import Preset
    from limelight.progress import Progress

STATES = ("done", "skipped", "failed")

InputsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT", help="Files, folders (with all in them), globs.", show_default=False
    ),
]
OutOption = Annotated[
    str,
    typer.Option(
        "--out",
        "-o",
        metavar="OUT",
        show_default=False,
        help="A file for one input; else a folder, which is made.",
    ),
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="SUFFIX",
        help="What outputs become: mp3, flac, mkv… Default: as the input.",
    ),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace outputs that are there already.")
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Leave outputs that are there already, and go on.")
]
PresetOption = Annotated[
    str,
    typer.Option(metavar="NAME", help="One that `limelight presets` shows, or your own FILE.toml."),
]


@dataclass(frozen=True)
class Files:
    """The options of a command that makes a file of every input."""

    inputs: InputsArgument
    out: OutOption
    format: FormatOption = None
    _: KW_ONLY
    overwrite: OverwriteOption = False
    resume: ResumeOption = False

    def jobs(self, suffixes: frozenset[str]) -> list[Job]:
        """Find the inputs of these suffixes and say what becomes of each."""
        return planned(self.inputs, self.out, suffixes, self.format, self.overwrite, self.resume)


def planned(
    inputs: Sequence[str],
    out: str,
    suffixes: frozenset[str],
    format: str | None,
    overwrite: bool,
    resume: bool,
) -> list[Job]:
    """Find the inputs and say what becomes of each; format "" is none, as folders have."""
    from limelight.errors import BadInputError
    from limelight.media.inputs import find
    from limelight.media.outputs import Existing, plan, suffix_of

    if overwrite and resume:
        raise BadInputError("--overwrite and --resume contradict each other; give one")
    existing = Existing.REPLACE if overwrite else Existing.SKIP if resume else Existing.REFUSE
    suffix = suffix_of(format) if format else format
    return plan(find(inputs, suffixes, Path(out)), out, suffix, existing)


def preset_with(medium: str, name: str) -> Preset:
    """Load a preset that lists operations for "image", "sound" or "video"."""
    from limelight.errors import BadInputError
    from limelight.media.presets import load

    chosen = load(name)
    if not getattr(chosen, medium):
        noun = {"image": "pictures"}.get(medium, medium)
        raise BadInputError(f"the preset {name} has nothing for {noun}; see `limelight presets`")
    return chosen


def finished(session: Session, jobs: Sequence[Job], work: Work) -> Answer:
    """Do ``work`` to all files, tell of each that fails as it does, and show what became of them.

    The error of a file that is alone is the command's own.
    """
    outcomes = _done(session, jobs, work)
    rows = [
        {
            "input": str(outcome.job.source),
            "": outcome.status,
            "output": "" if outcome.status == "failed" else str(outcome.job.target),
            "seconds": round(outcome.seconds, 1),
            **({"did": outcome.facts["did"]} if "did" in outcome.facts else {}),
        }
        for outcome in outcomes
    ]
    return _answer(outcomes, rows, written=True)


def examined(
    session: Session,
    inputs: Sequence[str],
    suffixes: frozenset[str],
    work: Callable[[Path, Progress], Mapping[str, Any]],
    row: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> Answer:
    """Find out something of every file, writing nothing; ``row`` makes a table's row of it."""
    from limelight.media.inputs import find
    from limelight.media.outputs import Job

    jobs = [Job(item.path, item.path) for item in find(inputs, suffixes)]
    outcomes = _done(session, jobs, lambda job, progress: work(job.source, progress))
    rows = [
        {"input": str(outcome.job.source), **(row(outcome.facts) if outcome.facts else {})}
        for outcome in outcomes
    ]
    return _answer(outcomes, rows, written=False)


def _done(session: Session, jobs: Sequence[Job], work: Work) -> list[Outcome]:
    from limelight.media.batch import DefectError, run

    outcomes: list[Outcome] = []

    def tell(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if outcome.error is not None and len(jobs) > 1:
            if isinstance(outcome.error, DefectError):
                traceback.print_exception(outcome.error.__cause__)
            typer.echo(visible(f"error: {_sentence(outcome)}"), err=True)

    try:
        with session.progress() as progress:
            run(jobs, work, progress, tell)
    except KeyboardInterrupt:
        if len(jobs) > 1:
            session.note(f"{len(outcomes)} of {len(jobs)} files were finished")
        raise
    if len(jobs) == 1 and (error := outcomes[0].error) is not None:
        raise error.__cause__ if isinstance(error, DefectError) and error.__cause__ else error
    return outcomes


def _answer(
    outcomes: Sequence[Outcome], rows: Sequence[Mapping[str, Any]], written: bool
) -> Answer:
    import polars as pl

    from limelight.cli.display import table, text
    from limelight.media.batch import exit_code

    failed = {"why": ["" if o.error is None else _sentence(o) for o in outcomes]}
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns: dict[str, list[Any]] = {name: [row.get(name) for row in rows] for name in names}
    told = {
        name: list(map(text, values)) if any(isinstance(v, Mapping) for v in values) else values
        for name, values in {**columns, **(failed if any(failed["why"]) else {})}.items()
    }
    count = Counter[str](outcome.status for outcome in outcomes)
    files = [_record(outcome, written) for outcome in outcomes]
    data = {**{status: count[status] for status in STATES}, "files": files}
    return Answer(data, table(pl.DataFrame(told, strict=False)), exit_code(outcomes))


def _sentence(outcome: Outcome) -> str:
    """Give the error of a file, which says by itself or not which file it is of."""
    told, name = str(outcome.error), str(outcome.job.source)
    return told if name in told else f"{name}: {told}"


def _record(outcome: Outcome, written: bool) -> dict[str, Any]:
    record: dict[str, Any] = {"source": str(outcome.job.source), "status": outcome.status}
    if written and outcome.error is None:
        record["output"] = str(outcome.job.target)
    if outcome.error is not None:
        record["error"] = {"kind": type(outcome.error).__name__, "message": str(outcome.error)}
    return {**record, "took_seconds": round(outcome.seconds, 3), **outcome.facts}
