"""limelight audio: every operation on sound, alone and in chains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli import listening
from limelight.cli.generated import Generated, operation_command
from limelight.cli.media import (
    Files,
    FormatOption,
    InputsArgument,
    OverwriteOption,
    PresetOption,
    ResumeOption,
    finished,
    planned,
    preset_with,
)
from limelight.cli.session import Answer, Session, command
from limelight.media.inputs import SOUND

if TYPE_CHECKING:
    from limelight.audio.operation import Operation
    from limelight.media.outputs import Job
    from limelight.progress import Progress

StepOption = Annotated[
    list[str],
    typer.Option(
        metavar="STEP",
        help="An operation, as hum or loudness:target=-16,ceiling=-2; repeatable, in order.",
    ),
]
RateOption = Annotated[
    int | None,
    typer.Option(metavar="HZ", help="Samples a second of the output. Default: the input's."),
]
ChannelsOption = Annotated[
    int | None, typer.Option(metavar="1|2", help="Mix to mono or stereo. Default: the input's.")
]
BitsOption = Annotated[
    int | None,
    typer.Option(metavar="16|24|32", help="Bits a sample, 32 as numbers with a point."),
]


class Operations(Generated):
    """The operations on sound, and the commands below."""

    @staticmethod
    def fill(app: typer.Typer) -> None:
        """Make a command of every operation."""
        from limelight.audio.operations import OPERATIONS

        for kind in OPERATIONS.values():
            operation_command(app, kind, "audio", _operate)


app = typer.Typer(
    cls=Operations,
    no_args_is_help=True,
    help="Clean, enhance, separate, describe and compare sound: files of any length.",
)
app.add_typer(listening.app)


@dataclass(frozen=True)
class Sounds(Files):
    """The options of a command that makes a recording of every input."""

    rate: RateOption = None
    channels: ChannelsOption = None
    bits: BitsOption = None

    def worked_on(self, session: Session, steps: Sequence[Operation]) -> Answer:
        """Do ``steps`` to every recording."""
        from limelight.audio.process import process

        def work(job: Job, progress: Progress) -> Mapping[str, Any]:
            process(
                job.source,
                job.target,
                steps,
                progress,
                rate=self.rate,
                channels=self.channels,
                bits=self.bits,
            )
            return {}

        return finished(session, self.jobs(SOUND), work)


def _operate(session: Session, described: str, settings: Sequence[str], files: Sounds) -> Answer:
    return files.worked_on(session, _configured([described], settings))


@command(app, "chain")
def chain(session: Session, step: StepOption, files: Sounds) -> Answer:
    """Do several operations in one go.

    \b
    Example:
      limelight audio chain talk.wav --step hum --step loudness:target=-16 -o clean.wav
    """
    return files.worked_on(session, _configured(step))


@command(app, "enhance")
def enhance(session: Session, files: Sounds, preset: PresetOption = "podcast") -> Answer:
    """Do all that makes a recording better, as a preset lists it.

    \b
    Examples:
      limelight audio enhance talk.wav -o clean.wav
      limelight audio enhance uploads --preset user-upload -o finished --resume
    """
    return files.worked_on(session, _configured(preset_with("sound", preset).sound))


@command(app, "convert")
def convert(session: Session, files: Sounds) -> Answer:
    """Change the format, sampling rate, channels or bits, and nothing else.

    \b
    Example:
      limelight audio convert film.mkv --rate 16000 --channels 1 -o speech.flac
    """
    return files.worked_on(session, [])


@command(app, "separate")
def separate(
    session: Session,
    inputs: InputsArgument,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            show_default=False,
            help="A folder, in which every input gets one of its stems.",
        ),
    ],
    by: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="speech (and the rest), percussion (and harmonic), or music (vocals, drums, bass, "
            "other), which needs `limelight weights fetch htdemucs` or music:weights=FILE.",
        ),
    ] = "speech",
    format: FormatOption = None,
    overwrite: OverwriteOption = False,
    resume: ResumeOption = False,
) -> Answer:
    """Take sound apart into stems that add up to it.

    \b
    Examples:
      limelight audio separate interview.wav -o stems
      limelight audio separate songs --by percussion --format flac -o stems
    """
    from limelight.audio.separate import separator
    from limelight.audio.separate.stems import separate_file
    from limelight.media.outputs import suffix_of

    kind, suffix = separator(by), suffix_of(format)
    jobs = planned(inputs, f"{out}/", SOUND, "", overwrite, resume)

    def work(job: Job, progress: Progress) -> Mapping[str, Any]:
        stems = separate_file(job.source, job.target, kind, suffix, progress)
        return {"stems": {stem: str(path) for stem, path in stems.items()}}

    return finished(session, jobs, work)


def _configured(steps: Iterable[str], settings: Sequence[str] = ()) -> list[Operation]:
    from limelight.audio.operations import configure

    return [configure(step, settings) for step in steps]
