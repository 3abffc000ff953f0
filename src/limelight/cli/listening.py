"""limelight audio describe, compare and info: what is in sound, and what was done to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.media import InputsArgument, examined
from limelight.cli.session import Answer, Session, command
from limelight.cli.titles import Titles
from limelight.media.inputs import SOUND, VIDEO

if TYPE_CHECKING:
    from limelight.audio.describe import Description, Tagger
    from limelight.audio.operation import Sound
    from limelight.progress import Progress

app = typer.Typer()


@command(app, "describe")
def describe(
    session: Session,
    inputs: InputsArgument,
    into: Titles,
    music: Annotated[
        bool | None,
        typer.Option(
            "--music/--no-music",
            help="Hear music's tags and embedding, after `limelight weights fetch musicnn`. "
            "Default: if that was done.",
        ),
    ] = None,
) -> Answer:
    """Say how loud, fast, high and spoken recordings are, in which key, and of what music.

    \b
    Examples:
      limelight audio describe talk.wav
      limelight audio describe trailers --titles
      limelight audio describe theme.flac --title s17
    """
    from limelight.audio.describe import describe_file

    tagger = _tagger(session, music)

    def hear(path: Path, progress: Progress) -> Description:
        return describe_file(path, tagger, progress)

    return into.described(session, inputs, SOUND | VIDEO, hear, _words)


def _tagger(session: Session, music: bool | None) -> Tagger | None:
    from limelight.audio.describe import Tagger
    from limelight.errors import MissingExtraError, UnavailableError

    if music is False:
        return None
    try:
        return Tagger(session.home.weights)
    except (MissingExtraError, UnavailableError) as error:
        if music:
            raise
        session.note(f"no music is heard: {error}")
        return None


def _words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Choose what fits a line: a measure that there is none of stays empty."""
    tempo, key, pitch, music = (facts[name] or {} for name in ("tempo", "key", "pitch", "music"))
    return {
        "seconds": round(facts["seconds"], 1),
        "LUFS": facts["loudness"]["integrated"],
        "dBTP": facts["loudness"]["true_peak"],
        "speech": facts["speech"]["share"],
        "silence": facts["silence"]["share"],
        "bpm": tempo.get("beats_per_minute"),
        "key": " ".join(str(key[part]) for part in ("tonic", "mode") if part in key),
        "Hz": pitch.get("median"),
        "music": ", ".join(music.get("words", ())),
    }


@command(app, "compare")
def compare(
    session: Session,
    reference: Annotated[
        Path, typer.Argument(metavar="REFERENCE", help="What it should sound like.")
    ],
    estimate: Annotated[
        Path | None,
        typer.Argument(metavar="[ESTIMATE]", help="What became of it. Without: DNSMOS of the one."),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw waveforms and spectrograms of both: FILE.png."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a picture that is there already.")
    ] = False,
) -> Answer:
    """Measure a recording against what it should sound like: SI-SDR, PESQ, STOI, DNSMOS.

    \b
    Examples:
      limelight audio compare clean.wav denoised.wav --picture both.png
      limelight audio compare denoised.wav
    """
    import numpy as np
    import polars as pl

    from limelight.audio import read
    from limelight.audio.compare import Picture
    from limelight.audio.compare import compare as measured
    from limelight.audio.resampling import resampled
    from limelight.cli.display import table
    from limelight.errors import BadInputError

    given = [reference] if estimate is None else [reference, estimate]
    if picture is not None:
        if any(picture.exists() and picture.samefile(path) for path in given if path.exists()):
            raise BadInputError(f"{picture} is an input; originals are never written over")
        if picture.exists() and not overwrite:
            raise BadInputError(f"{picture} exists already; --overwrite replaces it")
    recordings: list[Sound] = []
    with session.progress() as progress:
        rate = 0
        for path in given:
            progress(len(recordings), len(given), f"reading {path.name}")
            samples, own = read(path)
            rate = rate or own
            recordings.append(np.concatenate(list(resampled([samples], own, rate)), axis=-1))
        progress(0, None, "measuring")
        wanted = recordings[0] if estimate is not None else None
        found = asdict(measured(wanted, recordings[-1], rate))
        if picture is not None:
            progress(0, None, "drawing")
            shown = {str(path): sound for path, sound in zip(given, recordings, strict=True)}
            Picture(shown, rate).save(picture)
    reasons = found.pop("unmeasured")
    opinion = found["dnsmos"] or {}
    flat = {**found, "dnsmos": None, **{f"dnsmos {part}": v for part, v in opinion.items()}}
    rows = [
        {"measure": name, "value": value, "why not": reasons.get(name, "")}
        for name, value in flat.items()
        if value is not None or name in reasons
    ]
    data = {**found, "unmeasured": reasons, "picture": None if picture is None else str(picture)}
    return Answer(data, table(pl.DataFrame(rows)))


@command(app, "info")
def info(session: Session, inputs: InputsArgument) -> Answer:
    """Show what files say of themselves: format, tags, chapters, and what Limelight did to them.

    \b
    Example:
      limelight audio info clean.wav
    """
    from limelight.audio import open_sound
    from limelight.media.provenance import history

    def work(path: Path, progress: Progress) -> dict[str, Any]:
        with open_sound(path) as sound:
            labels = sound.labels
            return {
                "seconds": sound.seconds,
                "rate": sound.rate,
                "channels": sound.channels,
                "layout": sound.layout,
                "bits": sound.bits,
                "tags": labels.tags,
                "chapters": [
                    {"start": float(c.start), "end": float(c.end), "title": c.title}
                    for c in labels.chapters
                ],
                "covers": len(labels.covers),
                "history": [one.facts() for one in history(labels.tags)],
            }

    return examined(session, inputs, SOUND | VIDEO, work, _short)


def _short(facts: Mapping[str, Any]) -> dict[str, Any]:
    done = [step for record in facts["history"] for step in record["steps"]]
    tags = {name: text for name, text in facts["tags"].items() if name.lower() != "comment"}
    return {
        "seconds": facts["seconds"],
        "Hz": facts["rate"],
        "channels": facts["layout"].removesuffix(" channels"),
        "bits": facts["bits"],
        "tags": tags,
        "done": "; ".join(done),
    }
